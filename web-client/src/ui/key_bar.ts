// Where fingers are the main way to point: a bar below the desktop with the menu, the soft keyboard and the keys that a
// soft keyboard lacks; the function keys on a second row when they are wanted. A tap on a modifier holds it for the next
// key or click, two taps until it is tapped again.
import type { KeySender } from '../browser/key_sender.js';
import { kFunctionKeys, type KeyName } from '../core/key_taps.js';
import { h } from './dom.js';
import { icon, type IconName } from './icons.js';
import { text } from './text.js';

const kModifiers: readonly KeyName[] = ['Control', 'Alt', 'Shift', 'Super'];
const kArrows: readonly (readonly [KeyName, IconName])[] = [['Left', 'left'], ['Up', 'up'], ['Down', 'down'], ['Right', 'right']];
const kPlaces: readonly KeyName[] = ['Home', 'End', 'PageUp', 'PageDown', 'Delete'];

const named = (key: KeyName): string => text.session.keys[key] ?? key;

export class KeyBar {
  readonly element: HTMLElement;
  private readonly keyboard: HTMLButtonElement;
  private readonly functions: HTMLButtonElement;
  private readonly modifiers: readonly (readonly [KeyName, HTMLButtonElement])[];
  private readonly second: HTMLElement;

  constructor(
    private readonly keys: KeySender,
    actions: { openMenu(): void; toggleKeyboard(): void },
  ) {
    const menu = h('button', { type: 'button', class: 'bar-key', 'aria-label': text.session.menu, 'aria-haspopup': 'dialog', on: { click: actions.openMenu } }, icon('menu'));
    this.keyboard = h('button', { type: 'button', class: 'bar-key', 'aria-pressed': 'false', on: { click: actions.toggleKeyboard } }, icon('keyboard'));
    this.functions = h('button', { type: 'button', class: 'bar-key', 'aria-label': text.touch.functionKeys, 'aria-expanded': 'false', on: { click: () => { this.toggleSecond(); } } }, 'Fn');
    this.modifiers = kModifiers.map((key) => [key, this.modifier(key)]);
    const [control, alt, shift, meta] = this.modifiers.map(([, button]) => button);
    this.second = h('div', { class: 'bar-row bar-second', hidden: true }, ...kFunctionKeys.map((key) => this.plain(key, named(key))), ...kPlaces.map((key) => this.plain(key, named(key))));
    this.element = h('div', { class: 'key-bar', role: 'toolbar', 'aria-label': text.session.toolbar.keyBar },
      this.second,
      h('div', { class: 'bar-first' },
        menu, this.keyboard,
        h('div', { class: 'bar-row' },
          this.plain('Escape', named('Escape')), this.plain('Tab', named('Tab')), control, alt,
          ...kArrows.map(([key, picture]) => this.plain(key, icon(picture))), shift, meta, this.functions)));
    // The text field must keep the focus, or the soft keyboard goes.
    this.element.addEventListener('pointerdown', (event) => { event.preventDefault(); });
    keys.onLatchChange = () => { this.drawModifiers(); };
    this.setKeyboard(false);
  }

  setKeyboard(shown: boolean): void {
    this.keyboard.setAttribute('aria-pressed', String(shown));
    this.keyboard.setAttribute('aria-label', shown ? text.session.toolbar.hideKeyboard : text.session.toolbar.keyboard);
  }

  private plain(key: KeyName, label: Node | string): HTMLElement {
    return h('button', { type: 'button', class: 'bar-key', 'aria-label': named(key), on: { click: (event) => { this.keys.chord([key], performance.timeOrigin + event.timeStamp); } } }, label);
  }

  private modifier(key: KeyName): HTMLButtonElement {
    const press = (event: MouseEvent): void => { this.keys.toggleLatch(key, performance.timeOrigin + event.timeStamp); };
    return h('button', { type: 'button', class: 'bar-key', 'aria-pressed': 'false', on: { click: press } }, named(key));
  }

  private toggleSecond(): void {
    this.second.hidden = !this.second.hidden;
    this.functions.setAttribute('aria-expanded', String(!this.second.hidden));
  }

  private drawModifiers(): void {
    for (const [key, button] of this.modifiers) {
      const state = this.keys.latchState(key);
      button.setAttribute('aria-pressed', String(state !== 'off'));
      button.classList.toggle('locked', state === 'locked');
      if (state === 'locked') button.setAttribute('aria-label', text.touch.locked(named(key)));
      else button.removeAttribute('aria-label');
    }
  }
}
