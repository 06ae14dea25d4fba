// Every page and state of the administrators' pages as a picture that a developer looks at: light and dark, on desktop,
// tablet and phone, in three languages, and with the system's own colours; with sheets that hold several.
// `node admin_screenshots.mjs [ROUND ...] [--only STATES,...]`, into out/admin/.
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { furnishSite, openAdmin, password, somebodyWorks } from './admin_site.mjs';
import { longId, longName, states } from './admin_states.mjs';
import { launchBrowser, newVisitor, phone } from './browser.mjs';
import { contactSheet } from './contact_sheet.mjs';
import { Site, repository } from './site.mjs';

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
  'desktop-forced': { ...desktop, colorScheme: 'dark', forcedColors: 'active' },
  'phone-forced': { ...small, colorScheme: 'light', forcedColors: 'active' },
  'desktop-contrast': { ...desktop, colorScheme: 'light', contrast: 'more' },
};
const { values, positionals } = parseArgs({ options: { only: { type: 'string' } }, allowPositionals: true });
const wanted = positionals.length > 0 ? positionals : Object.keys(rounds);
const chosen = values.only === undefined ? Object.keys(states) : values.only.split(',');

const out = path.join(import.meta.dirname ?? '.', 'out', 'admin');
await mkdir(out, { recursive: true });
// Somebody who may not, and somebody whom the page tells so.
async function withoutRights(browser, site, options, shotOf) {
  const page = await newVisitor(browser, site, options);
  await page.goto('/');
  await page.locator('#user').fill('grace');
  await page.locator('#password').fill(password);
  await page.locator('form.sign-in button[type="submit"]').click();
  await page.locator('.tile:not(.ghost)').first().waitFor();
  await page.goto('/admin');
  await page.locator('.message-page').waitFor();
  await shotOf(page)('no-rights');
  await page.context().close();
}

async function furnished(site) {
  await furnishSite(site);
  await site.addUser(longId, password, '--display-name', longName);
  await site.vitrine(['provider', 'add', 'oidc', 'corp', '--name', 'Example Corporation', '--issuer', 'https://127.0.0.1:9/', '--client-id', 'vitrine']);
  await site.vitrine(['provider', 'add', 'ldap', 'office', '--url', 'ldaps://127.0.0.1:9', '--base', 'ou=people,dc=example,dc=org']);
}

const sheetOf = ({ isMobile, viewport }) =>
  (!isMobile ? { columns: 2, width: 770, height: 900, each: 6 }
    : viewport.width > 500 ? { columns: 4, width: 380, height: 900, each: 8 } : { columns: 5, width: 300, height: 1_000, each: 10 });

// The pictures of one round, in words what could not be had.
async function takeRound({ browser, site, session, worker }, round) {
  const options = rounds[round];
  const names = [];
  const failed = [];
  const shotOf = (page) => async (name, whole = true) => {
    // Chromium forgets it with the document it was said to.
    if (options.forcedColors) await page.emulateMedia({ forcedColors: 'none' }).then(() => page.emulateMedia({ forcedColors: 'active' }));
    // What sticks to the top of the window would stand in the middle of a whole page.
    if (whole) await page.evaluate(() => { window.scrollTo(0, 0); });
    await page.screenshot({ path: path.join(out, `${round}-${name}.png`), fullPage: whole, animations: 'disabled' });
    names.push(`${round}-${name}`);
  };
  const page = await newVisitor(browser, site, options);
  page.setDefaultTimeout(10_000);
  await openAdmin(page);
  for (const one of chosen) {
    await states[one]({ page, shot: shotOf(page), site, session, worker }).catch(async (error) => {
      failed.push(`${round}: ${one}: ${error.message.split('\n')[0]} ${error.stack.match(/admin_states\S*/)?.[0] ?? ''}`);
      await page.goto('/admin');
    });
  }
  if (values.only === undefined) await withoutRights(browser, site, options, shotOf);
  console.log(`${round}: ${names.length} pictures; ${page.problems.filter((one) => !/status of|ERR_INTERNET/.test(one)).join(' | ')}`);
  await page.context().close();
  const size = sheetOf(options);
  for (let i = 0; i < names.length; i += size.each) {
    await contactSheet(browser, out, `sheet-${round}-${String(i / size.each + 1).padStart(2, '0')}.png`, names.slice(i, i + size.each), size);
  }
  return failed;
}

const site = await Site.start({ more: ['--client', path.join(repository, 'web-client/dist')] });
const browser = await launchBrowser(site);
try {
  await furnished(site);
  const worker = await somebodyWorks(browser, site, 'ada');
  await somebodyWorks(browser, site, 'grace', 'terminal');
  const [{ session }] = await site.sessions({ user: 'ada' });
  const failed = [];
  for (const round of wanted) failed.push(...(await takeRound({ browser, site, session, worker }, round)));
  if (failed.length > 0) console.log(`Not had:\n${failed.join('\n')}`);
  process.exitCode = failed.length === 0 ? 0 : 1;
} finally {
  await browser.close();
  await site.stop();
}
