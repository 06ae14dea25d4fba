// The clipboard between a real Chromium and real X programs: xclip copies and pastes in the desktop.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import pngjs from 'pngjs';
import { launchBrowser, newVisitor, openResource, signIn, whenLive } from './browser.mjs';
import { Site } from './site.mjs';
import { until } from './until.mjs';

// Runs xclip on the desktop's display; gives what it wrote.
function xclip({ display, xauthority }, words, input) {
  const child = spawn('timeout', ['60', 'xclip', '-selection', 'clipboard', ...words], {
    env: { ...process.env, DISPLAY: display, XAUTHORITY: xauthority }, stdio: ['pipe', input === undefined ? 'pipe' : 'ignore', 'ignore'],
  });
  child.stdin.end(input);
  return new Promise((resolve) => {
    const parts = [];
    child.stdout?.on('data', (part) => parts.push(part));
    child.on('close', (status) => resolve(status === 0 ? Buffer.concat(parts) : null));
  });
}

// A picture that cannot be made smaller: the larger ones go in increments and in parts.
function noise(width, height) {
  const png = new pngjs.PNG({ width, height });
  let state = 12345;
  for (let i = 0; i < png.data.length; ++i) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    png.data[i] = i % 4 === 3 ? 255 : state >>> 24;
  }
  return pngjs.PNG.sync.write(png);
}
const pixelsOf = (bytes) => pngjs.PNG.sync.read(Buffer.from(bytes)).data;

const readDevice = (page, type) => page.evaluate(async (wanted) => {
  const [item] = await navigator.clipboard.read();
  if (!item?.types.includes(wanted)) return null;
  return [...new Uint8Array(await (await item.getType(wanted)).arrayBuffer())];
}, type);

const writeDevice = (page, parts) => page.evaluate(async (given) => {
  const blobs = Object.entries(given).map(([type, bytes]) => [type, new Blob([new Uint8Array(bytes)], { type })]);
  await navigator.clipboard.write([new ClipboardItem(Object.fromEntries(blobs))]);
}, Object.fromEntries(Object.entries(parts).map(([type, bytes]) => [type, [...bytes]])));

describe('the clipboard', () => {
  let site, browser, page, desktop;
  before(async () => {
    site = await Site.start();
    browser = await launchBrowser(site);
    await site.addUser('ada', 'correct horse battery');
    page = await newVisitor(browser, site, { permissions: ['clipboard-read', 'clipboard-write'] });
    await signIn(page, 'ada', 'correct horse battery');
    await openResource(page, 'text editor|mousepad');
    desktop = (await site.sessions({ user: 'ada' }))[0];
  });
  after(async () => {
    await browser?.close();
    await site?.stop();
  });

  test('what a program copies is on the device: text, HTML and a picture', async () => {
    const text = 'grüße, 世界 \u{1f30d}';
    await xclip(desktop, ['-i', '-t', 'UTF8_STRING'], text);
    await until('the text has come', async () => Buffer.from((await readDevice(page, 'text/plain')) ?? []).toString() === text);
    await xclip(desktop, ['-i', '-t', 'text/html'], '<p>and <b>bold</b></p>');
    await until('the HTML has come', async () => Buffer.from((await readDevice(page, 'text/html')) ?? []).toString().includes('<b>bold</b>'));
    const picture = noise(600, 500);
    assert.ok(picture.length > 800_000);
    await xclip(desktop, ['-i', '-t', 'image/png'], picture);
    await until('the picture has come', async () => {
      const bytes = await readDevice(page, 'image/png');
      return bytes !== null && pixelsOf(bytes).equals(pixelsOf(picture));
    });
  });

  test('Ctrl+V brings what the device has copied, text and picture', async () => {
    await writeDevice(page, { 'text/plain': Buffer.from('from the device: ñ €') });
    await page.locator('canvas').first().click({ position: { x: 300, y: 300 } });
    await page.keyboard.press('Control+v');
    await until('a program can paste it', async () => (await xclip(desktop, ['-o', '-t', 'UTF8_STRING']))?.toString() === 'from the device: ñ €');
    const picture = noise(300, 200);
    await writeDevice(page, { 'image/png': picture });
    await page.keyboard.press('Control+v');
    await until('a program can paste the picture', async () => {
      const bytes = await xclip(desktop, ['-o', '-t', 'image/png']);
      return bytes !== null && pixelsOf(bytes).equals(pixelsOf(picture));
    });
  });

  test('the editor gets the text with the keys that paste it', async () => {
    await writeDevice(page, { 'text/plain': Buffer.from('pasted into the editor') });
    await page.locator('canvas').first().click({ position: { x: 300, y: 300 } });
    await page.keyboard.press('Control+a');
    await page.keyboard.press('Control+v');
    // Marked first, not copied: a copy that comes before the editor has read the clipboard would take its place.
    await until('the editor has it', async () => {
      await page.keyboard.press('Control+a');
      return String(await xclip(desktop, ['-o', '-selection', 'primary'])) === 'pasted into the editor';
    }, { everyMs: 250 });
    await page.keyboard.press('Control+c');
    await until('the editor copies it back', async () =>
      Buffer.from((await readDevice(page, 'text/plain')) ?? []).toString() === 'pasted into the editor'
      && (await xclip(desktop, ['-o', '-t', 'TARGETS']))?.toString().includes('GTK_TEXT_BUFFER_CONTENTS'));
  });

  test('HTML that carries a script cannot touch the page', async () => {
    await xclip(desktop, ['-i', '-t', 'text/html'], '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script><i>fine</i>');
    await until('the HTML has come', async () => Buffer.from((await readDevice(page, 'text/html')) ?? []).toString().includes('fine'));
    assert.equal(await page.evaluate(() => window.hacked), undefined);
    assert.equal(await page.locator('img[src=x]').count(), 0);
  });

  test('without the browser’s permission keys still paste, and the menu says what to do', async () => {
    const guest = await newVisitor(browser, site, { permissions: [] });
    await signIn(guest, 'ada', 'correct horse battery');
    await openResource(guest, 'text editor|mousepad');
    await whenLive(guest);
    await guest.keyboard.press('Control+Alt+Shift+m');
    await guest.getByRole('button', { name: /paste to the desktop/i }).click();
    await guest.getByRole('dialog', { name: 'Clipboard' }).getByText(/did not let this page read the clipboard/i).waitFor();
    await guest.context().close();
  });
});
