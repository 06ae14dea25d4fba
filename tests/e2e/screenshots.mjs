// Takes the pictures of README.md and those a developer looks at: each page and state, light and dark, desktop and
// phone. `node screenshots.mjs [OUTPUT FOLDER]`.
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { desktopSize, launchBrowser, newVisitor, openResource, phone, signIn, state, whenExact } from './browser.mjs';
import { Site } from './site.mjs';
import { until } from './until.mjs';

const out = process.argv[2] ?? path.join(import.meta.dirname ?? '.', 'out');
await mkdir(out, { recursive: true });
const site = await Site.start();
const browser = await launchBrowser(site);
await site.addUser('ada', 'correct horse battery', '--display-name', 'Ada Lovelace');

const profiles = [
  ['desktop', { viewport: { width: 1440, height: 900 }, colorScheme: 'light' }],
  ['desktop-dark', { viewport: { width: 1440, height: 900 }, colorScheme: 'dark' }],
  ['phone', { ...phone, colorScheme: 'light' }],
  ['phone-dark', { ...phone, colorScheme: 'dark' }],
];
for (const [profile, options] of profiles) {
  const page = await newVisitor(browser, site, { viewport: desktopSize, ...options });
  const shot = (name) => page.screenshot({ path: path.join(out, `${name}-${profile}.png`) });
  await page.goto('/');
  await page.getByRole('button', { name: /^sign in/i }).waitFor();
  await shot('1-sign-in');
  await signIn(page, 'ada', 'wrong password');
  await page.getByRole('alert').filter({ hasText: /\S/ }).first().waitFor();
  await shot('2-wrong-password');
  await signIn(page, 'ada', 'correct horse battery');
  await until('the catalogue is shown', async () => (await state(page)).page === 'catalogue');
  await until('the icons are there', () => page.evaluate(() => document.images.length > 3 && [...document.images].every((one) => one.complete)));
  await shot('3-catalogue');
  for (const [number, name, resource] of [['4', 'Desktop', 'desktop'], ['5', 'Text editor|Mousepad', 'mousepad']]) {
    await openResource(page, name);
    const session = await until('it runs', async () => (await site.sessions({ user: 'ada', resource }))[0]);
    if (resource === 'mousepad') await page.keyboard.type('Dear reader,\n\nthis text is exact to the pixel.\n');
    await whenExact(page, session);
    await shot(`${number}-${resource}`);
    await page.goto('/');
    await until('the catalogue is shown', async () => (await state(page)).page === 'catalogue');
  }
  await shot('6-catalogue-running');
  await page.context().close();
}
await browser.close();
await site.stop();
