// Takes the pictures of README.md and of the web app's manifest from a running system: real programs on a real desktop,
// nothing drawn in afterwards. `node screenshots.mjs [OUTPUT FOLDER]`, else into docs/screenshots.
// What a developer looks at, every page and state, is taken by screens.mjs and admin_screenshots.mjs.
import { execFile, spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { furnishSite, openAdmin, password } from './admin_site.mjs';
import { launchBrowser, newVisitor, openResource, phone, signIn, state } from './browser.mjs';
import { Site, account, repository } from './site.mjs';
import { until } from './until.mjs';

const out = process.argv[2] ?? path.join(repository, 'docs/screenshots');
await mkdir(out, { recursive: true });
const wide = { viewport: { width: 1440, height: 900 }, colorScheme: 'light' };
const narrow = { ...phone, deviceScaleFactor: 2, colorScheme: 'dark' };

const iconsThere = (page) => until('the icons are there', () => page.evaluate(() => document.images.length > 3 && [...document.images].every((one) => one.complete)));

const notes = `Bridge over the Regen: notes

  - Span 46 m, two lanes, a path on the south side
  - Wind: see the table of 1998, worst month is March
  - Steel is ordered; the drawing goes to Grace tonight

This window is on the server. The browser only shows
it, and every letter of it is exact.
`;

// A home folder as somebody has it.
async function fillHome(home) {
  for (const folder of ['Bridge', 'Letters', 'Music', 'Pictures', 'Surveys']) await mkdir(path.join(home, folder), { recursive: true });
  const loads = ['jan', 'feb', 'mar', 'apr', 'may', 'jun'].map((month, i) => `${month},${31 + ((i * 7) % 12)},${120 + i * 14}`);
  await writeFile(path.join(home, 'Bridge', 'notes.txt'), notes);
  await writeFile(path.join(home, 'Bridge', 'loads.csv'), ['month,wind,water', ...loads, ''].join('\n'));
  await writeFile(path.join(home, '.shell'), `cd; PS1='\\[\\e[1;32m\\]ada@desk\\[\\e[0m\\]:\\[\\e[1;34m\\]\\w\\[\\e[0m\\]$ '; ls --color=always; echo; column -s, -t Bridge/loads.csv; echo`);
  if (account.uid !== undefined) await promisify(execFile)('chown', ['-R', `${account.uid}:${account.gid}`, home]);
}

// Windows as somebody at work has them; each gets its place and, where it may have any, its size.
async function arrange(session, home) {
  const env = { PATH: process.env.PATH, DISPLAY: session.display, XAUTHORITY: session.xauthority, HOME: home, SHELL: '/bin/bash', LANG: 'C.UTF-8' };
  const ask = async (...question) => (await promisify(execFile)('xdotool', question, { env })).stdout.trim().split('\n');
  const programs = [
    ['thunar', [home], [40, 50], [640, 420]],
    ['galculator', [], [1060, 50]],
    ['xfce4-terminal', ['-x', 'bash', '--rcfile', path.join(home, '.shell'), '-i'], [700, 470], [690, 350]],
    ['mousepad', [path.join(home, 'Bridge/notes.txt')], [190, 350], [560, 420]],
  ];
  for (const [program, words, at, size] of programs) {
    spawn(program, words, { env, ...account, cwd: home, stdio: 'ignore', detached: true }).unref();
    const window = await until(`${program} has a window`, async () => (await ask('search', '--onlyvisible', '--class', program)).find(Boolean), { timeoutMs: 30_000 });
    if (size !== undefined) await ask('windowsize', window, ...size.map(String));
    await ask('windowmove', window, ...at.map(String));
    await ask('windowactivate', '--sync', window);
  }
}

const site = await Site.start();
const browser = await launchBrowser(site);
try {
  await furnishSite(site);
  await site.vitrine(['app', 'remove', 'cad']);
  for (const [app, whom] of [['terminal', ['--group', 'engineering']], ['files', ['--group', 'research']], ['terminal', ['--user', 'barbara']]]) await site.vitrine(['app', 'grant', app, ...whom]);
  const home = path.join(site.data, 'homes/ada');
  const page = await newVisitor(browser, site, wide);
  await signIn(page, 'ada', password);
  await openResource(page, 'Desktop');
  await page.goto('/');
  await until('the catalogue is shown', async () => (await state(page)).page === 'catalogue');
  await iconsThere(page);
  await page.mouse.move(1_430, 850);
  await page.screenshot({ path: path.join(out, 'catalogue.png') });

  const boss = await newVisitor(browser, site, { ...wide, viewport: { width: 1440, height: 1240 } });
  await openAdmin(boss, '/access');
  await boss.locator('#explain-user').fill('ada');
  await boss.locator('#explain-resource').selectOption('terminal');
  await boss.locator('.explain-form button').click();
  await boss.locator('.explanation .verdict').waitFor();
  await boss.evaluate(() => { document.activeElement?.blur(); window.scrollTo(0, 0); });
  await boss.mouse.move(1_430, 500);
  await boss.screenshot({ path: path.join(out, 'admin.png') });

  const small = await newVisitor(browser, site, narrow);
  await signIn(small, 'ada', password);
  await until('the catalogue is shown', async () => (await state(small)).page === 'catalogue');
  await iconsThere(small);
  await small.screenshot({ path: path.join(out, 'phone.png') });

  await openResource(page, 'Desktop');
  const session = await until('it runs', async () => (await site.sessions({ user: 'ada', resource: 'desktop' }))[0]);
  await fillHome(home);
  await arrange(session, home);
  await page.keyboard.press('Control+End');
  await until('it is exact', async () => (await state(page)).exact === 'true');
  await page.screenshot({ path: path.join(out, 'desktop.png') });
} finally {
  await browser.close();
  await site.stop();
}
