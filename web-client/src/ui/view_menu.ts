// In the session's menu: how the desktop lies in the window, what a finger does, and the pointer's capture.
import { PointerLock } from '../browser/pointer_lock.js';
import { touchModes, type TouchMode } from '../browser/touch_input.js';
import { viewModes, type ViewMode } from '../core/view.js';
import { h } from './dom.js';
import { icon, type IconName } from './icons.js';
import { text } from './text.js';

export interface ViewChoices {
  view: ViewMode;
  touch: TouchMode;
  keyBar: boolean;
}

export interface ViewActions {
  setView(mode: ViewMode): void;
  setTouch(mode: TouchMode): void;
  setKeyBar(shown: boolean): void;
  resetView(): void;
  capture(): void;
  closeMenu(): void;
}

export class ViewMenu {
  readonly element: HTMLElement;
  private readonly reset: HTMLButtonElement;
  private readonly bar: HTMLButtonElement;
  private keyBar: boolean;

  constructor(
    private readonly actions: ViewActions,
    choices: ViewChoices,
    touch: boolean,
  ) {
    const t = text.touch;
    this.keyBar = choices.keyBar;
    this.reset = this.entry('shrink', t.resetView, touch ? t.resetViewNote : '', () => { actions.resetView(); });
    this.bar = this.entry('keyboard', '', '', () => { this.toggleBar(); });
    this.drawBar();
    const view = this.row('menu-view', t.view, t.viewNote, viewModes, t.viewModes, choices.view, (mode) => { actions.setView(mode); });
    const fingers = this.row('menu-touch', t.mode, t.modeNote, touchModes, t.modes, choices.touch, (mode) => { actions.setTouch(mode); });
    this.element = h('div', { class: 'menu-view' },
      this.reset,
      view,
      navigator.maxTouchPoints > 0 ? fingers : null,
      touch ? this.bar : null,
      PointerLock.possible ? this.entry('lock', t.capture, t.captureNote, () => { actions.capture(); }) : null);
    this.show(false);
  }

  /** `zoomed`: fingers have changed what is seen. */
  show(zoomed: boolean): void {
    this.reset.hidden = !zoomed;
  }

  private toggleBar(): void {
    this.keyBar = !this.keyBar;
    this.drawBar();
    this.actions.setKeyBar(this.keyBar);
  }

  private drawBar(): void {
    const label = this.bar.querySelector('span');
    if (label !== null) label.textContent = this.keyBar ? text.touch.hideKeys : text.touch.showKeys;
  }

  private row<M extends string>(id: string, label: string, note: string, modes: readonly M[], names: Readonly<Record<M, string>>, chosen: M, choose: (mode: M) => void): HTMLElement {
    const select: HTMLSelectElement = h('select', { id, on: { change: () => { choose(select.value as M); } } },
      ...modes.map((mode) => h('option', { value: mode, selected: mode === chosen }, names[mode])));
    return h('div', { class: 'menu-row' }, h('label', { for: id }, label, h('small', {}, note)), select);
  }

  private entry(name: IconName, label: string, note: string, act: () => void): HTMLButtonElement {
    const click = (): void => {
      this.actions.closeMenu();
      act();
    };
    return h('button', { type: 'button', class: 'menu-entry', on: { click } }, icon(name), h('span', {}, label, note === '' ? null : h('small', {}, note)));
  }
}
