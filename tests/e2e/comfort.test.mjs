// Session comfort: the settings of the device, the clipboard's panel, large transfers, PRIMARY, screenshots, the screen kept
// on, a page that slept, and what a desktop knows of its user's place.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { launchBrowser, newVisitor, openResource, phone, screenshot, signIn, state, whenExact, whenLive } from './browser.mjs';
import { CuttableProxy } from './cuttable_proxy.mjs';
import { difference, readDesktop, readPng } from './screen.mjs';
import { Site } from './site.mjs';
import { until } from './until.mjs';

const kPassword = 'correct horse battery';
const kHostile = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script><svg onload="window.hacked=1"><i>fine</i>';

// Runs xclip on the desktop's display; gives what it wrote, null when it got nothing.
function xclip({ display, xauthority }, selection, words, input) {
  const child = spawn('timeout', ['60', 'xclip', '-selection', selection, ...words], {
    env: { ...process.env, DISPLAY: display, XAUTHORITY: xauthority }, stdio: ['pipe', input === undefined ? 'pipe' : 'ignore', 'ignore'],
  });
  child.stdin.end(input);
  return new Promise((resolve) => {
    const parts = [];
    child.stdout?.on('data', (part) => parts.push(part));
    child.on('close', (status) => resolve(status === 0 ? Buffer.concat(parts).toString() : null));
  });
}

const readDevice = (page) => page.evaluate(() => navigator.clipboard.readText());
const writeDevice = (page, words) => page.evaluate((text) => navigator.clipboard.writeText(text), words);
const writeDeviceMany = (page, bytes) => page.evaluate((count) => navigator.clipboard.writeText('x'.repeat(count)), bytes);

// On a phone: the key bar goes and comes by the settings, and no part of the desktop is below a camera or rounded corners.
async function fingersSettings(page) {
  await page.getByRole('button', { name: 'Session menu' }).tap();
  await page.getByRole('button', { name: /settings of this device/i }).tap();
  await page.getByRole('switch', { name: 'Key bar' }).uncheck();
  assert.equal(await page.getByRole('toolbar').count(), 0);
  await page.getByRole('switch', { name: 'Key bar' }).check();
  await page.locator('dialog.settings').getByRole('button', { name: 'Close' }).tap();
  await page.getByRole('toolbar').waitFor();
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Emulation.setSafeAreaInsetsOverride', { insets: { top: 47, topMax: 47, left: 30, leftMax: 30 } });
  await until('the desktop is clear of the camera', async () => {
    const { x, y } = await page.locator('canvas').first().boundingBox();
    return x >= 30 && y >= 47;
  });
}

// In the page: what it says of itself at the moment in which it is live again.
function noteReturn() {
  const { dataset } = document.documentElement;
  new MutationObserver((_, observer) => {
    if (dataset.session !== 'live') return;
    observer.disconnect();
    globalThis.heardAgain = { session: dataset.session, exact: dataset.exact };
  }).observe(document.documentElement, { attributeFilter: ['data-session'] });
}

describe('comfort', () => {
  let site, browser, page, desktop;
  before(async () => {
    site = await Site.start();
    browser = await launchBrowser(site);
    for (const name of ['ada', 'bob', 'eve']) await site.addUser(name, kPassword);
    page = await newVisitor(browser, site, { permissions: ['clipboard-read', 'clipboard-write'] });
    await signIn(page, 'ada', kPassword);
    await openResource(page, 'text editor|mousepad');
    [desktop] = await site.sessions({ user: 'ada' });
  });
  after(async () => {
    await browser?.close();
    await site?.stop();
  });

  const choose = async (name, one = page) => {
    await one.keyboard.press('Control+Alt+Shift+m');
    await one.getByRole('button', { name }).click();
  };
  const settings = page => page.locator('dialog.settings');
  const panel = page => page.getByRole('dialog', { name: 'Clipboard' });
  const toast = words => page.locator('.toast').getByText(words).first();
  const clickDesktop = () => page.locator('canvas').first().click({ position: { x: 300, y: 300 } });
  // Presses Cancel as soon as a transfer is shown; gives how long the page took to say that it was given up.
  const cancelNextTransfer = () => page.evaluate(() => new Promise((resolve) => {
    const transfer = document.querySelector('.transfer');
    let pressedMs = 0;
    const look = () => {
      if (pressedMs === 0 && !transfer.hidden) {
        pressedMs = performance.now();
        transfer.querySelector('button').click();
      }
      if (pressedMs === 0 || ![...document.querySelectorAll('.toast')].some((one) => one.textContent.includes('Cancelled'))) return;
      observer.disconnect();
      resolve(performance.now() - pressedMs);
    };
    const observer = new MutationObserver(look);
    observer.observe(document.body, { subtree: true, childList: true, attributes: true });
  }));

  test('what is chosen for the device holds at once, and after a reload', async () => {
    // Without permissions of its own: those leave no other one.
    const fresh = await newVisitor(browser, site);
    await signIn(fresh, 'ada', kPassword);
    await openResource(fresh, 'text editor|mousepad');
    await until('the screen is kept on', async () => (await state(fresh)).awake === 'true');
    await choose(/settings of this device/i, fresh);
    await screenshot(fresh, 'settings-desktop');
    await fresh.getByRole('switch', { name: /keep the screen on/i }).uncheck();
    await until('the screen is let go', async () => (await state(fresh)).awake === 'false');
    const close = await settings(fresh).getByRole('button', { name: 'Close' }).boundingBox();
    assert.ok(close.y + close.height <= fresh.viewportSize().height, 'the way out is in sight');
    await settings(fresh).getByLabel('View').selectOption({ label: 'Fitted' });
    await settings(fresh).getByLabel('Size').selectOption({ label: '150 %' });
    await fresh.getByRole('button', { name: 'Show again' }).click();
    await fresh.getByText('Hints will be shown again.').waitFor();
    await settings(fresh).getByRole('button', { name: 'Close' }).click();
    await fresh.reload();
    await whenLive(fresh);
    assert.equal((await state(fresh)).awake, undefined);
    await choose(/settings of this device/i, fresh);
    assert.equal(await fresh.getByRole('switch', { name: /keep the screen on/i }).isChecked(), false);
    assert.equal(await settings(fresh).getByLabel('Size').inputValue(), '1.5');
    assert.equal(await fresh.locator('#menu-view').inputValue(), 'fit', 'the menu shows what the settings say');
    await settings(fresh).getByLabel('View').selectOption({ label: 'Follows the window' });
    await fresh.getByRole('switch', { name: /keep the screen on/i }).check();
    await settings(fresh).getByLabel('Size').selectOption({ label: '100 %' });
    await fresh.keyboard.press('Escape');
    await until('the screen is kept on', async () => (await state(fresh)).awake === 'true');
    assert.deepEqual(fresh.problems, []);
    await fresh.context().close();
  });

  test('a screenshot is a file that equals the desktop', async () => {
    await whenExact(page, desktop);
    // The editor's caret may blink between one look and the other.
    await until('it equals the desktop', async () => {
      const [download] = await Promise.all([page.waitForEvent('download'), choose('Screenshot')]);
      assert.match(download.suggestedFilename(), /^[\w ]+ \d{4}-\d\d-\d\d \d\d\.\d\d\.\d\d\.png$/);
      const { pixels, first } = difference(await readDesktop(desktop), readPng(await readFile(await download.path())));
      if (pixels > 0) throw new Error(`${pixels} pixels differ, first at ${first}`);
      return true;
    });
    await page.locator('.toast').getByRole('button', { name: 'Copy it too' }).last().click();
    assert.ok(await page.evaluate(() => document.activeElement.classList.contains('text-field')), 'the desktop has kept the keyboard');
    await until('it is on the device’s clipboard', () => page.evaluate(async () => (await navigator.clipboard.read())[0]?.types.includes('image/png')));
  });

  test('a paste of 20 MB can be given up, and the program that waits for it is told', async (t) => {
    await writeDeviceMany(page, 20 << 20);
    await clickDesktop();
    const cancelled = cancelNextTransfer();
    await page.keyboard.press('Control+v');
    t.diagnostic(`${(await cancelled).toFixed(0)} ms from the button to the word`);
    await page.getByText('The desktop cannot paste it').first().waitFor();
    assert.equal(await xclip(desktop, 'clipboard', ['-o', '-t', 'UTF8_STRING']), null);
  });

  test('a copy of 20 MB can be given up, and the device keeps what it had', async (t) => {
    await writeDevice(page, 'as before');
    const cancelled = cancelNextTransfer();
    await xclip(desktop, 'clipboard', ['-i', '-t', 'UTF8_STRING'], 'y'.repeat(20 << 20));
    t.diagnostic(`${(await cancelled).toFixed(0)} ms from the button to the word`);
    await page.getByText('Nothing was copied to this device').first().waitFor();
    assert.equal(await readDevice(page), 'as before');
  });

  test('what is above the limit is refused with its size and the limit, both ways', async () => {
    await writeDeviceMany(page, (33 << 20) + 1);
    await clickDesktop();
    await page.keyboard.press('Control+v');
    await toast('That is 33 MB; a clipboard passes on at most 32 MB.').waitFor();
    await xclip(desktop, 'clipboard', ['-i', '-t', 'UTF8_STRING'], 'z'.repeat(40 << 20));
    await toast(/has at least \d+ MiB; a clipboard passes on at most 32 MiB/).waitFor();
  });

  test('what is selected follows, and the middle button’s selection is what the device has, by choice', async () => {
    await writeDevice(page, 'mine');
    await xclip(desktop, 'primary', ['-i'], 'not asked for');
    await choose(/settings of this device/i);
    await page.getByRole('switch', { name: 'Selecting copies' }).check();
    await page.keyboard.press('Escape');
    assert.equal(await readDevice(page), 'mine', 'what was selected before is left alone');
    await xclip(desktop, 'primary', ['-i'], 'selected with the mouse');
    await until('the selection is on the device', async () => await readDevice(page) === 'selected with the mouse');
    await writeDevice(page, 'for the middle button');
    await clickDesktop();
    await page.keyboard.press('Control+v');
    await until('it is selected', async () => await xclip(desktop, 'primary', ['-o']) === 'for the middle button');
  });

  test('without the browser’s permission the panel takes and gives, and shows nothing as markup', async () => {
    const guest = await newVisitor(browser, site, { permissions: [] });
    await signIn(guest, 'ada', kPassword);
    await openResource(guest, 'text editor|mousepad');
    await toast('opened in another place too').waitFor();
    await xclip(desktop, 'clipboard', ['-i', '-t', 'text/html'], kHostile);
    await choose(/paste to the desktop/i, guest);
    await panel(guest).getByText(/did not let this page read the clipboard/).waitFor();
    await panel(guest).getByText('HTML, as it is written').click();
    await panel(guest).getByText(kHostile).waitFor();
    await screenshot(guest, 'clipboard-panel-desktop');
    assert.equal(await guest.evaluate(() => window.hacked), undefined);
    assert.equal(await guest.locator('img[src=x], dialog script, dialog svg:not(.icon)').count(), 0);
    await xclip(desktop, 'clipboard', ['-i', '-t', 'UTF8_STRING'], 'from the desktop');
    await panel(guest).getByText('from the desktop', { exact: true }).waitFor();
    await writeDevice(page, 'something else');
    await guest.bringToFront();
    await panel(guest).getByRole('button', { name: 'Copy to this device' }).click();
    await panel(guest).getByText('Copied to this device.').waitFor();
    await page.bringToFront();
    assert.equal(await readDevice(page), 'from the desktop');
    await writeDevice(page, 'by way of the panel');
    await guest.bringToFront();
    await panel(guest).getByLabel('Paste what this device has copied').focus();
    await guest.keyboard.press('Control+v');
    await panel(guest).getByText('The desktop has it').waitFor();
    await until('a program can paste it', async () => await xclip(desktop, 'clipboard', ['-o', '-t', 'UTF8_STRING']) === 'by way of the panel');
    assert.deepEqual(guest.problems, []);
    await guest.context().close();
  });

  test('a name that is markup is a name', async () => {
    await site.vitrine(['app', 'add', 'evil', '--name', '<img src=x onerror=window.hacked=1>', '--command', 'mousepad']);
    await site.vitrine(['app', 'grant', 'evil', '--user', 'eve']);
    const eve = await newVisitor(browser, site);
    await signIn(eve, 'eve', kPassword);
    await openResource(eve, 'onerror');
    await eve.keyboard.press('Control+Alt+Shift+m');
    await eve.getByRole('heading', { name: '<img src=x onerror=window.hacked=1>' }).waitFor();
    assert.equal(await eve.evaluate(() => window.hacked), undefined);
    assert.equal(await eve.locator('img[src=x]').count(), 0);
    await eve.context().close();
  });

  test('what the policy forbids says so: pasting, copying, screenshots', async () => {
    await site.vitrine(['policy', 'set', '--resource', 'evil', '--user', 'eve', 'clipboard_in=none', 'clipboard_out=none']);
    const eve = await newVisitor(browser, site);
    await signIn(eve, 'eve', kPassword);
    await openResource(eve, 'onerror');
    await eve.keyboard.press('Control+v');
    await eve.locator('.toast').getByText(/policy does not let anything be pasted/).waitFor();
    await eve.keyboard.press('Control+Alt+Shift+m');
    assert.equal(await eve.getByRole('button', { name: 'Screenshot' }).isDisabled(), true);
    await eve.getByRole('button', { name: /^Clipboard/ }).click();
    await panel(eve).getByText(/policy does not let what was copied in the desktop leave it/).waitFor();
    await panel(eve).getByText(/policy does not let anything be pasted/).waitFor();
    await eve.context().close();
  });

  test('a page that slept asks its link at once, and comes back over another one', async (t) => {
    const proxy = await CuttableProxy.start(new URL(site.url));
    const sleeper = await newVisitor(browser, site, { baseURL: proxy.url });
    await sleeper.clock.install();
    await signIn(sleeper, 'ada', kPassword);
    await openResource(sleeper, 'text editor|mousepad');
    await until('its picture is exact', async () => (await state(sleeper)).exact === 'true');
    proxy.silence();
    await sleeper.clock.fastForward('10:00');
    const woke = performance.now();
    // Silence alone would be noticed after 22 s.
    await until('the page says that the picture is old', async () => (await state(sleeper)).session === 'stale', { timeoutMs: 8_000 });
    await sleeper.getByText(/The picture is from \d+ (s|minutes) ago/).waitFor();
    await screenshot(sleeper, 'stale-desktop');
    // A link that is heard again has the picture that it had, though nothing new comes.
    await sleeper.evaluate(noteReturn);
    proxy.speak();
    await until('it is heard again', () => sleeper.evaluate(() => globalThis.heardAgain !== undefined));
    assert.deepEqual(await sleeper.evaluate(() => globalThis.heardAgain), { session: 'live', exact: 'true' });
    proxy.silence();
    await sleeper.clock.fastForward('10:00');
    await until('the picture is old again', async () => (await state(sleeper)).session === 'stale', { timeoutMs: 8_000 });
    // Every connection of before the sleep is dead in silence; the system finds out sooner or later.
    proxy.cut();
    await until('it is live again', async () => (await state(sleeper)).session === 'live');
    t.diagnostic(`live ${(performance.now() - woke).toFixed(0)} ms after it woke`);
    await sleeper.context().close();
    await proxy.stop();
  });

  test('programs have the time zone and the language of the person’s device', async () => {
    const bob = await newVisitor(browser, site, { timezoneId: 'Asia/Tokyo', locale: 'de-DE' });
    await signIn(bob, 'bob', kPassword);
    await openResource(bob, 'terminal');
    const place = await until('the program has written it', async () => {
      const written = (await readFile(path.join(site.data, 'homes/bob/place'), 'utf8').catch(() => '')).trim();
      if (written !== '') return written;
      // A shell that is not there yet swallows the first keys. What is left of the line must not leave a quote open.
      await bob.keyboard.press('Control+u');
      await bob.keyboard.type('echo $(date +%z) $TZ $LANG > place\n');
      return '';
    }, { everyMs: 2_000 });
    const known = execFileSync('locale', ['-a']).toString().split('\n').includes('de_DE.utf8');
    const own = process.env.LANG && !['C', 'POSIX'].includes(process.env.LANG) ? process.env.LANG : 'C.UTF-8';
    assert.equal(place, `+0900 Asia/Tokyo ${known ? 'de_DE.UTF-8' : own}`);
    await bob.context().close();
  });

  test('somebody on a phone for the first time is told what fingers do, once', async () => {
    const bob = await newVisitor(browser, site, { ...phone, firstVisit: true });
    await signIn(bob, 'bob', kPassword);
    await openResource(bob, 'terminal');
    await bob.getByRole('heading', { name: 'With your fingers' }).waitFor();
    await screenshot(bob, 'hint-phone');
    await bob.getByRole('button', { name: 'Got it' }).tap();
    assert.equal(await bob.locator('.hint-card').count(), 0);
    await bob.reload();
    await whenLive(bob);
    assert.equal(await bob.locator('.hint-card').count(), 0);
    await fingersSettings(bob);
    await bob.context().close();
  });
});
