// Takes the pictures of README.md and of the web app's manifest from a running system: real programs on a real desktop,
// nothing drawn in afterwards. `node screenshots.mjs [OUTPUT FOLDER]`, else into docs/screenshots.
// What a developer looks at, every page and state, is taken by screens.mjs and admin_screenshots.mjs.
import { execFile } from 'node:child_process';
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

// Where each window stands, and how large it is where it may be of any size.
const windows = [
  { program: 'thunar', command: 'thunar /home/ada', at: [130, 36], size: [640, 400] },
  { program: 'galculator', command: 'galculator', at: [1_056, 48] },
  { program: 'xfce4-terminal', command: 'xfce4-terminal --title "ada@desk" -x bash --rcfile /home/ada/.shell -i', at: [724, 478], size: [676, 340] },
  { program: 'mousepad', command: 'mousepad /home/ada/Bridge/notes.txt', at: [150, 404], size: [556, 400] },
];

// A home folder as somebody has it, whose desktop starts what was at work last.
async function fillHome(home) {
  for (const folder of ['Bridge', 'Letters', 'Surveys', '.config/autostart']) await mkdir(path.join(home, folder), { recursive: true });
  const loads = ['jan', 'feb', 'mar', 'apr', 'may', 'jun'].map((month, i) => `${month},${31 + ((i * 7) % 12)},${120 + i * 14}`);
  await writeFile(path.join(home, 'Bridge', 'notes.txt'), notes);
  await writeFile(path.join(home, 'Bridge', 'loads.csv'), ['month,wind,water', ...loads, ''].join('\n'));
  await writeFile(path.join(home, '.shell'), `cd; PS1='\\[\\e[1;32m\\]ada@desk\\[\\e[0m\\]:\\[\\e[1;34m\\]\\w\\[\\e[0m\\]$ '; ls --color=always; echo; column -s, -t Bridge/loads.csv; echo`);
  for (const { program, command } of windows) {
    await writeFile(path.join(home, `.config/autostart/${program}.desktop`), `[Desktop Entry]\nType=Application\nName=${program}\nExec=${command}\n`);
  }
  if (account.uid !== undefined) await promisify(execFile)('chown', ['-R', `${account.uid}:${account.gid}`, path.dirname(home)]);
}

async function arrange({ display, xauthority }) {
  const env = { PATH: process.env.PATH, DISPLAY: display, XAUTHORITY: xauthority };
  const ask = async (...question) => (await promisify(execFile)('xdotool', question, { env })).stdout.trim().split('\n');
  for (const { program, at, size } of windows) {
    const window = await until(`${program} has a window`, async () => (await ask('search', '--onlyvisible', '--class', program).catch(() => [])).find(Boolean), { timeoutMs: 30_000 });
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
  await fillHome(path.join(site.data, 'homes/ada'));
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
  await arrange(session);
  await page.keyboard.press('Control+End');
  await until('it is exact', async () => (await state(page)).exact === 'true');
  await page.screenshot({ path: path.join(out, 'desktop.png') });
} finally {
  await browser.close();
  await site.stop();
}
