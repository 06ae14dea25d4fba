// A real Chromium, and the steps a person takes in it.
import { X509Certificate, createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { crop, difference, readCanvas, readDesktop } from './screen.mjs';
import { kBrowserStartMs, kPatienceMs, until } from './until.mjs';

export const desktopSize = { width: 1280, height: 720 };
export const phone = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 3, isMobile: true, hasTouch: true };

// `more`: words of its command line.
export async function launchBrowser(site, more = []) {
  const options = await launchOptions(site);
  return chromium.launch({ ...options, args: [...options.args, ...more] });
}

// A browser of one profile that is no private window: it keeps what sites ask it to keep, and installs apps.
export async function launchProfile(site, options = {}) {
  const profile = await chromium.launchPersistentContext('', { ...(await launchOptions(site)), viewport: desktopSize, baseURL: site.url, ...options });
  profile.setDefaultTimeout(kPatienceMs);
  return profile;
}

// Trusts exactly the certificate this site made for itself, and nothing else that is self-signed.
async function launchOptions(site) {
  const certificate = new X509Certificate(await readFile(path.join(site.data, 'tls/cert.pem')));
  const key = certificate.publicKey.export({ type: 'spki', format: 'der' });
  return {
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    timeout: kBrowserStartMs,
    args: [
      '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync',
      `--ignore-certificate-errors-spki-list=${createHash('sha256').update(key).digest('base64')}`,
    ],
  };
}

// A page in a profile of its own, of somebody who has seen the hints of the first visit unless `firstVisit`. Errors the page
// logs fail the test that asks for them by `page.problems`.
export async function newVisitor(browser, site, { firstVisit = false, ...options } = {}) {
  const context = await browser.newContext({ viewport: desktopSize, baseURL: site.url, ...options });
  context.setDefaultTimeout(kPatienceMs);
  if (!firstVisit) await context.addInitScript(seeHints);
  const page = await context.newPage();
  page.problems = [];
  page.on('pageerror', (error) => page.problems.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && page.problems.push(message.text()));
  return page;
}

// In the page, before its own scripts.
function seeHints() {
  if (location.protocol !== 'https:') return;
  const values = { 'hint-touch': true, 'hint-keys': true };
  if (localStorage.getItem('vitrine.settings') === null) localStorage.setItem('vitrine.settings', JSON.stringify({ version: 1, values }));
}

// In English or German, as the visitor's browser asks for.
export async function signIn(page, name, password) {
  await page.goto('/');
  await page.getByLabel(/user name|benutzername/i).fill(name);
  await page.getByLabel(/^(password|passwort)$/i).fill(password);
  await page.getByRole('button', { name: /^(sign in|anmelden)$/i }).click();
}

export async function openResource(page, name) {
  await page.getByRole('button', { name: new RegExp(name, 'i') }).or(page.getByRole('link', { name: new RegExp(name, 'i') }))
    .first().click();
  await whenLive(page);
}

// The session page's own state, as it shows it on its root element.
export const state = (page) => page.evaluate(() => ({ ...document.documentElement.dataset }));

export async function whenLive(page) {
  await until('the session is live', async () => (await state(page)).session === 'live');
}

// Waits until the canvas shows exactly what the X server holds; `area()`, if given, says which part of it.
export async function whenExact(page, desktop, area = null) {
  await until('the canvas equals the desktop, pixel for pixel', async () => {
    if ((await state(page)).exact !== 'true') return false;
    const whole = await readDesktop(desktop);
    const found = difference(area === null ? whole : crop(whole, await area()), await readCanvas(page));
    if (found.pixels > 0) throw new Error(`${found.pixels} pixels differ, first at ${found.first}`);
    return true;
  }, { everyMs: 100 });
}

const out = path.join(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), 'out');
export async function screenshot(page, name) {
  await mkdir(out, { recursive: true });
  await page.screenshot({ path: path.join(out, `${name}.png`) });
}
