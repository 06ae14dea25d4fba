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
  choose(choices: Partial<ViewChoices>): void;
  resetView(): void;
  capture(): void;
  closeMenu(): void;
}

export class ViewMenu {
  readonly element: HTMLElement;
  private readonly reset: HTMLButtonElement;
  private readonly bar: HTMLButtonElement;
  private readonly mode: HTMLSelectElement;
  private readonly fingers: HTMLSelectElement;

  /** `choices` may be changed elsewhere too; what is shown follows when the menu opens. */
  constructor(
    private readonly actions: ViewActions,
    private readonly choices: Readonly<ViewChoices>,
    touch: boolean,
  ) {
    const t = text.touch;
    this.reset = this.entry('shrink', t.resetView, touch ? t.resetViewNote : '', () => { actions.resetView(); });
    this.bar = this.entry('keyboard', '', '', () => { actions.choose({ keyBar: !choices.keyBar }); });
    this.mode = select('menu-view', viewModes, t.viewModes, (view) => { actions.choose({ view }); });
    this.fingers = select('menu-touch', touchModes, t.modes, (mode) => { actions.choose({ touch: mode }); });
    this.element = h('div', { class: 'menu-view' },
      row('view', t.view, t.viewNote, this.mode),
      navigator.maxTouchPoints > 0 ? row('finger', t.mode, t.modeNote, this.fingers) : null,
      this.reset,
      touch ? this.bar : null,
      PointerLock.possible ? this.entry('lock', t.capture, t.captureNote, () => { actions.capture(); }) : null);
    this.show(false);
  }

  /** `zoomed`: fingers have changed what is seen. */
  show(zoomed: boolean): void {
    this.reset.hidden = !zoomed;
    this.mode.value = this.choices.view;
    this.fingers.value = this.choices.touch;
    const label = this.bar.querySelector('span');
    if (label !== null) label.textContent = this.choices.keyBar ? text.touch.hideKeys : text.touch.showKeys;
  }

  private entry(name: IconName, label: string, note: string, act: () => void): HTMLButtonElement {
    const click = (): void => {
      this.actions.closeMenu();
      act();
    };
    return h('button', { type: 'button', class: 'menu-entry', on: { click } }, icon(name), h('span', {}, label, note === '' ? null : h('small', {}, note)));
  }
}

function select<M extends string>(id: string, modes: readonly M[], names: Readonly<Record<M, string>>, choose: (mode: M) => void): HTMLSelectElement {
  const element: HTMLSelectElement = h('select', { id, on: { change: () => { choose(element.value as M); } } },
    ...modes.map((mode) => h('option', { value: mode }, names[mode])));
  return element;
}

function row(name: IconName, label: string, note: string, choice: HTMLSelectElement): HTMLElement {
  return h('div', { class: 'menu-row' }, icon(name), h('label', { for: choice.id }, label, h('small', {}, note)), choice);
}
