// The browsers a user is signed in with: each can be signed out, or all of them, which ends what runs too.
import type { WebSession } from '../account_api.js';
import { confirm } from '../dialog.js';
import { h } from '../dom.js';
import { ago } from '../moments.js';
import type { AdminUser } from './admin_api.js';
import type { AdminApp } from './admin_app.js';
import { button, card } from './parts.js';
import { text } from './text_admin.js';

const t = text.users;

export function browsersCard(app: AdminApp, user: AdminUser, browsers: readonly WebSession[]): HTMLElement {
  if (browsers.length === 0) return card(t.browsers, h('p', { class: 'muted' }, t.noBrowsers));
  const end = async (browser: WebSession): Promise<void> => {
    await app.attempt(() => app.api.endBrowser(user.name, browser.id), t.signedOut);
    await app.refresh();
  };
  const all = async (): Promise<void> => {
    if (!(await confirm({ title: t.signOutTitle(user.name), text: t.signOutText, agree: t.signOutEverywhere, danger: true }))) return;
    await app.attempt(() => app.api.signOutUser(user.name), t.signedOutAll(user.name));
    await app.refresh();
  };
  return card(t.browsers,
    h('ul', { class: 'link-list' }, ...browsers.map((browser) => h('li', {},
      h('span', { class: 'two-lines' }, h('span', {}, browser.browser),
        h('small', {}, [browser.address, ago(browser.seen_s)].filter((one) => one !== '').join(' · '))),
      h('button', {
        type: 'button', class: 'button small', 'aria-label': t.signOutOf(browser.browser), 'data-focus': `browser-${browser.id}`,
        on: { click: () => { void end(browser); } },
      }, t.signOut)))),
    button(t.signOutEverywhere, 'unplug', () => { void all(); }));
}
