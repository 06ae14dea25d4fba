// The frame of every page: the way to the others, who is signed in, whether what is shown is of now.
import { h } from '../dom.js';
import { icon, logo } from '../icons.js';
import { languageChoice } from '../language_choice.js';
import { text as common } from '../text.js';
import { adminIcon, type AdminIconName } from './admin_icons.js';
import type { AdminPage } from './admin_app.js';
import type { User } from '../api.js';
import { text } from './text_admin.js';

export interface Section {
  /** The first part of the address; "" is the overview. */
  readonly key: string;
  readonly title: string;
  readonly icon: AdminIconName;
}

export class Shell {
  readonly element: HTMLElement;
  readonly skip: HTMLElement;
  private readonly main = h('main', { id: 'content', tabindex: '-1' });
  private readonly nav: HTMLElement;
  private readonly toggle: HTMLButtonElement;
  private readonly live = h('p', { class: 'live-state', role: 'status', 'data-live': 'true' }, h('span', { class: 'dot', 'data-live': 'true' }), h('span', { class: 'live-word' }, text.shell.live));

  constructor(app: { readonly user: User; signOut(): Promise<void> }, sections: readonly Section[]) {
    this.skip = h('a', { class: 'skip-link', href: '#content', on: { click: (event) => {
      event.preventDefault();
      this.main.focus();
    } } }, text.shell.skip);
    this.nav = h('nav', { class: 'admin-nav', id: 'admin-nav', 'aria-label': text.shell.navigation }, h('ul', {}, ...sections.map((section) =>
      h('li', {}, h('a', { href: `#/${section.key}`, 'data-section': section.key }, adminIcon(section.icon), h('span', {}, section.title))))), languageChoice());
    this.toggle = h('button', { type: 'button', class: 'icon-button nav-toggle', 'aria-label': text.shell.navigation, 'aria-expanded': 'false', 'aria-controls': 'admin-nav', on: { click: () => { this.setNav(!this.element.classList.contains('nav-open')); } } }, icon('menu'));
    const name = app.user.display_name;
    this.element = h('div', { class: 'admin' },
      h('header', { class: 'admin-bar' },
        this.toggle,
        h('a', { class: 'brand', href: '#/' }, logo(), h('span', {}, common.product), h('small', {}, text.shell.title)),
        this.live,
        h('div', { class: 'account' },
          h('a', { class: 'button quiet', href: '/' }, icon('desktop'), h('span', {}, text.shell.toDesktops)),
          h('span', { class: 'avatar', 'aria-hidden': 'true', title: name }, ([...name][0] ?? '?').toUpperCase()),
          h('button', { type: 'button', class: 'button quiet', on: { click: () => { void app.signOut(); } } }, icon('leave'), h('span', {}, common.catalogue.signOut)))),
      this.nav, this.main);
    this.element.addEventListener('keydown', (event) => { this.key(event); });
    this.nav.addEventListener('click', (event) => { if ((event.target as Element).closest('a') !== null) this.setNav(false); });
  }

  show(page: AdminPage, section: string, moved: boolean): void {
    for (const link of this.nav.querySelectorAll<HTMLElement>('a')) {
      if (link.dataset['section'] === section) link.setAttribute('aria-current', 'page');
      else link.removeAttribute('aria-current');
    }
    this.main.replaceChildren(page.element);
    window.scrollTo(0, 0);
    // Screen readers say the new page's name, and the next Tab is in it.
    if (moved) this.focusHeading();
  }

  focusHeading(): void {
    this.main.querySelector<HTMLElement>('h1')?.focus({ preventScroll: true });
  }

  setLive(live: boolean): void {
    if (this.live.dataset['live'] === String(live)) return;
    this.live.dataset['live'] = String(live);
    this.live.querySelector('.dot')?.setAttribute('data-live', String(live));
    const word = this.live.querySelector('.live-word');
    if (word !== null) word.textContent = live ? text.shell.live : text.shell.notLive;
  }

  private setNav(open: boolean): void {
    this.element.classList.toggle('nav-open', open);
    this.toggle.setAttribute('aria-expanded', String(open));
    if (open) this.nav.querySelector<HTMLElement>('a[aria-current], a')?.focus();
  }

  private key(event: KeyboardEvent): void {
    const target = event.target as Element;
    if (event.key === 'Escape' && this.element.classList.contains('nav-open')) {
      this.setNav(false);
      this.toggle.focus();
    }
    const typing = target.closest('input, select, textarea, dialog') !== null;
    if (event.key === '/' && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const search = this.main.querySelector<HTMLInputElement>('input[type="search"]');
      if (search === null || search.closest('[hidden]') !== null) return;
      event.preventDefault();
      search.focus();
    }
  }
}
