// Every page and state of the users' pages as a picture, light and dark, on desktop, tablet and phone, and in all three
// languages, with a contact sheet of each round: `node screens.mjs [ROUND ...]`, into out/screens/.
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { launchBrowser, newVisitor, phone, state, whenLive } from './browser.mjs';
import { Site, repository } from './site.mjs';
import { totp } from './totp.mjs';
import { until } from './until.mjs';

const out = path.join(import.meta.dirname ?? '.', 'out', 'screens');
await mkdir(out, { recursive: true });
const password = 'correct horse battery';
const long = 'Computer-aided design of bridges and other structures (2026)';

const desktop = { viewport: { width: 1440, height: 900 } };
const tablet = { viewport: { width: 820, height: 1180 }, deviceScaleFactor: 1, isMobile: true, hasTouch: true };
const small = { ...phone, deviceScaleFactor: 2 };
const rounds = {
  'desktop-light': { ...desktop, colorScheme: 'light' },
  'desktop-dark': { ...desktop, colorScheme: 'dark' },
  'tablet-light': { ...tablet, colorScheme: 'light' },
  'tablet-dark': { ...tablet, colorScheme: 'dark' },
  'phone-light': { ...small, colorScheme: 'light' },
  'phone-dark': { ...small, colorScheme: 'dark' },
  'desktop-german': { ...desktop, colorScheme: 'light', locale: 'de-DE' },
  'phone-german': { ...small, colorScheme: 'dark', locale: 'de-DE' },
  'desktop-arabic': { ...desktop, colorScheme: 'dark', locale: 'ar-EG' },
  'phone-arabic': { ...small, colorScheme: 'light', locale: 'ar-EG' },
};
const wanted = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(rounds);

const site = await Site.start({ more: ['--client', path.join(repository, 'web-client/dist')] });
const browser = await launchBrowser(site);
await site.addUser('ada', password, '--display-name', 'Ada Lovelace', '--admin');
await site.vitrine(['app', 'add', 'bridges', '--name', long, '--command', 'xterm', '--description', 'A description that is much longer than two lines of a tile can hold, so that it has to be cut somewhere without looking broken']);
await site.vitrine(['app', 'grant', 'bridges', '--user', 'ada']);

const submit = 'form.sign-in button[type="submit"]';
async function enter(page, name, words = password) {
  await page.locator('#user').fill(name);
  await page.locator('#password').fill(words);
  await page.locator(submit).click();
}
const shown = (page, name) => until(`${name} is shown`, async () => (await state(page)).page === name);
const tiles = async (page) => {
  await page.locator('.tile:not(.ghost)').first().waitFor();
  await until('the icons are there', () => page.evaluate(() => [...document.images].every((one) => one.complete)));
};

async function signInStates(page, shot, round) {
  await page.goto('/');
  await page.locator('#user').waitFor();
  await shot('sign-in');
  await page.locator(submit).click();
  await shot('sign-in-empty');
  await enter(page, 'ada', 'wrong');
  await page.locator('.form-error:not(:empty)').waitFor();
  await shot('sign-in-wrong');
  await page.route('**/api/login', (route) => route.fulfill({ status: 429, headers: { 'Retry-After': '90' }, contentType: 'application/problem+json', body: '{"code":"throttled"}' }));
  await enter(page, 'ada', 'wrong');
  await page.getByText('90').waitFor();
  await shot('sign-in-throttled');
  await page.unroute('**/api/login');
  await page.goto('/#open=no-such-code');
  await page.locator('.message-page .button').waitFor();
  await shot('link-used');
  // Somebody who has to set up a second factor, and then has one.
  const name = `joan-${round}`;
  await site.addUser(name, password, '--display-name', 'Joan');
  await site.vitrine(['second-factor', 'require', '--user', name]);
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
  await page.locator('.account button').click();
  await page.locator('dialog .actions button').last().click();
  await shown(page, 'sign-in');
  await enter(page, name);
  await page.locator('.factor').waitFor();
  await shot('factor-code');
}

async function catalogueStates(page, shot) {
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
  for (const [name, answer] of [['catalogue-empty', { status: 200, contentType: 'application/json', body: '{"resources":[]}' }], ['catalogue-failed', { status: 503, contentType: 'application/problem+json', body: '{"code":"unavailable","detail":"The part of this server that knows users and desktops is not answering; try again in a moment. Open desktops are not affected."}' }]]) {
    await page.route('**/api/catalogue', (route) => route.fulfill(answer));
    await page.goto('/');
    await page.reload();
    await page.locator('.empty').waitFor();
    await shot(name);
    await page.unroute('**/api/catalogue');
  }
  const many = Array.from({ length: 12 }, (_, i) => ({ id: `one-${i}`, kind: i < 2 ? 'desktop' : 'app', name: ['Desktop', 'GPU', long, 'Wörterbuchverwaltungsprogramm', 'محرر النصوص', 'R', 'Web', 'Mail', 'Files', 'Terminal', 'Paint', 'Clock'][i], description: i % 3 ? 'Something to work with' : '', icon: '/icon.svg', session: i % 4 === 1 ? { id: 's', state: 'connected' } : null,
    refused: i === 4 ? { code: 'forbidden', detail: 'It can be used from mon 08:00 (Europe/Berlin) on.' } : null }));
  await page.route('**/api/catalogue', (route) => route.fulfill({ status: 200, contentType: 'application/json', body: JSON.stringify({ resources: many }) }));
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
  await page.keyboard.press('Escape');
  await page.unroute('**/api/catalogue');
}

async function accountStates(page, shot) {
  await page.goto('/#/account');
  await page.locator('.account-section').first().waitFor();
  await shot('account', true);
  await page.locator('.account-section .account-do button').first().click();
  await page.getByRole('dialog').waitFor();
  await shot('account-dialog');
  await page.keyboard.press('Escape');
  await page.route('**/api/me/account', (route) => route.fulfill({ status: 500, contentType: 'application/problem+json', body: '{}' }));
  await page.reload();
  await page.locator('.empty').waitFor();
  await shot('account-failed');
  await page.unroute('**/api/me/account');
}

async function sessionStates(page, shot) {
  await page.goto('/#/s/no-such-app');
  await page.locator('.cover.ended').waitFor();
  await shot('session-forbidden');
  // A start that is waited for: the page's link is held back.
  await page.routeWebSocket('**/ws/view', () => undefined);
  await page.goto('/#/s/mousepad');
  await page.reload();
  await page.locator('.cover.starting .steps').waitFor();
  await until('the seconds are shown', async () => (await page.locator('.cover-elapsed').textContent()) !== '');
  await shot('session-starting');
  await page.close();
}

async function liveStates(page, shot, touch) {
  await page.goto('/#/s/mousepad');
  await whenLive(page);
  await page.keyboard.type('Dear reader,\n\nthis text is exact to the pixel.\n');
  await until('it is exact', async () => (await state(page)).exact === 'true');
  await shot('session');
  const menu = async () => {
    if (touch) await page.locator('.key-bar button').first().tap();
    else await page.keyboard.press('Control+Alt+Shift+M');
    await page.locator('dialog.menu[open]').waitFor();
  };
  await menu();
  await shot('menu');
  await page.locator('dialog.menu').evaluate((one) => {
    for (const each of one.querySelectorAll('details')) each.open = true;
    one.scrollTop = one.scrollHeight;
  });
  await shot('menu-whole');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+Alt+Shift+I');
  await page.locator('.figures:not([hidden])').waitFor();
  await page.keyboard.type('Measured.\n');
  await until('something is measured', async () => /\d/.test(await page.locator('.figures-total').textContent()));
  await shot('figures');
  await page.keyboard.press('Control+Alt+Shift+I');
  await page.context().setOffline(true);
  await page.locator('.cover.stale .cover-strip').waitFor({ timeout: 40_000 });
  await shot('session-stale');
  await page.context().setOffline(false);
  await page.locator('.cover-strip button:visible').click({ timeout: 2_000 }).catch(() => undefined);
  await whenLive(page);
  const [running] = await site.sessions({ user: 'ada', resource: 'mousepad' });
  await site.vitrine(['session', 'end', running.session ?? running.id]);
  await page.locator('.cover.ended').waitFor();
  await shot('session-ended');
}

async function otherPages(page, shot, options) {
  await page.goto('/offline.html');
  await page.locator('#offline-again').waitFor();
  await shot('offline');
  const lacking = await newVisitor(browser, site, options);
  await lacking.addInitScript(() => { delete window.WebAssembly; delete window.OffscreenCanvas; });
  await lacking.goto('/');
  await lacking.locator('.unsupported').waitFor();
  await shot('unsupported', false, lacking);
  await lacking.context().close();
  const plain = await newVisitor(browser, site, { ...options, javaScriptEnabled: false });
  await plain.goto('/');
  await shot('no-javascript', false, plain);
  await plain.context().close();
}

// All pictures of a round on one sheet, small and named.
async function contactSheet(round, names) {
  const page = await newVisitor(browser, site, { viewport: { width: 1500, height: 900 } });
  const items = await Promise.all(names.map(async (name) =>
    `<figure><img src="data:image/png;base64,${(await readFile(path.join(out, `${round}-${name}.png`))).toString('base64')}"><figcaption>${name}</figcaption></figure>`));
  const columns = round.startsWith('phone') ? 9 : round.startsWith('tablet') ? 7 : 5;
  await page.setContent(`<style>body{margin:8px;display:grid;grid-template-columns:repeat(${columns},1fr);gap:8px;font:12px sans-serif;background:#888}figure{margin:0}img{width:100%;max-height:340px;object-fit:contain;object-position:top;background:#fff}</style>${items.join('')}`);
  await page.screenshot({ path: path.join(out, `sheet-${round}.png`), fullPage: true });
  await page.context().close();
}

let count = 0;
const failed = [];
for (const round of wanted) {
  const options = rounds[round];
  const names = [];
  const first = await newVisitor(browser, site, options);
  const shotOf = (page) => async (name, whole = false, other = page) => {
    await other.screenshot({ path: path.join(out, `${round}-${name}.png`), fullPage: whole, animations: 'disabled' });
    names.push(name);
  };
  // One state that cannot be had leaves the others; it is named.
  const attempt = (what, states) => states().catch((error) => { failed.push(`${round}: ${what}: ${error.message.split('\n')[0]}`); });
  await attempt('sign-in', () => signInStates(first, shotOf(first), round));
  const page = await newVisitor(browser, site, options);
  const held = await page.context().newPage();
  for (const one of [first, page, held]) one.setDefaultTimeout(12_000);
  await attempt('catalogue', () => catalogueStates(page, shotOf(page)));
  await attempt('account', () => accountStates(page, shotOf(page)));
  await attempt('opening', () => sessionStates(held, shotOf(held)));
  await attempt('session', () => liveStates(page, shotOf(page), options.hasTouch === true));
  await attempt('others', () => otherPages(first, shotOf(first), options));
  await first.context().close();
  await page.context().close();
  await contactSheet(round, names);
  count += names.length;
  console.log(`${round}: ${names.length} pictures; ${[...first.problems, ...page.problems].filter((one) => !/status of|ERR_INTERNET/.test(one)).join(' | ')}`);
}
console.log(`${count} pictures in ${out}`);
if (failed.length > 0) console.log(`Not had: ${failed.join('\n')}`);
process.exitCode = failed.length === 0 ? 0 : 1;
await browser.close();
await site.stop();
