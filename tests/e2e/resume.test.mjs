// A page that lost its link keeps its picture: what comes over the next one is a few messages, counted at the gateway.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import https from 'node:https';
import { after, before, describe, test } from 'node:test';
import { launchBrowser, newVisitor, openResource, signIn, state, whenExact, whenLive } from './browser.mjs';
import { CuttableProxy } from './cuttable_proxy.mjs';
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
    const before = await bytesToViewers();
    await openResource(page, 'letter');
    await whenExact(page, await session());
    firstBytes = (await bytesToViewers()) - before;
  });
  after(async () => {
    await browser?.close();
    await proxy?.stop();
    await site?.stop();
  });

  const session = async () => (await site.sessions({ user: 'ada' }))[0];
  const child = async (word) => (await processTree(site.up.pid)).find((one) => one.parent === site.up.pid && one.command.includes(` ${word} `));
  const notLive = () => until('the page noticed', async () => (await state(page)).session !== 'live');

  async function metrics() {
    return new Promise((resolve, reject) => {
      https.get(`${site.url}/metrics`, { rejectUnauthorized: false }, (answer) => {
        let text = '';
        answer.on('data', (piece) => { text += piece; }).on('end', () => resolve(text));
      }).on('error', reject);
    });
  }
  async function bytesToViewers() {
    return Number(/relayed_bytes_total\{to="viewer"\} (\d+)/.exec(await metrics())[1]);
  }

  // What the gateway relayed to the page until it was live and exact again, and how long that took from `since`.
  async function comesBack(t, before, since) {
    await whenLive(page);
    const ms = Date.now() - since;
    await whenExact(page, await session());
    const bytes = (await bytesToViewers()) - before;
    t.diagnostic(`${bytes} bytes, live after ${ms} ms; the first picture took ${firstBytes} bytes`);
    // A caret that blinks may be elsewhere than it was.
    assert.ok(bytes < kCursorBytes + firstBytes / 20, `${bytes} of ${firstBytes}`);
  }

  test('after a cut gets no picture it has already', async (t) => {
    const before = await bytesToViewers();
    const since = Date.now();
    proxy.cut();
    await notLive();
    await comesBack(t, before, since);
  });

  test('after a network that was away', async (t) => {
    const before = await bytesToViewers();
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
    const before = await bytesToViewers();
    const { pids } = await session();
    const since = Date.now();
    process.kill(pids.agent, 'SIGKILL');
    await notLive();
    await comesBack(t, before, since);
  });

  test('after the gateway was killed, and its counters with it', async (t) => {
    const gateway = await child('gateway');
    const since = Date.now();
    process.kill(gateway.pid, 'SIGKILL');
    await notLive();
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
});
