// Steps that several groups of states take.
import { spawn } from 'node:child_process';
import { state } from './browser.mjs';
import { until } from './until.mjs';

export const password = 'correct horse battery';

export async function enter(page, name, words = password) {
  await page.locator('#user').fill(name);
  await page.locator('#password').fill(words);
  await page.locator('form.sign-in button[type="submit"]').click();
}

export const shown = (page, name) => until(`${name} is shown`, async () => (await state(page)).page === name);

export async function signedIn(round, more = {}, name = 'ada') {
  const page = await round.visitor(more);
  await page.goto('/');
  await page.locator('#user').waitFor();
  await enter(page, name);
  await shown(page, 'catalogue');
  return page;
}

export async function tiles(page) {
  await page.locator('.tile:not(.ghost)').first().waitFor();
  await until('the icons are there', () => page.evaluate(() => [...document.images].every((one) => one.complete)));
}

export async function openMenu(round, page) {
  const menu = page.locator('dialog.menu[open]');
  if (!round.touch) await page.keyboard.press('Control+Alt+Shift+M');
  // Chromium takes a tap that comes right after a quick drag for one that stops what was thrown: a person taps again.
  else await until('the menu opens', async () => {
    if (await menu.isVisible()) return true;
    await page.locator('.bar-first button').first().tap();
    return menu.waitFor({ timeout: 2_000 }).then(() => true, () => false);
  });
  await menu.waitFor();
}

export async function closeDialog(page) {
  await page.keyboard.press('Escape');
  await until('it is closed', () => page.evaluate(() => document.querySelector('dialog[open]') === null));
}

export function copyInDesktop({ display, xauthority }, type, content) {
  const child = spawn('timeout', ['10', 'xclip', '-selection', 'clipboard', '-i', '-t', type], { env: { ...process.env, DISPLAY: display, XAUTHORITY: xauthority }, stdio: ['pipe', 'ignore', 'ignore'] });
  child.stdin.end(content);
  return new Promise((resolve) => child.on('close', resolve));
}
