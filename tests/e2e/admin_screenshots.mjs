// Takes the pictures of the administrators' pages that a developer looks at: each page, light and dark, desktop and
// phone, in full length. `node admin_screenshots.mjs [OUTPUT FOLDER]`.
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { furnishSite, goTo, openAdmin, settled, somebodyWorks } from './admin_site.mjs';
import { launchBrowser, newVisitor, phone } from './browser.mjs';
import { Site } from './site.mjs';
import { until } from './until.mjs';

const out = process.argv[2] ?? path.join(import.meta.dirname ?? '.', 'out');
await mkdir(out, { recursive: true });
const site = await Site.start();
const browser = await launchBrowser(site);
await furnishSite(site);
const workers = [await somebodyWorks(browser, site, 'ada'), await somebodyWorks(browser, site, 'grace', 'terminal')];
const [{ session }] = await site.sessions({ user: 'ada' });

const profiles = [
  ['desktop', { viewport: { width: 1440, height: 900 }, colorScheme: 'light' }],
  ['desktop-dark', { viewport: { width: 1440, height: 900 }, colorScheme: 'dark' }],
  ['phone', { ...phone, deviceScaleFactor: 2, colorScheme: 'light' }],
  ['phone-dark', { ...phone, deviceScaleFactor: 2, colorScheme: 'dark' }],
];
for (const [profile, options] of profiles) {
  const page = await newVisitor(browser, site, options);
  const shot = (name, whole = true) => page.screenshot({ path: path.join(out, `admin-${name}-${profile}.png`), fullPage: whole });
  await openAdmin(page);
  const places = await page.evaluate(() => [...document.querySelectorAll('nav a')].map((link) => link.getAttribute('href').slice(1)));
  for (const place of [...places, `/sessions/${session}`, '/users/ada', '/groups/engineering', '/apps/mousepad', '/apps/cad', '/pools/desktop', '/nowhere']) {
    await goTo(page, place);
    if (place === `/sessions/${session}`) {
      await workers[0].keyboard.type('More to measure.\n');
      await until('a measure was drawn', async () => /ms/.test(await page.locator('.chart-now').nth(1).textContent()));
    }
    await page.keyboard.press('Escape');
    await shot(place === '/' ? 'overview' : place.slice(1).replaceAll('/', '-').replace(session, 'one'));
  }
  const dialogs = [['/users', /add user/i, 'user-add'], ['/apps', /publish app/i, 'app-publish'], ['/access', /^grant$/i, 'grant'], [`/sessions/${session}`, /send a message/i, 'message'], [`/sessions/${session}`, /end session/i, 'end']];
  for (const [place, name, shown] of dialogs) {
    await goTo(page, place);
    await page.getByRole('button', { name }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    if (shown === 'app-publish') {
      await dialog.getByLabel('Program').selectOption({ label: 'Firefox ESR' }).catch(() => dialog.getByLabel('Program').selectOption({ index: 2 }));
      await dialog.locator('.verdict', { hasText: /\S/ }).waitFor();
    }
    await settled(page);
    await shot(`dialog-${shown}`, false);
    await page.keyboard.press('Escape');
  }
  if (profile.startsWith('phone')) {
    await page.getByRole('button', { name: 'Sections' }).click();
    await shot('navigation', false);
  }
  console.log(profile, page.problems);
  await page.context().close();
}
await browser.close();
await site.stop();
