// The states that screens.mjs takes pictures of, in groups. A group makes its own visitors and closes them. Answers of the
// server that are hard to have (a full pool, a policy's hours) are given in its place; everything else is the real thing.
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { Fingers } from './fingers.mjs';
import { rareGroups } from './screen_rare_states.mjs';
import { closeDialog, copyInDesktop, enter, openMenu, password, shown, signedIn, tiles } from './screen_steps.mjs';
import { state, whenLive } from './browser.mjs';
import { totp } from './totp.mjs';
import { processTree } from './site.mjs';
import { until } from './until.mjs';

const submit = 'form.sign-in button[type="submit"]';
const long = 'Computer-aided design of bridges and other structures (2026)';
const problem = (status, body, headers = {}) => ({ status, headers, contentType: 'application/problem+json', body: JSON.stringify(body) });
const answer = (body) => ({ status: 200, contentType: 'application/json', body: JSON.stringify(body) });
const down = problem(503, { code: 'unavailable', detail: 'The part of this server that knows users and desktops is not answering; try again in a moment. Open desktops are not affected.' });
let joans = 0;

export async function prepare(site) {
  await site.addUser('ada', password, '--display-name', 'Ada Lovelace', '--admin');
  await site.vitrine(['app', 'add', 'bridges', '--name', long, '--command', 'xterm', '--description', 'A description that is much longer than two lines of a tile can hold, so that it has to be cut somewhere without looking broken']);
  await site.vitrine(['app', 'grant', 'bridges', '--user', 'ada']);
}

async function signIn(round) {
  const page = await round.visitor();
  const shot = (name) => round.shot(page, name);
  await page.route('**/api/sign-in', (route) => route.fulfill(answer({ redirects: [{ id: 'corp', name: 'Example Corporation' }, { id: 'uni', name: 'University' }] })));
  await page.goto('/');
  await page.locator('.services .button').first().waitFor();
  await shot('sign-in-services');
  await page.unroute('**/api/sign-in');
  await page.reload();
  await page.locator('#user').waitFor();
  await shot('sign-in');
  await page.locator(submit).click();
  await shot('sign-in-empty');
  await enter(page, 'ada', 'wrong');
  await page.locator('.form-error:not(:empty)').waitFor();
  await shot('sign-in-wrong');
  await page.route('**/api/login', (route) => route.fulfill(problem(429, { code: 'throttled' }, { 'Retry-After': '90' })));
  await enter(page, 'ada', 'wrong');
  await page.getByText(/[9٩][0٠]|[8٨][0-9٠-٩]/).first().waitFor();
  await shot('sign-in-throttled');
  await page.unroute('**/api/login');
  await page.goto('/#open=no-such-code');
  await page.locator('.message-page .button').waitFor();
  await shot('link-used');
  await page.context().close();
}

// Somebody who has to set up a second factor, then has one, and has to prove it in the middle of something.
async function factors(round) {
  const page = await round.visitor();
  const shot = (name) => round.shot(page, name);
  const name = `joan-${++joans}`;
  await round.site.addUser(name, password, '--display-name', 'Joan');
  await round.site.vitrine(['second-factor', 'require', '--user', name]);
  await page.goto('/');
  await page.locator('#user').waitFor();
  await enter(page, name);
  await page.locator('.qr').waitFor();
  await shot('factor-set-up');
  const secret = await page.locator('.by-hand code').first().textContent();
  await page.locator('#totp-code').fill(totp(secret, Date.now() / 1_000));
  await page.locator('.totp-setup button[type="submit"]').click();
  await page.locator('.codes').waitFor();
  await shot('recovery-codes');
  await page.locator('.recovery .button.primary').click();
  await shown(page, 'catalogue');
  await tiles(page);
  await page.goto('/#/account');
  await page.locator('.account-section').first().waitFor();
  await shot('account-with-factor');
  await page.route('**/api/me/recovery-codes', (route) => route.fulfill(problem(403, { code: 'step_up_required' })));
  await page.locator('.account-section').first().locator('.account-row').nth(1).locator('button').first().click();
  const sure = page.locator('dialog .actions .danger, dialog .actions .primary');
  if (await page.locator('dialog .factor-form').count() === 0 && await sure.count() > 0) await sure.last().click();
  await page.locator('dialog .factor-form').waitFor();
  await shot('step-up');
  await page.keyboard.press('Escape');
  await page.goto('/#/');
  await shown(page, 'catalogue');
  await page.locator('.account button').click();
  await page.getByRole('dialog').waitFor();
  await shot('question-sign-out');
  await page.locator('dialog .actions button').last().click();
  await shown(page, 'sign-in');
  await enter(page, name);
  await page.locator('.factor').waitFor();
  await shot('factor-code');
  await page.context().close();
}

async function catalogue(round) {
  const page = await round.visitor();
  const shot = (name) => round.shot(page, name);
  await page.goto('/');
  await page.locator('#user').waitFor();
  let release = () => undefined;
  await page.route('**/api/catalogue', (route) => { release = () => route.continue(); });
  await enter(page, 'ada');
  await shown(page, 'catalogue');
  await page.locator('.tile.ghost').first().waitFor();
  await shot('catalogue-loading');
  await Promise.resolve(release()).catch(() => undefined);
  await page.unroute('**/api/catalogue');
  await tiles(page);
  await shot('catalogue');
  for (const [name, given] of [['catalogue-empty', answer({ resources: [] })], ['catalogue-failed', down]]) {
    await page.route('**/api/catalogue', (route) => route.fulfill(given));
    await page.reload();
    await page.locator('.empty').waitFor();
    await shot(name);
    await page.unroute('**/api/catalogue');
  }
  await page.route('**/api/catalogue', (route) => route.fulfill(answer({ resources: manyResources() })));
  await page.reload();
  await tiles(page);
  await shot('catalogue-many');
  await page.locator('.search-input').fill('xyz');
  await page.locator('.empty').waitFor();
  await shot('catalogue-no-match');
  await page.locator('.search-input').fill('');
  await page.locator('.tile-end').first().click();
  await page.getByRole('dialog').waitFor();
  await shot('question-end');
  await page.context().close();
}

function manyResources() {
  const names = ['Desktop', 'GPU', long, 'Wörterbuchverwaltungsprogramm', 'محرر النصوص', 'R', 'Web', 'Mail', 'Files', 'Terminal', 'Paint', 'Clock'];
  return names.map((name, i) => ({
    id: `one-${i}`, kind: i < 2 ? 'desktop' : 'app', name, description: i % 3 ? 'Something to work with' : '', icon: '/icon.svg',
    session: i % 4 === 1 ? { id: 's', state: 'connected' } : null,
    refused: i === 4 ? { code: 'forbidden', detail: 'It can be used from Monday 08:00 (Europe/Berlin) on.' } : null,
    busy: i === 6 ? { code: 'full', in_use: 4, most: 4 } : i === 7 ? { code: 'draining', message: 'Disks are exchanged until noon' } : null,
  }));
}

async function account(round) {
  const page = await signedIn(round);
  await page.goto('/#/account');
  await page.locator('.account-section').first().waitFor();
  await round.shot(page, 'account', true);
  await page.locator('.account-section .account-do button').first().click();
  await page.getByRole('dialog').waitFor();
  await round.shot(page, 'account-dialog');
  await page.keyboard.press('Escape');
  await page.route('**/api/me/account', (route) => route.fulfill(problem(500, {})));
  await page.reload();
  await page.locator('.empty').waitFor();
  await round.shot(page, 'account-failed');
  await page.context().close();
}

// On the way to a desktop, and where that ends: closed at this hour, and a broker that has stopped in the middle of it all.
async function opening(round) {
  const page = await signedIn(round);
  const shot = (name) => round.shot(page, name);
  const { site } = round;
  const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
  await site.vitrine(['policy', 'set', '--resource', 'bridges', '--user', 'ada', `hours=Europe/Berlin ${days[(new Date().getUTCDay() + 3) % 7]} 08:00-09:00`]);
  await page.goto('/#/s/bridges');
  await page.locator('.cover.ended').waitFor();
  await shot('session-forbidden');
  await page.goto('/#/');
  await shown(page, 'catalogue');
  const broker = (await processTree(site.up.pid)).find((one) => one.parent === site.up.pid && one.command.includes(' broker '));
  process.kill(broker.pid, 'SIGSTOP');
  try {
    // By an address alone: nothing has told the page the name.
    await page.goto('/#/s/mousepad');
    await page.reload();
    await page.locator('.cover-elapsed:not(:empty)').waitFor();
    await shot('session-starting');
    await page.locator('.cover-detail:not(:empty)').waitFor({ timeout: 60_000 });
    await shot('session-broker-gone');
  } finally {
    process.kill(broker.pid, 'SIGCONT');
  }
  await whenLive(page);
  await page.context().close();
}

// What the editor would offer to restore, after an administrator ended its session.
const forgetEditor = (round) => rm(path.join(round.site.data, 'homes/ada/.local/share/Mousepad'), { recursive: true, force: true });

async function session(round) {
  const page = await signedIn(round);
  const shot = (name) => round.shot(page, name);
  await forgetEditor(round);
  await page.goto('/#/s/mousepad');
  await whenLive(page);
  await page.keyboard.type('Dear reader,\n\nthis text is exact to the pixel.\n');
  await until('it is exact', async () => (await state(page)).exact === 'true');
  await shot('session');
  await menus(round, page);
  await clipboardPanels(round, page);
  await page.keyboard.press('Control+Alt+Shift+I');
  await page.locator('.figures:not([hidden])').waitFor();
  await page.keyboard.type('Measured.\n');
  await until('something is measured', async () => /[\d٠-٩]/.test(await page.locator('.figures-total').textContent()));
  await until('a curve is drawn', async () => ((await page.locator('.figures-curve .line').nth(2).getAttribute('d')) ?? '').includes('L'));
  await shot('figures');
  await page.keyboard.press('Control+Alt+Shift+I');
  if (round.touch) await fingersStates(round, page);
  await page.context().setOffline(true);
  await page.locator('.cover.stale .cover-strip').waitFor({ timeout: 40_000 });
  await shot('session-stale');
  await page.context().setOffline(false);
  await page.locator('.cover-strip button:visible').click({ timeout: 2_000 }).catch(() => undefined);
  await whenLive(page);
  const [running] = await round.site.sessions({ user: 'ada', resource: 'mousepad' });
  await round.site.vitrine(['session', 'end', running.session ?? running.id]);
  await page.locator('.cover.ended').waitFor();
  await shot('session-ended');
  await page.context().close();
}

async function menus(round, page) {
  await openMenu(round, page);
  await round.shot(page, 'menu');
  await page.locator('.menu-body').evaluate((one) => {
    for (const each of one.querySelectorAll('details')) each.open = true;
  });
  await round.shot(page, 'menu-details');
  await page.locator('.menu-body').evaluate((one) => { one.scrollTop = one.scrollHeight; });
  await round.shot(page, 'menu-end');
  await page.locator('.menu-tile:has(.icon-settings)').click();
  await page.locator('dialog.settings').waitFor();
  await round.shot(page, 'settings');
  await page.locator('.sheet-body').evaluate((one) => { one.scrollTop = one.scrollHeight; });
  await page.locator('.settings-row button').click();
  await round.shot(page, 'settings-end');
  await closeDialog(page);
  await openMenu(round, page);
  await page.locator('.menu-tile:has(.icon-camera)').click();
  await page.locator('.toast .button').waitFor();
  await page.evaluate(() => navigator.clipboard.writeText('')).catch(() => undefined);
  await round.shot(page, 'toast-screenshot');
  await page.locator('.toast .icon-button').last().click();
}

async function clipboardPanels(round, page) {
  const [desktop] = await round.site.sessions({ user: 'ada', resource: 'mousepad' });
  await copyInDesktop(desktop, 'UTF8_STRING', 'Dear reader,\n\nthis text was copied in the desktop. '.repeat(9));
  await openMenu(round, page);
  await page.locator('.menu-tile:has(.icon-paste)').click();
  await page.locator('.clip-panel .clip-text').waitFor();
  await round.shot(page, 'clipboard-refused');
  await copyInDesktop(desktop, 'image/png', await page.screenshot());
  await page.locator('.clip-panel .clip-picture').waitFor();
  await page.locator('#clip-field').fill('Something to paste');
  await page.locator('.clip-panel section .button.primary').last().click();
  await copyInDesktop(desktop, 'image/png', await page.screenshot());
  await page.locator('.clip-panel .clip-picture').waitFor();
  await round.shot(page, 'clipboard-picture');
  await closeDialog(page);
}

async function fingersStates(round, page) {
  const fingers = await Fingers.on(page);
  const { width, height } = page.viewportSize();
  const [x, y] = [width / 2, Math.round(height * 0.4)];
  const keys = page.locator('.key-bar .bar-first .bar-key');
  await keys.last().tap();
  await keys.nth(4).tap();
  await keys.nth(5).tap();
  await keys.nth(5).tap();
  await round.shot(page, 'key-bar-second');
  for (const key of [keys.nth(4), keys.nth(5)]) {
    while (await key.getAttribute('aria-pressed') === 'true') await key.tap();
  }
  await keys.last().tap();
  await fingers.down([80, 70]);
  await page.locator('.magnifier').waitFor();
  await round.shot(page, 'magnifier');
  await fingers.cancel();
  await fingers.drag([[x - 15, y], [x + 15, y]], [[x - 45, y], [x + 45, y]]);
  await openMenu(round, page);
  await page.locator('#menu-touch').selectOption('trackpad');
  await round.shot(page, 'menu-zoomed');
  await closeDialog(page);
  await fingers.drag([[x, y]], [[x + 40, y + 30]]);
  await round.shot(page, 'zoomed-trackpad');
  await openMenu(round, page);
  await page.locator('#menu-touch').selectOption('direct');
  await page.locator('.menu-view .menu-entry:visible').first().click();
  await round.shot(page, 'zoomed-back');
}

// Words of the first time, offers, and an input method's field; pages of their own keep them apart.
async function firstTime(round) {
  const page = await signedIn(round, { firstVisit: true });
  await forgetEditor(round);
  await page.goto('/#/s/mousepad');
  await whenLive(page);
  if (!round.touch) {
    await page.keyboard.down('Alt');
    await page.evaluate(() => ['blur', 'focus'].forEach((one) => window.dispatchEvent(new Event(one))));
    await page.keyboard.up('Alt');
  }
  await page.locator('.hint-card').waitFor({ timeout: 3_000 }).catch(() => undefined);
  await round.shot(page, 'hint');
  await page.locator('.capture-offer').evaluate((one) => { one.hidden = false; });
  await round.shot(page, 'capture-offer');
  await page.context().close();
}

async function others(round) {
  const page = await round.visitor();
  await page.goto('/offline.html');
  await page.locator('#offline-again').waitFor();
  await round.shot(page, 'offline');
  await page.context().close();
  const lacking = await round.visitor();
  await lacking.addInitScript(() => { delete window.WebAssembly; delete window.OffscreenCanvas; });
  await lacking.goto('/');
  await lacking.locator('.unsupported').waitFor();
  await round.shot(lacking, 'unsupported');
  await lacking.context().close();
  const plain = await round.visitor({ javaScriptEnabled: false });
  await plain.goto('/');
  await round.shot(plain, 'no-javascript');
  await plain.context().close();
}

export const groups = { 'sign-in': signIn, factors, catalogue, account, opening, session, 'first-time': firstTime, others, ...rareGroups };
