// Where fingers are the main way to point: a bar below the desktop with the menu, the soft keyboard and the keys that a
// soft keyboard lacks. Modifiers latch for the next key.
import type { KeySender } from '../browser/key_sender.js';
import type { KeyName } from '../core/key_taps.js';
import { h } from './dom.js';
import { icon, type IconName } from './icons.js';
import { text } from './text.js';

const kLatching: readonly KeyName[] = ['Control', 'Alt', 'Shift', 'Super'];
const kArrows: readonly (readonly [KeyName, IconName])[] = [['Left', 'left'], ['Up', 'up'], ['Down', 'down'], ['Right', 'right']];

export class KeyBar {
  readonly element: HTMLElement;
  private readonly keyboard: HTMLButtonElement;
  private readonly latches: readonly (readonly [KeyName, HTMLButtonElement])[];

  constructor(
    private readonly keys: KeySender,
    actions: { openMenu(): void; toggleKeyboard(): void },
  ) {
    const menu = h('button', { type: 'button', class: 'bar-key', 'aria-label': text.session.menu, 'aria-haspopup': 'dialog', on: { click: actions.openMenu } }, icon('menu'));
    this.keyboard = h('button', { type: 'button', class: 'bar-key', 'aria-pressed': 'false', on: { click: actions.toggleKeyboard } }, icon('keyboard'));
    this.latches = kLatching.map((key) => [key, h('button', { type: 'button', class: 'bar-key', 'aria-pressed': 'false', on: { click: () => { keys.toggleLatch(key); } } }, text.session.keys[key] ?? key)]);
    const plain = (key: KeyName, label: Node | string, name: string): HTMLElement =>
      h('button', { type: 'button', class: 'bar-key', 'aria-label': name, on: { click: (event) => { keys.chord([key], performance.timeOrigin + event.timeStamp); } } }, label);
    const named = (key: KeyName): string => text.session.keys[key] ?? key;
    const latch = (key: KeyName): HTMLButtonElement | null => this.latches.find(([name]) => name === key)?.[1] ?? null;
    this.element = h(
      'div',
      { class: 'key-bar', role: 'toolbar', 'aria-label': text.session.toolbar.keyBar },
      menu,
      this.keyboard,
      h('div', { class: 'bar-keys' }, plain('Escape', named('Escape'), named('Escape')), plain('Tab', named('Tab'), named('Tab')), latch('Control'), latch('Alt'), ...kArrows.map(([key, picture]) => plain(key, icon(picture), named(key))), latch('Shift'), latch('Super')),
    );
    // The text field must keep the focus, or the soft keyboard goes.
    this.element.addEventListener('pointerdown', (event) => { event.preventDefault(); });
    keys.onLatchChange = () => { this.drawLatches(); };
    this.setKeyboard(false);
  }

  setKeyboard(shown: boolean): void {
    this.keyboard.setAttribute('aria-pressed', String(shown));
    this.keyboard.setAttribute('aria-label', shown ? text.session.toolbar.hideKeyboard : text.session.toolbar.keyboard);
  }

  private drawLatches(): void {
    for (const [key, button] of this.latches) button.setAttribute('aria-pressed', String(this.keys.isLatched(key)));
  }
}
