// A page that lost its link keeps its picture: what comes over the next one is a few messages, counted at the gateway.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { launchBrowser, newVisitor, openResource, signIn, state, whenExact, whenLive } from './browser.mjs';
import { CuttableProxy } from './cuttable_proxy.mjs';
import { bytesToViewers } from './gateway_metrics.mjs';
import { readCanvas } from './screen.mjs';
import { Site, processTree, temporaryFolder } from './site.mjs';
import { until } from './until.mjs';

// The pointer's shape is sent again: pixels, but not the picture's.
const kCursorBytes = 32 * 32 * 4;

describe('a page that comes back', () => {
  let site, proxy, browser, page, firstBytes;
  before(async () => {
    site = await Site.start();
    proxy = await CuttableProxy.start(new URL(site.url));
    browser = await launchBrowser(site);
    await site.addUser('ada', 'correct horse battery');
    const letter = `${temporaryFolder()}/letter.txt`;
    await writeFile(letter, Array.from({ length: 80 }, (_, line) =>
      `${line} ${'The quick brown fox jumps over the lazy dog; '.slice(line % 7).repeat(4)}\n`).join(''), { mode: 0o644 });
    await site.vitrine(['app', 'add', 'letter', '--name', 'Letter', '--command', `mousepad ${letter}`]);
    await site.vitrine(['app', 'grant', 'letter', '--user', 'ada']);
    page = await newVisitor(browser, { ...site, url: proxy.url });
    await signIn(page, 'ada', 'correct horse battery');
    const before = await bytesToViewers(site);
    await openResource(page, 'letter');
    await whenExact(page, await session());
    firstBytes = (await bytesToViewers(site)) - before;
  });
  after(async () => {
    await browser?.close();
    await proxy?.stop();
    await site?.stop();
  });

  const session = async () => (await site.sessions({ user: 'ada' }))[0];
  const child = async (word) => (await processTree(site.up.pid)).find((one) => one.parent === site.up.pid && one.command.includes(` ${word} `));
  const notLive = () => until('the page noticed', async () => (await state(page)).session !== 'live');
  // Where it is back before one could look, the page is told to remember.
  async function noticed(act) {
    await page.evaluate(() => {
      const root = document.documentElement;
      window.noticed = false;
      new MutationObserver(() => { window.noticed ||= root.dataset.session !== 'live'; }).observe(root, { attributes: true });
    });
    act();
    await until('the page noticed', () => page.evaluate(() => window.noticed));
  }

  // What the gateway relayed to the page until it was live and exact again, and how long that took from `since`.
  async function comesBack(t, before, since) {
    await whenLive(page);
    const ms = Date.now() - since;
    await whenExact(page, await session());
    const bytes = (await bytesToViewers(site)) - before;
    t.diagnostic(`${bytes} bytes, live after ${ms} ms; the first picture took ${firstBytes} bytes`);
    // A caret that blinks may be elsewhere than it was.
    assert.ok(bytes < kCursorBytes + firstBytes / 20, `${bytes} of ${firstBytes}`);
  }

  test('after a cut gets no picture it has already', async (t) => {
    const before = await bytesToViewers(site);
    const since = Date.now();
    await noticed(() => proxy.cut());
    await comesBack(t, before, since);
  });

  test('after a network that was away', async (t) => {
    const before = await bytesToViewers(site);
    const { session: id } = await session();
    proxy.shut();
    await notLive();
    await until('the gateway noticed', async () => (await session()).state !== 'connected');
    proxy.reopen();
    await comesBack(t, before, Date.now());
    assert.equal((await session()).session, id);
  });

  test('after a network that was away for long, before its next attempt would be due', async (t) => {
    proxy.shut();
    await notLive();
    const waitsS = () => page.evaluate(() => Number(/Trying again in (\d+) s/.exec(document.body.innerText)?.[1] ?? 0));
    const seconds = await until('the next attempt is far', async () => { const left = await waitsS(); return left >= 3 && left; });
    const since = Date.now();
    proxy.reopen();
    await whenLive(page);
    const ms = Date.now() - since;
    t.diagnostic(`live after ${ms} ms; the next attempt was to come in ${seconds} s`);
    // The number on the page is rounded up.
    assert.ok(ms < (seconds - 1) * 1000, `live after ${ms} ms`);
    await whenExact(page, await session());
  });

  test('after the agent was killed, which remembers nothing', async (t) => {
    const before = await bytesToViewers(site);
    const { pids } = await session();
    const since = Date.now();
    await noticed(() => process.kill(pids.agent, 'SIGKILL'));
    await comesBack(t, before, since);
  });

  test('after the gateway was killed, and its counters with it', async (t) => {
    const gateway = await child('gateway');
    const since = Date.now();
    await noticed(() => process.kill(gateway.pid, 'SIGKILL'));
    await until('it is back', async () => ((await child('gateway'))?.pid ?? gateway.pid) !== gateway.pid);
    await comesBack(t, 0, since);
  });

  test('sees what changed meanwhile', async (t) => {
    await page.keyboard.press('Control+End');
    await whenExact(page, await session());
    proxy.shut();
    await notLive();
    process.kill((await session()).pids.app, 'SIGKILL');
    proxy.reopen();
    await whenLive(page);
    await whenExact(page, await session());
    t.diagnostic('exact');
  });

  // --- what the device keeps, where a policy lets it ------------------------------------------------------------

  const kept = () => page.evaluate(async () => {
    const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('snapshots');
    const files = [];
    for await (const handle of folder.values()) {
      const bytes = new Uint8Array(await (await handle.getFile()).arrayBuffer());
      files.push({ name: handle.name, text: Array.from(bytes, (byte) => String.fromCharCode(byte)).join('') });
    }
    return files;
  });
  const setPolicy = (value) => site.vitrine(['policy', 'set', '--resource', 'letter', '--user', 'ada', `device_cache=${value}`]);
  // As when the window is covered: what is due later is put aside now.
  const hide = (hidden) => page.evaluate((value) => {
    Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => (value ? 'hidden' : 'visible') });
    document.dispatchEvent(new Event('visibilitychange'));
  }, hidden);
  async function keeps() {
    await until('the device keeps the picture', async () => {
      await whenLive(page);
      await page.keyboard.press('Control+Home');
      await hide(true);
      await hide(false);
      return (await kept()).length === 1;
    }, { everyMs: 200 });
  }

  test('keeps nothing on the device that no policy lets it keep', async () => {
    await until('the page has looked at what is there', async () => (await kept()) !== null);
    assert.deepEqual(await kept(), []);
  });

  test('keeps it encrypted, and is sent next to nothing when it is loaded anew', async (t) => {
    await setPolicy('yes');
    await keeps();
    await whenExact(page, await session());
    await hide(true);
    await hide(false);
    // While the page writes, nobody else can read.
    const file = await until('it can be read', async () => {
      const [one] = await kept();
      return one.text.length > 1_000 && one;
    });
    const canvas = await readCanvas(page);
    const rows = [3, 4].flatMap((size) => [(rgb) => rgb, swapped].map((order) => {
      const row = Buffer.alloc(64 * size);
      for (let x = 0; x < 64; ++x) row.writeUIntBE(order(canvas.rgb(100 + x, 100)), x * size, 3);
      return row.toString('latin1');
    }));
    for (const secret of [...rows, (await session()).session, 'ada', 'letter']) assert.ok(!file.text.includes(secret));
    assert.match(file.name, /^[0-9a-f]{32}$/);

    const before = await bytesToViewers(site);
    const since = Date.now();
    await page.reload();
    await comesBack(t, before, since);
    t.diagnostic(`${file.text.length} bytes on the device`);
  });

  test('shows the desktop all the same when what it kept was tampered with', async (t) => {
    await keeps();
    // While the page writes, nobody else can.
    await until('a bit is flipped', () => page.evaluate(flipBit).catch(() => false));
    const before = await bytesToViewers(site);
    await page.reload();
    await whenLive(page);
    await whenExact(page, await session());
    const bytes = (await bytesToViewers(site)) - before;
    t.diagnostic(`${bytes} bytes`);
    assert.ok(bytes > kCursorBytes + firstBytes / 20, 'it was sent anew');
  });

  test('deletes it when the policy takes it back, also of an open page', async () => {
    await setPolicy('no');
    await until('nothing is there', async () => (await kept()).length === 0);
    await whenLive(page);
  });

  test('deletes it when the person signs out', async () => {
    await setPolicy('yes');
    await keeps();
    await page.goto('/#/');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel(/user name/i).waitFor();
    await until('nothing is there', async () => (await kept()).length === 0);
  });
});

const swapped = (rgb) => (rgb & 0xff) << 16 | (rgb & 0xff00) | rgb >> 16;

// In the page: of the end of the snapshot.
async function flipBit() {
  const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('snapshots');
  for await (const handle of folder.values()) {
    const bytes = new Uint8Array(await (await handle.getFile()).arrayBuffer());
    if (bytes.length < 100) return false;
    bytes[bytes.length - 1] ^= 1;
    const out = await handle.createWritable();
    await out.write(bytes);
    await out.close();
  }
  return true;
}
