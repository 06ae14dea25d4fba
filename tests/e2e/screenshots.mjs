// Takes the pictures of README.md and those a developer looks at: each page and state, light and dark, desktop and
// phone. `node screenshots.mjs [OUTPUT FOLDER]`.
import { execFile, spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { desktopSize, launchBrowser, newVisitor, openResource, phone, signIn, state, whenExact } from './browser.mjs';
import { Site, account } from './site.mjs';
import { until } from './until.mjs';

const out = process.argv[2] ?? path.join(import.meta.dirname ?? '.', 'out');
await mkdir(out, { recursive: true });
const site = await Site.start();
const browser = await launchBrowser(site);
await site.addUser('ada', 'correct horse battery', '--display-name', 'Ada Lovelace');

// Windows as somebody at work has them.
async function furnish(page, session) {
  const env = { PATH: process.env.PATH, DISPLAY: session.display, XAUTHORITY: session.xauthority, HOME: `${site.data}/homes/ada`, SHELL: '/bin/bash' };
  const programs = [
    ['xfce4-terminal', ['--geometry=92x24', '-x', 'bash', '-c', 'cd /etc/X11; ls -l --color; exec bash --norc'], [470, 330]],
    ['galculator', [], [1090, 40]],
    ['mousepad', [], [60, 60]],
  ];
  for (const [program, words, at] of programs) {
    spawn(program, words, { env, ...account, stdio: 'ignore', detached: true }).unref();
    const ask = async (...question) => (await promisify(execFile)('xdotool', question, { env })).stdout.trim().split('\n');
    const [window] = await until(`${program} has a window`, () => ask('search', '--onlyvisible', '--class', program));
    await ask('windowmove', '--sync', window, ...at.map(String));
  }
  await page.keyboard.type(
    'Text is exact, always.\n\nPictures sharpen until they are.\n\nThis window is on a server;\nthe browser only shows it.\n');
}

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
    if (resource === 'desktop' && profile === 'desktop') await furnish(page, session);
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
