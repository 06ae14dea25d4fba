// In the session's menu: more windows of this desktop, each one of its monitors, and full screen on a chosen screen.
import { deviceScreens, managesScreens, ownWindow, type NamedScreen } from '../browser/screens.js';
import { beside, freeMonitors, otherScreens, windowFeatures, withFullScreen, withMonitor, type DeviceScreen, type MonitorList } from '../core/monitors.js';
import { fill, h } from './dom.js';
import { icon } from './icons.js';
import { text } from './text.js';

export interface MonitorActions {
  /** The address of the session, or null while it is not known. */
  address(): string | null;
  tell(sentence: string): void;
  warn(sentence: string): void;
  closeMenu(): void;
  enterFullScreen(screen: Screen): void;
}

export class MonitorWindows {
  readonly element = h('div', { class: 'menu-monitors', hidden: true });
  private readonly addNote = h('small', {}, text.display.addNote);
  private readonly add: HTMLButtonElement;
  private readonly all: HTMLButtonElement;
  private readonly screens = h('div');
  private list: MonitorList | null = null;

  constructor(private readonly actions: MonitorActions) {
    const t = text.display;
    this.add = h('button', { type: 'button', class: 'menu-entry', on: { click: () => { this.act(() => { this.openBeside(); }); } } },
      icon('desktop'), h('span', {}, t.add, this.addNote));
    this.all = h('button', { type: 'button', class: 'menu-entry', on: { click: () => { this.act(() => { void this.useAllScreens(); }); } } },
      icon('expand'), h('span', {}, t.all, h('small', {}, t.allNote)));
    this.element.append(this.add, this.all, this.screens);
  }

  /** Several windows show this desktop. */
  get several(): boolean {
    return (this.list?.all.length ?? 0) > 1;
  }

  update(list: MonitorList): void {
    this.list = list;
    this.element.hidden = list.most < 2;
    const full = freeMonitors(list).length === 0;
    this.add.disabled = full;
    this.addNote.textContent = full ? text.display.addNoteMost(list.most) : text.display.addNote;
    this.all.hidden = !managesScreens();
    this.all.disabled = full;
  }

  private act(how: () => void): void {
    this.actions.closeMenu();
    how();
  }

  private openBeside(): void {
    if (!this.open(beside(ownWindow()), this.free()[0])) this.actions.warn(text.display.blocked);
  }

  private async useAllScreens(): Promise<void> {
    const screens = await deviceScreens();
    if (screens === null) return this.actions.warn(text.display.refused);
    this.offerFullScreen(screens);
    const others = otherScreens(screens, ownWindow());
    if (others.length === 0) return this.actions.warn(text.display.alone);
    const free = this.free();
    const opened = others.slice(0, free.length).map((screen, at) => this.open(screen, free[at], withFullScreen));
    if (opened.includes(false)) this.actions.warn(text.display.blocked);
    else this.actions.tell(text.display.fullHint);
  }

  private offerFullScreen(screens: readonly NamedScreen[]): void {
    fill(this.screens, ...screens.map((one, at) => {
      const label = one.label === '' ? text.display.screen(at + 1) : one.label;
      return h('button', { type: 'button', class: 'menu-entry', on: { click: () => { this.act(() => { this.actions.enterFullScreen(one.screen); }); } } },
        icon('expand'), h('span', {}, text.display.fullOn(label)));
    }));
  }

  private free(): number[] {
    return this.list === null ? [] : freeMonitors(this.list);
  }

  /** False where the browser does not let it come up. */
  private open(place: DeviceScreen, monitor: number | undefined, more = (hash: string): string => hash): boolean {
    const address = this.actions.address();
    if (address === null || monitor === undefined) return true;
    return window.open(more(withMonitor(address, monitor)), '_blank', windowFeatures(place)) !== null;
  }
}
