// The session's menu: a sheet with all that is not for the desktop itself.
import { capturesKeys, hasFullScreen, isFullScreen } from '../browser/full_screen.js';
import { kSizeChoices } from '../core/geometry.js';
import type { Terms } from '../core/terms.js';
import { kFunctionKeys, type KeyName } from '../core/key_taps.js';
import type { Quality } from '../core/effects.js';
import { closeOnBackdrop } from './dialog.js';
import { fill, h } from './dom.js';
import { icon, type IconName } from './icons.js';
import { LinkMarkView } from './link_mark.js';
import { TermsMenu } from './terms_menu.js';
import { text } from './text.js';

/** A tile that another part of the page adds. */
export interface MenuEntry {
  readonly icon: IconName;
  readonly label: string;
  /** For who rests the pointer on it, and for screen readers. */
  readonly note: string;
  act(): void;
  /** Why it cannot be used now, shown below the label; null: it can. Asked each time the menu opens. */
  refused?(): string | null;
}

export interface MenuActions {
  toggleFullScreen(): void;
  sendKeys(keys: readonly KeyName[]): void;
  setSize(size: number): void;
  disconnect(): void;
  signOut(): void;
  toggleKeyboard(): void;
  copyToDevice(): void;
  pasteFromDevice(): void;
  toggleFigures(): void;
  openSettings(): void;
  setTerms(terms: Terms): void;
  /** The menu is gone: the desktop has the keyboard again. */
  closed(): void;
}

const kCombinations: readonly (readonly KeyName[])[] = [
  ['Control', 'Alt', 'Delete'],
  ['Alt', 'Tab'],
  ['Alt', 'F4'],
  ['Control', 'W'],
  ['Control', 'T'],
  ['Control', 'N'],
  ['Escape'],
  ['Super'],
  ['PrintScreen'],
  ['Pause'],
  ['Insert'],
];

/** What of the keyboard this browser lets through. */
function captureNote(): HTMLElement {
  const k = text.keyboard;
  return h('p', { class: 'menu-keys-note' }, `${capturesKeys() ? k.fullScreenTakes : k.browserKeeps} ${k.systemKeeps}`);
}

export class SessionMenu {
  readonly element: HTMLDialogElement;
  private readonly body: HTMLElement;
  private readonly heading = h('h2');
  private readonly mark = new LinkMarkView();
  private readonly figures = h('p', { class: 'menu-figures' });
  private readonly slow = h('p', { class: 'menu-slow', role: 'status' });
  private readonly fullScreen: HTMLButtonElement;
  private readonly size: HTMLSelectElement;
  private readonly terms: TermsMenu;
  private readonly figuresEntry: HTMLButtonElement;
  private readonly copy: HTMLButtonElement;
  private readonly paste: HTMLButtonElement;
  private readonly added: readonly { readonly given: MenuEntry; readonly button: HTMLButtonElement }[];

  constructor(
    name: string,
    private readonly actions: MenuActions,
    options: { size: number; touch: boolean; monitors: HTMLElement; view: HTMLElement; entries: readonly MenuEntry[] },
  ) {
    const t = text.session.toolbar;
    this.fullScreen = this.tile('expand', t.fullScreen, '', () => { actions.toggleFullScreen(); });
    this.size = h('select', { id: 'menu-size', on: { change: () => { actions.setSize(Number(this.size.value)); } } },
      ...kSizeChoices.map((one) => h('option', { value: String(one), selected: one === options.size }, t.sizeChoice(one))));
    this.copy = this.tile('copy', t.copy, t.copyNote, () => { actions.copyToDevice(); });
    this.paste = this.tile('paste', t.paste, t.pasteNote, () => { actions.pasteFromDevice(); });
    this.terms = new TermsMenu((terms) => { actions.setTerms(terms); });
    this.figuresEntry = this.tile('figures', t.figures, options.touch ? t.figuresNote : t.figuresNoteKeys, () => { actions.toggleFigures(); });
    this.figuresEntry.setAttribute('aria-keyshortcuts', 'Control+Alt+Shift+I');
    this.added = options.entries.map((given) => ({ given, button: this.tile(given.icon, given.label, given.note, () => { given.act(); }) }));
    this.body = h('div', { class: 'menu-body' },
      this.slow,
      h('div', { class: 'menu-tiles' },
        options.touch ? this.tile('keyboard', t.keyboard, '', () => { actions.toggleKeyboard(); }) : null,
        hasFullScreen() ? this.fullScreen : null,
        this.copy,
        this.paste,
        ...this.added.map(({ button }) => button),
        this.figuresEntry),
      h('div', { class: 'menu-row' }, icon('letters'), h('label', { for: 'menu-size' }, t.size, h('small', {}, t.sizeNote)), this.size),
      this.terms.element,
      options.view,
      options.monitors,
      h('section', { 'aria-label': t.keys }, h('h3', {}, t.keys), options.touch ? null : captureNote(), h('div', { class: 'keys' }, ...kCombinations.map((keys) => this.key(keys)))),
      h('details', {}, h('summary', {}, icon('chevron'), t.functionKeys), h('div', { class: 'keys six' }, ...kFunctionKeys.map((key) => this.key([key])))));
    this.element = h('dialog', { class: 'menu', 'aria-label': text.session.menu }, this.header(), this.body, this.footer(options.touch));
    this.rename(name);
    closeOnBackdrop(this.element);
    this.element.addEventListener('close', () => { actions.closed(); });
  }

  private header(): HTMLElement {
    const close = h('button', { type: 'button', class: 'icon-button', 'aria-label': text.close, on: { click: () => { this.close(); } } }, icon('close'));
    return h('header', {}, this.mark.element, h('div', {}, this.heading, this.figures), close);
  }

  /** In sight however long the rest is: the settings, and the ways out. */
  private footer(touch: boolean): HTMLElement {
    const t = text.session.toolbar;
    const s = text.comfort.settings;
    return h('footer', {},
      h('div', { class: 'menu-tiles' },
        this.tile('settings', s.menu, s.menuNote, () => { this.actions.openSettings(); }),
        this.tile('back', t.disconnect, t.disconnectNote, () => { this.actions.disconnect(); }),
        this.tile('leave', t.signOut, t.signOutNote, () => { this.actions.signOut(); })),
      touch ? null : h('p', { class: 'menu-shortcut' }, h('kbd', {}, text.session.menuShortcut)));
  }

  /** One more row below all others. */
  append(row: HTMLElement): void {
    this.body.append(row);
  }

  rename(name: string): void {
    this.heading.textContent = name;
  }

  get open(): boolean {
    return this.element.open;
  }

  show(): void {
    if (this.open) return;
    const full = isFullScreen();
    fill(this.fullScreen, icon(full ? 'shrink' : 'expand'), h('span', {}, full ? text.session.toolbar.leaveFullScreen : text.session.toolbar.fullScreen));
    for (const { given, button } of this.added) this.showRefusal(given, button);
    this.element.showModal();
  }

  private showRefusal({ note, refused }: MenuEntry, button: HTMLButtonElement): void {
    const why = refused?.() ?? null;
    button.disabled = why !== null;
    const small = button.querySelector('small');
    if (small !== null) small.textContent = why ?? note;
  }

  /** The size is another now, by this menu or elsewhere. */
  showSize(size: number): void {
    this.size.value = String(size);
  }

  close(): void {
    if (this.open) this.element.close();
  }

  /** What the session's policy lets through. */
  showClipboard(mayCopy: boolean, mayPaste: boolean): void {
    this.copy.hidden = !mayCopy;
    this.paste.hidden = !mayPaste;
  }

  showTerms(terms: Terms, limitKbit: number): void {
    this.terms.show(terms, limitKbit);
  }

  figuresShown(shown: boolean): void {
    this.figuresEntry.setAttribute('aria-pressed', String(shown));
  }

  quality(live: boolean, quality: Quality): void {
    const q = text.session.quality;
    this.mark.show(live, quality);
    const figures = [
      quality.roundTripMs === null ? null : q.roundTrip(quality.roundTripMs),
      quality.inputToPictureMs === null ? null : q.input(quality.inputToPictureMs),
    ].filter((one) => one !== null);
    const parts = figures.length === 0 ? [q.measuring] : figures;
    this.slow.textContent = live && quality.slow !== null ? text.figures.slow[quality.slow](quality) : '';
    fill(this.figures, h('span', {}, live ? q.live : q.stale), ...(live ? parts.map((part) => h('span', {}, part)) : []));
  }

  private tile(name: IconName, label: string, note: string, act: () => void): HTMLButtonElement {
    const click = (): void => {
      this.close();
      act();
    };
    return h('button', { type: 'button', class: 'menu-tile', title: note === '' ? null : note, on: { click } },
      icon(name), h('span', {}, label), note === '' ? null : h('small', {}, note));
  }

  private key(keys: readonly KeyName[]): HTMLButtonElement {
    const click = (): void => {
      this.close();
      this.actions.sendKeys(keys);
    };
    return h('button', { type: 'button', class: 'key', on: { click } }, keys.map((one) => text.session.keys[one] ?? one).join(' + '));
  }
}
