// The states of the administrators' pages that are worth a picture, page by page, in any language: what is clicked is found
// by what it is. Each takes {page, shot, site, session}; what no small site has (thousands of rows, a server that fails) is
// put in place of the server's answer.
import { goTo, settled } from './admin_site.mjs';
import { until } from './until.mjs';

export const longName = 'Arbeitsgemeinschaft der Donaudampfschifffahrtsgesellschaftskapitäninnen, Außenstelle Regensburg';
export const longId = 'a.very.long.user.name.that.somebody.chose@mail.example.org';

const json = (body, status = 200) => ({ status, contentType: status < 400 ? 'application/json' : 'application/problem+json', body: JSON.stringify(body) });
const away = json({ code: 'unavailable', detail: 'The part of this server that knows users and desktops is not answering; try again in a moment. Open desktops are not affected.' }, 503);

// While `act` runs the server answers so.
async function answering(page, pattern, answer, act) {
  await page.route(pattern, (route) => (typeof answer === 'function' ? answer(route) : route.fulfill(answer)));
  try {
    await act();
  } finally {
    await page.unroute(pattern);
  }
}

async function reopened(page, place) {
  await page.evaluate((hash) => { location.hash = hash; }, `#${place}`);
  await page.reload();
  await settled(page);
}

const withIcon = (page, where, name) => page.locator(`${where} button:has(.icon-${name})`).first();
async function dialogOf(page, button) {
  await button.click();
  const dialog = page.locator('dialog[open]');
  await dialog.waitFor();
  await settled(page);
  return dialog;
}
// In a search field the first Escape takes away what was looked for.
async function leave(page) {
  await until('the dialog is closed', async () => {
    await page.keyboard.press('Escape');
    return (await page.locator('dialog[open]').count()) === 0;
  });
}
// A picture of the dialog behind a button, and away again.
async function showing(page, shot, name, button, act = async () => undefined) {
  const dialog = await dialogOf(page, button);
  await act(dialog);
  await shot(name, false);
  await leave(page);
}
const send = (dialog) => dialog.locator('.actions .button.primary, .actions .button.danger').click();
async function withoutToasts(page) {
  for (const one of await page.locator('.toast .icon-close').all()) await one.click().catch(() => undefined);
  await page.locator('.toast').first().waitFor({ state: 'detached' }).catch(() => undefined);
}

function manySessions(count) {
  const nowS = Math.floor(Date.now() / 1_000);
  const states = ['connected', 'connected', 'connected', 'disconnected', 'provisioning', 'recycling', 'failed'];
  const what = [['desktop', 'Desktop', 'desktop'], ['mousepad', 'Text Editor', 'app'], ['terminal', 'Terminal', 'app']];
  return Array.from({ length: count }, (_, i) => {
    const [resource, name, kind] = what[i % 3];
    const state = states[i % states.length];
    const seen = state === 'connected';
    const times = { count: seen ? 200 : 0, sum_ms: 6_000, p50_ms: 18 + ((i * 37) % 190), p95_ms: 120 };
    return {
      session: `s${i}`, user: i % 50 === 7 ? longId : `user${i}`, display_name: i % 50 === 7 ? longName : `Person ${i}`, resource, name, kind, pool: 'desktop', state,
      detail: state === 'failed' ? 'The display did not come up.' : '', started_s: nowS - i * 131, address: seen ? `198.51.100.${i % 250}` : '', browser: seen ? 'Mozilla/5.0 (Windows NT 10.0) Firefox/140.0' : '',
      viewers: seen ? 1 : 0, width: 1920, height: 1080,
      measure: seen ? { measured_s: nowS, bytes_down: 3e7 + i, bytes_up: 2e5, peak_mbit_s: 9, connected_s: 900, inputs: 200, reconnects: 0, response: times, round_trip: times } : null,
    };
  });
}
const live = (sessions) => json({ now_s: Math.floor(Date.now() / 1_000), audit: 7, actions: [], sessions, ended: [], whole: true, next: null });

function manyUsers(count) {
  const groups = ['engineering', 'research'];
  return Array.from({ length: count }, (_, i) => ({
    name: i === 3 ? longId : `user${i}`, display_name: i === 3 ? longName : `Person ${String(i).padStart(5, '0')}`, admin: i % 97 === 0, disabled: i % 31 === 4,
    groups: groups.slice(0, i % 3), created_s: 1_790_000_000, provider: i % 2 ? 'local' : 'corp',
  }));
}

async function overview({ page, shot }) {
  await goTo(page, '/');
  await shot('overview');
  await answering(page, /api\/admin\/(live|users|groups|resources)\b/, (route) => route.fulfill(route.request().url().includes('/live') ? live([]) : json({ users: [], groups: [], resources: [] })), async () => {
    await reopened(page, '/');
    await shot('overview-empty');
  });
  await answering(page, /api\/admin\/live\b/, live(manySessions(2_400)), async () => {
    await reopened(page, '/');
    await shot('overview-troubled');
  });
  await reopened(page, '/');
}

async function sessions({ page, shot, session, worker }) {
  await goTo(page, '/sessions');
  await page.locator('tbody .row-link').first().waitFor();
  await shot('sessions');
  await answering(page, /api\/admin\/live\b/, live([]), async () => {
    await reopened(page, '/sessions');
    await shot('sessions-empty');
  });
  await answering(page, /api\/admin\/live\b/, live(manySessions(2_400)), async () => {
    await reopened(page, '/sessions');
    await shot('sessions-many');
    await page.locator('.search-input').fill('xyzzy');
    await page.locator('.empty:not([hidden])').waitFor();
    await shot('sessions-no-match');
    await page.locator('.search-input').fill('');
  });
  await reopened(page, `/sessions/${session}`);
  await worker.keyboard.type('More to measure.\n');
  await until('a measure was drawn', async () => /ms/.test(await page.locator('.chart-now').nth(1).textContent()), { timeoutMs: 30_000 });
  await shot('session');
  const head = '.page-head';
  await showing(page, shot, 'session-message', withIcon(page, head, 'message'), (dialog) => dialog.locator('textarea').fill('The server restarts at noon. Please save your work.'));
  await showing(page, shot, 'session-disconnect', withIcon(page, head, 'unplug'));
  await showing(page, shot, 'session-end', withIcon(page, head, 'remove'));
  await goTo(page, '/sessions/gone');
  await shot('session-gone');
}

async function pools({ page, shot, site }) {
  await goTo(page, '/pools');
  await page.locator('tbody .row-link').first().waitFor();
  await shot('pools');
  await showing(page, shot, 'pool-add', page.locator('.page-head .button.primary'), async (dialog) => {
    await send(dialog);
    await dialog.locator('[name="name"]').fill('!!!');
  });
  await goTo(page, '/pools/desktop');
  await shot('pool');
  await showing(page, shot, 'pool-rules', withIcon(page, '.page-head', 'access'));
  await showing(page, shot, 'pool-edit', withIcon(page, '.page-head', 'edit'));
  await showing(page, shot, 'pool-remove', withIcon(page, '.page-head', 'remove'));
  const keeping = page.locator('.card:has(.icon-unplug)');
  await showing(page, shot, 'pool-keeping', keeping.locator('button:has(.icon-edit)'), (dialog) => dialog.locator('summary').click());
  await showing(page, shot, 'pool-drain', keeping.locator('button:has(.icon-unplug)'));
  await showing(page, shot, 'pool-picture', page.locator('.card:not(:has(.icon-unplug)) button:has(.icon-edit)').last());
  await site.vitrine(['pool', 'set', 'desktop', '--message', 'New graphics drivers are being installed. Back at 14:00.', '--max', '4']);
  await reopened(page, '/pools/desktop');
  await shot('pool-maintained');
  await goTo(page, '/pools');
  await page.locator('tbody .row-link').first().waitFor();
  await shot('pools-maintained');
  await site.vitrine(['pool', 'set', 'desktop', '--message', '', '--max', '0']);
  await goTo(page, '/pools/gone');
  await shot('pool-gone');
}

async function apps({ page, shot }) {
  await goTo(page, '/apps');
  await page.locator('tbody .row-link').first().waitFor();
  await shot('apps');
  const publish = page.locator('.page-head .button.primary');
  await showing(page, shot, 'app-publish-fresh', publish);
  await showing(page, shot, 'app-publish-wrong', publish, send);
  await showing(page, shot, 'app-publish-good', publish, async (dialog) => {
    await dialog.locator('[name="program"]').selectOption({ index: 3 });
    await dialog.locator('.verdict', { hasText: /\S/ }).waitFor();
  });
  await showing(page, shot, 'app-publish-missing', publish, async (dialog) => {
    await dialog.locator('[name="name"]').fill(longName);
    await dialog.locator('[name="command"]').fill('no-such-program --with "a long argument" --and=another/one/that/goes/on');
    await dialog.locator('.verdict', { hasText: /\S/ }).waitFor();
    await dialog.locator('summary').click();
  });
  await goTo(page, '/apps/mousepad');
  await shot('app');
  await showing(page, shot, 'app-edit', withIcon(page, '.page-head', 'edit'), (dialog) => dialog.locator('.verdict', { hasText: /\S/ }).waitFor());
  await showing(page, shot, 'app-remove', withIcon(page, '.page-head', 'remove'));
  await goTo(page, '/apps/cad');
  await shot('app-unavailable');
  await page.locator('.link-list button:has(.icon-remove)').first().click();
  await page.locator('.toast').waitFor();
  await shot('app-undo', false);
  await page.locator('.toast .button.quiet').click();
  await page.locator('.link-list a').first().waitFor();
  await withoutToasts(page);
  await answering(page, /api\/admin\/resources\b/, json({ resources: [] }), async () => {
    await reopened(page, '/apps');
    await shot('apps-empty');
  });
  await reopened(page, '/apps/gone');
  await shot('app-gone');
}

async function users({ page, shot }) {
  await goTo(page, '/users');
  await page.locator('tbody .row-link').first().waitFor();
  await shot('users');
  const add = page.locator('.page-head .button.primary');
  await showing(page, shot, 'user-add', add);
  await showing(page, shot, 'user-add-wrong', add, async (dialog) => {
    await dialog.locator('[name="name"]').fill('ada lovelace');
    await send(dialog);
  });
  await showing(page, shot, 'user-add-taken', add, async (dialog) => {
    await dialog.locator('[name="name"]').fill('ada');
    await send(dialog);
    await dialog.locator('.field-error:not(:empty)').waitFor();
  });
  await answering(page, /api\/admin\/users\b/, json({ users: manyUsers(12_345) }), async () => {
    await reopened(page, '/users');
    await page.locator('tbody .row-link').nth(5).waitFor();
    await shot('users-many');
  });
  await answering(page, /api\/admin\/users\b/, () => undefined, async () => {
    await page.reload();
    await page.locator('.ghost').first().waitFor();
    await shot('users-loading');
  });
  await answering(page, /api\/admin\/users\b/, away, async () => {
    await page.reload();
    await page.locator('.toast.error').waitFor();
    await shot('users-failed');
  });
  await answering(page, /api\/admin\/users\b/, json({ users: [] }), async () => {
    await reopened(page, '/users');
    await shot('users-empty');
  });
  await reopened(page, '/users/ada');
  await shot('user');
  await showing(page, shot, 'user-password', withIcon(page, '.page-head', 'access'));
  await showing(page, shot, 'user-disable', withIcon(page, '.page-head', 'unplug'));
  await showing(page, shot, 'user-remove', withIcon(page, '.page-head', 'remove'));
  await showing(page, shot, 'user-sign-out', page.locator('.card button:has(.icon-unplug)').last());
  await goTo(page, `/users/${encodeURIComponent(longId)}`);
  await shot('user-long');
  await goTo(page, '/users/gone');
  await shot('user-gone');
}

// Somebody new, whose password is made up, and is taken away again.
async function newUser({ page, shot }) {
  await goTo(page, '/users');
  const dialog = await dialogOf(page, page.locator('.page-head .button.primary'));
  await dialog.locator('[name="name"]').fill('newcomer');
  await send(dialog);
  await page.locator('.secret-dialog').waitFor();
  await shot('user-secret', false);
  await page.locator('.secret-dialog button[type="submit"]').click();
  await page.locator('.toast').waitFor();
  await shot('user-added', false);
  await goTo(page, '/users/newcomer');
  await shot('user-new');
  await send(await dialogOf(page, withIcon(page, '.page-head', 'remove')));
  await page.locator('tbody .row-link').first().waitFor();
  await withoutToasts(page);
}

async function groups({ page, shot }) {
  await goTo(page, '/groups');
  await page.locator('tbody .row-link').first().waitFor();
  await shot('groups');
  await showing(page, shot, 'group-add', page.locator('.page-head .button.primary'));
  await goTo(page, '/groups/engineering');
  await shot('group');
  await showing(page, shot, 'group-members', withIcon(page, '.page-head', 'plus'));
  await showing(page, shot, 'group-remove', withIcon(page, '.page-head', 'remove'));
  await answering(page, /api\/admin\/users\b/, json({ users: manyUsers(400) }), async () => {
    await reopened(page, '/groups/engineering');
    await showing(page, shot, 'group-members-many', withIcon(page, '.page-head', 'plus'), async (dialog) => {
      await dialog.locator('.search-input').fill('0039');
      await until('the others are out of sight', async () => (await dialog.locator('.check:visible').count()) < 20);
    });
  });
  await goTo(page, '/groups/everyone');
  await shot('group-everyone');
  await answering(page, /api\/admin\/groups\b/, json({ groups: [] }), async () => {
    await reopened(page, '/groups');
    await shot('groups-empty');
  });
}

async function access({ page, shot }) {
  await reopened(page, '/access');
  await page.locator('tbody .row-link').first().waitFor();
  await shot('access');
  await showing(page, shot, 'grant', page.locator('.page-head .button.primary'));
  await showing(page, shot, 'site-rules', withIcon(page, '.page-head', 'edit'));
  await showing(page, shot, 'grant-rules', page.locator('tbody button:has(.icon-edit)').first(), async (dialog) => {
    await dialog.locator('[name="max_sessions"]').fill('99');
    await send(dialog);
    await dialog.locator('.field-error:not(:empty)').waitFor();
  });
  for (const [name, user] of [['access-allowed', 'ada'], ['access-refused', 'boss'], ['access-unknown', 'nobody-of-this-name']]) {
    await page.locator('#explain-user').fill(user);
    await page.locator('#explain-resource').selectOption('cad');
    await Promise.all([page.waitForResponse(/api\/admin\/explain/), page.locator('.explain-form button').click()]);
    await until('the answer is drawn', async () => (await page.locator('.explanation .form-error').count()) === (name === 'access-unknown' ? 1 : 0)
      && (await page.locator(`.verdict[data-kind="${name === 'access-allowed' ? 'good' : 'wrong'}"]`).count()) === (name === 'access-unknown' ? 0 : 1));
    await shot(name);
  }
  await page.locator('tbody button:has(.icon-remove)').first().click();
  await page.locator('.toast').waitFor();
  await shot('access-undo', false);
  await page.locator('.toast .button.quiet').click();
  await withoutToasts(page);
}

async function providers({ page, shot }) {
  await goTo(page, '/providers');
  await page.locator('.card').first().waitFor();
  await shot('providers');
  await page.locator('.card:nth-child(2) button:has(.icon-sessions)').click();
  await page.locator('.test-steps').first().waitFor({ timeout: 30_000 });
  const steps = [['discovery', 'https://login.example.org describes itself, and its certificate is trusted.'], ['signatures', 'It signs by RS256, ES256.'],
    ['keys', 'It publishes 2 keys of use here.'], ['sign-out', 'Sign-out there: offered; sign-out from there: not offered.']].map(([step, detail]) => ({ step, ok: true, detail }));
  await answering(page, /providers\/[^/]+\/test$/, json({ ok: true, steps }), async () => {
    await page.locator('.card:nth-child(1) button:has(.icon-sessions)').click();
    await page.locator('.card:nth-child(1) .test-steps').waitFor();
  });
  await shot('providers-tested');
  await showing(page, shot, 'provider-oidc', page.locator('.page-head .button').first());
  await showing(page, shot, 'provider-ldap', page.locator('.page-head .button').nth(1), async (dialog) => {
    await send(dialog);
    await dialog.locator('summary').click();
  });
  await showing(page, shot, 'provider-edit', page.locator('.card button:has(.icon-edit)').first());
  await showing(page, shot, 'provider-remove', page.locator('.card button:has(.icon-remove)').first());
  await answering(page, /api\/admin\/providers\b/, json({ providers: [] }), async () => {
    await reopened(page, '/providers');
    await page.locator('.empty').waitFor();
    await shot('providers-empty');
  });
}

async function audit({ page, shot }) {
  await goTo(page, '/audit');
  await page.locator('tbody tr').first().waitFor();
  await withIcon(page, '.page-head', 'providers').click();
  await page.locator('.verdict:not(:empty)').waitFor();
  await shot('audit');
  await page.locator('#audit-actor').fill('nobody-of-this-name');
  await page.locator('.filter-actions button[type="submit"]').click();
  await page.locator('.empty:not([hidden])').waitFor();
  await answering(page, /audit\/verify/, json({ holds: false, fault: 'record 812 does not carry the seal of record 811' }), async () => {
    await withIcon(page, '.page-head', 'providers').click();
    await page.locator('.verdict[data-kind="wrong"]').waitFor();
  });
  await shot('audit-broken');
  await showing(page, shot, 'audit-retention', withIcon(page, '.page-head', 'settings'));
}

async function tokens({ page, shot }) {
  await goTo(page, '/tokens');
  await page.locator('.empty').waitFor();
  await shot('tokens-empty');
  const dialog = await dialogOf(page, page.locator('.page-head .button.primary'));
  await dialog.locator('[name="name"]').fill('nightly-export');
  await shot('token-make', false);
  await send(dialog);
  await page.locator('.secret-dialog').waitFor();
  await shot('token-secret', false);
  await page.locator('.secret-dialog button[type="submit"]').click();
  await page.locator('tbody .row-name').first().waitFor();
  await shot('tokens');
  await send(await dialogOf(page, page.locator('tbody button:has(.icon-remove)').first()));
  await page.locator('.empty').waitFor();
  await withoutToasts(page);
}

async function settings({ page, shot }) {
  await goTo(page, '/settings');
  await page.locator('.setting').first().waitFor();
  await shot('settings');
  await page.locator('#setting-max_desktops').fill('0');
  await page.keyboard.press('Enter');
  await page.locator('.field-error:not(:empty)').waitFor();
  await shot('settings-wrong');
}

// What can be anywhere: no such page, the sections of a phone, a server that is away, one that fails at the start.
async function frame({ page, shot }) {
  await goTo(page, '/nowhere');
  await shot('nowhere');
  await goTo(page, '/users');
  if (await page.locator('.nav-toggle').isVisible()) {
    await page.locator('.nav-toggle').click();
    await shot('sections', false);
    await page.keyboard.press('Escape');
  }
  await page.locator('tbody .row-link').first().waitFor();
  await page.context().setOffline(true);
  await page.locator('.live-state[data-live="false"]').waitFor({ timeout: 30_000 });
  await page.locator('.page-head .button.primary').click();
  await page.locator('.toast.error').waitFor().catch(() => undefined);
  await shot('server-away', false);
  await page.context().setOffline(false);
  await answering(page, /api\/me\b/, away, async () => {
    await page.reload();
    await page.locator('.message-page').waitFor();
    await shot('start-failed');
  });
}

export const states = { overview, sessions, pools, apps, users, newUser, groups, access, providers, audit, tokens, settings, frame };
