// Of the account: the browsers that are signed in.
import type { WebSession } from './account_api.js';
import { action, row, section, type AccountDesk } from './account_page.js';
import { confirm } from './dialog.js';
import { h } from './dom.js';
import { ago } from './moments.js';
import { text } from './text.js';

/** The broker notes a use once a minute. */
const kActiveS = 120;

export function browsersSection(desk: AccountDesk): HTMLElement {
  const t = text.account.browsers;
  const api = desk.app.api.account;
  const everywhere = async (): Promise<void> => {
    const agreed = await confirm({ title: t.everywhereTitle, text: t.everywhereText, agree: t.everywhere, danger: true });
    if (!agreed) return;
    await desk.act(async () => {
      await api.signOutEverywhere(false);
      desk.app.signedOut('');
    });
  };
  const others = desk.browsers.some((one) => !one.this_one);
  const sorted = [...desk.browsers].sort((a, b) => Number(b.this_one) - Number(a.this_one));
  return section(
    'account-browsers',
    t.title,
    null,
    ...sorted.map((one) => browserRow(desk, one)),
    h('div', { class: 'actions' },
      others ? action(t.others, () => { void desk.act(() => api.signOutEverywhere(true), t.othersDone); }) : null,
      action(t.everywhere, () => { void everywhere(); })),
  );
}

function browserRow(desk: AccountDesk, session: WebSession): HTMLElement {
  const t = text.account.browsers;
  const active = Date.now() / 1_000 - session.seen_s < kActiveS;
  const browser = t.browser(session.browser);
  const name = session.by_link ? `${browser} (${t.byLink})` : browser;
  const about = t.from(session.address, active ? t.active : t.seen(ago(session.seen_s)));
  const end = (): void => { void desk.act(() => desk.app.api.account.endWebSession(session.id), t.ended(name)); };
  return row(name, about, session.this_one ? h('span', { class: 'badge good' }, t.thisOne) : action(t.end, end, t.endOf(name)));
}
