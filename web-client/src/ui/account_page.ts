// My account: password, second factor, passkeys, signed-in browsers.
import type { Account, WebSession } from './account_api.js';
import { browsersSection } from './account_browsers.js';
import { factorSection, passwordSection } from './account_factors.js';
import { passkeysSection } from './account_passkeys.js';
import { ApiError } from './api.js';
import type { App, Page } from './app.js';
import { sheet } from './dialog.js';
import { fill, h } from './dom.js';
import { icon, logo } from './icons.js';
import { languageChoice } from './language_choice.js';
import { PasskeyError } from './passkey.js';
import { recoveryCodes } from './recovery_codes.js';
import { text } from './text.js';

/** What a section is given to work with. */
export interface AccountDesk {
  readonly app: App;
  readonly account: Account;
  readonly browsers: readonly WebSession[];
  /** Does it, says what went wrong if it did, and shows the account anew. `done` is said when it worked. */
  act(change: () => Promise<readonly string[] | void>, done?: string): Promise<void>;
}

export class AccountPage implements Page {
  readonly name = 'account';
  readonly title = text.account.title;
  readonly element: HTMLElement;

  private readonly content = h('div', { class: 'account-sections' });
  private closed = false;

  constructor(private readonly app: App) {
    const back = h('a', { class: 'button quiet', href: '#/' }, icon('back'), h('span', {}, text.account.back));
    const person = app.user === null ? '' : app.user.display_name || app.user.name;
    this.element = h(
      'div',
      { class: 'page account-page' },
      h('header', { class: 'top-bar' }, h('div', { class: 'brand' }, logo(), h('span', {}, text.product)), h('div', { class: 'account' }, back)),
      h('main', {}, h('h1', {}, text.account.title), h('p', { class: 'account-person' }, person), this.content),
    );
    fill(this.content, h('p', { class: 'visually-hidden', role: 'status' }, text.account.loading));
  }

  shown(): void {
    void this.load();
  }

  close(): void {
    this.closed = true;
  }

  private async load(): Promise<void> {
    try {
      const { account } = this.app.api;
      const [mine, browsers] = await Promise.all([account.account(), account.webSessions()]);
      if (!this.closed) this.draw(mine, browsers);
    } catch (error) {
      if (this.closed) return;
      if (!(error instanceof ApiError)) throw error;
      if (error.signedOut) return this.app.signedOut(text.signIn.expired);
      const again = h('button', { type: 'button', class: 'button', on: { click: () => { void this.load(); } } }, text.tryAgain);
      fill(this.content, h('div', { class: 'empty', role: 'alert' }, icon('alert'), h('h2', {}, text.account.failed), h('p', {}, error.message), again));
    }
  }

  private draw(account: Account, browsers: readonly WebSession[]): void {
    const desk: AccountDesk = { app: this.app, account, browsers, act: (change, done) => this.act(change, done) };
    fill(
      this.content,
      factorSection(desk),
      passkeysSection(desk),
      account.has_password ? passwordSection(desk) : null,
      browsersSection(desk),
      languageSection(),
      this.installSection(),
    );
  }

  private installSection(): HTMLElement {
    const { installer } = this.app;
    return section('install-title', text.install.title, null,
      installer.about('account-lead'), h('div', { class: 'account-do' }, installer.button('button', text.install.all)));
  }

  private async act(change: () => Promise<readonly string[] | void>, done?: string): Promise<void> {
    try {
      const codes = await change();
      if (done !== undefined) this.app.toasts.show('info', done);
      if (codes !== undefined && codes.length > 0) await showCodes(codes);
    } catch (error) {
      if (error instanceof ApiError && error.signedOut) return this.app.signedOut(text.signIn.expired);
      if (!(error instanceof ApiError) && !(error instanceof PasskeyError)) throw error;
      // Who said no in the dialog knows why nothing happened.
      const proof = error instanceof ApiError && error.code.endsWith('_required');
      if (!proof) this.app.toasts.show('error', error.message);
    }
    if (!this.closed) await this.load();
  }
}

function languageSection(): HTMLElement {
  return section('language-title', text.language.label, null, h('p', { class: 'account-lead' }, text.language.lead), languageChoice());
}

async function showCodes(codes: readonly string[]): Promise<void> {
  const { dialog, closed } = sheet(text.recovery.title, recoveryCodes(codes, () => { dialog.close(); }));
  // They are shown once: a stray Escape must not take them away.
  dialog.addEventListener('cancel', (event) => { event.preventDefault(); });
  await closed;
}

/** A card of the page. */
export function section(id: string, title: string, badge: Node | null, ...content: (Node | null)[]): HTMLElement {
  return h('section', { class: 'account-section', 'aria-labelledby': id }, h('h2', { id }, title, badge), ...content);
}

/** A row: what it is, what is to be said of it, and what can be done. */
export function row(name: string, about: string, ...buttons: (Node | null)[]): HTMLElement {
  return h('div', { class: 'account-row' },
    h('div', { class: 'account-what' }, h('p', { class: 'account-what-name' }, name), h('p', { class: 'account-about' }, about)),
    h('div', { class: 'account-do' }, ...buttons));
}

export function action(label: string, act: () => void, name: string = label, kind = ''): HTMLButtonElement {
  return h('button', { type: 'button', class: `button ${kind}`.trim(), 'aria-label': name, on: { click: act } }, label);
}
