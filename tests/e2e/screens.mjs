// Every page and state of the users' pages as a picture, light and dark, on desktops, tablets and phones, with large letters,
// and in all three languages, with contact sheets of each round: `node screens.mjs [ROUND[:GROUP,GROUP] ...]`, into
// out/screens/. The states themselves are in screen_states.mjs.
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { launchBrowser, newVisitor, phone } from './browser.mjs';
import { groups, prepare } from './screen_states.mjs';
import { Site, repository } from './site.mjs';

const out = path.join(import.meta.dirname ?? '.', 'out', 'screens');
await mkdir(out, { recursive: true });

const touch = { isMobile: true, hasTouch: true };
const desktop = { viewport: { width: 1440, height: 900 } };
const small = { ...phone, deviceScaleFactor: 2 };
const both = ['light', 'dark'];
// `letters`: the person's text size. `shows`: of these groups only. `insets`: of the device's notch and home bar.
const rounds = {
  desktop: { options: desktop, schemes: both },
  laptop: { options: { viewport: { width: 1280, height: 720 } }, schemes: ['light'], shows: ['session', 'account'] },
  tablet: { options: { viewport: { width: 820, height: 1180 }, ...touch }, schemes: both },
  phone: { options: small, schemes: both },
  landscape: { options: { ...small, viewport: { width: 844, height: 390 } }, schemes: ['light'], insets: { top: 0, topMax: 0, left: 47, leftMax: 47, right: 47, rightMax: 47, bottom: 21, bottomMax: 21 } },
  notch: { options: small, schemes: ['dark'], insets: { top: 47, topMax: 47, bottom: 34, bottomMax: 34, left: 0, leftMax: 0, right: 0, rightMax: 0 } },
  narrow: { options: { ...small, viewport: { width: 320, height: 640 } }, schemes: ['light'], letters: '200%' },
  'desktop-german': { options: { ...desktop, locale: 'de-DE' }, schemes: ['light'] },
  'phone-german': { options: { ...small, locale: 'de-DE' }, schemes: ['dark'] },
  'desktop-arabic': { options: { ...desktop, locale: 'ar-EG' }, schemes: ['dark'] },
  'phone-arabic': { options: { ...small, locale: 'ar-EG' }, schemes: ['light'] },
};

const site = await Site.start({ more: ['--client', path.join(repository, 'web-client/dist')] });
const browser = await launchBrowser(site);
await prepare(site);

// What one round does with its pages: makes them, and takes pictures of them.
class Round {
  constructor(name) {
    this.name = name;
    Object.assign(this, rounds[name]);
    this.touch = this.options.hasTouch === true;
    this.pictures = [];
    this.problems = [];
    this.site = site;
  }

  async visitor(more = {}) {
    const page = await newVisitor(browser, site, { colorScheme: this.schemes[0], ...this.options, ...more });
    page.setDefaultTimeout(15_000);
    page.on('pageerror', (error) => this.problems.push(String(error)));
    if (this.letters !== undefined) await page.addInitScript((size) => { document.addEventListener('DOMContentLoaded', () => { document.documentElement.style.fontSize = size; }); }, this.letters);
    if (this.insets !== undefined) await (await page.context().newCDPSession(page)).send('Emulation.setSafeAreaInsetsOverride', { insets: this.insets });
    return page;
  }

  // Of the page in each of the round's colours.
  async shot(page, name, fullPage = false) {
    for (const colorScheme of this.schemes) {
      await page.emulateMedia({ colorScheme });
      const file = `${this.name}-${name}-${colorScheme}.png`;
      await page.screenshot({ path: path.join(out, file), fullPage, animations: 'disabled' });
      this.pictures.push(file);
    }
  }

  // The pictures on sheets that can be looked at, small and named.
  async contactSheets() {
    const { width, height } = this.options.viewport;
    const columns = width > 1000 ? 2 : width > 600 ? 3 : this.schemes.length === 2 ? 6 : 5;
    const each = columns * (width > height ? 3 : 2);
    const page = await newVisitor(browser, site, { viewport: { width: 1520, height: 800 } });
    for (let at = 0; at < this.pictures.length; at += each) {
      const items = await Promise.all(this.pictures.slice(at, at + each).map(async (name) =>
        `<figure><figcaption>${name}</figcaption><img src="data:image/png;base64,${(await readFile(path.join(out, name))).toString('base64')}"></figure>`));
      await page.setContent(`<style>body{margin:6px;display:grid;grid-template-columns:repeat(${columns},1fr);gap:6px;font:11px sans-serif;background:#888}figure{margin:0}img{width:100%;max-height:800px;object-fit:contain;object-position:top left}</style>${items.join('')}`);
      await page.screenshot({ path: path.join(out, `sheet-${this.name}-${1 + at / each}.png`), fullPage: true });
    }
    await page.context().close();
  }
}

let count = 0;
const failed = [];
for (const asked of process.argv.length > 2 ? process.argv.slice(2) : Object.keys(rounds)) {
  const [name, chosen] = asked.split(':');
  const round = new Round(name);
  const shown = chosen?.split(',') ?? round.shows ?? Object.keys(groups);
  // One state that cannot be had leaves the other groups; it is named.
  for (const group of shown) {
    await groups[group](round).catch((error) => { failed.push(`${name}: ${group}: ${error.stack.split('\n').filter((line) => !line.includes('node_modules')).slice(0, 3).join(' ')}`); });
    for (const context of browser.contexts()) await context.close();
  }
  await round.contactSheets();
  count += round.pictures.length;
  console.log(`${name}: ${round.pictures.length} pictures ${round.problems.join(' | ')}`);
}
console.log(`${count} pictures in ${out}`);
if (failed.length > 0) console.log(`Not had: ${failed.join('\n')}`);
process.exitCode = failed.length === 0 ? 0 : 1;
await browser.close();
await site.stop();
