// Killing each part in turn: the page says what happened, and what can come back does by itself.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { launchBrowser, newVisitor, openResource, signIn, state, whenExact, whenLive } from './browser.mjs';
import { Site, processTree } from './site.mjs';
import { until } from './until.mjs';

describe('when a part is killed', () => {
  let site, browser, page;
  before(async () => {
    site = await Site.start();
    browser = await launchBrowser(site);
    await site.addUser('ada', 'correct horse battery');
    page = await newVisitor(browser, site);
    await signIn(page, 'ada', 'correct horse battery');
    await openResource(page, 'calculator|galculator');
  });
  after(async () => {
    await browser?.close();
    await site?.stop();
  });

  const session = async () => (await site.sessions({ user: 'ada' }))[0];
  const child = async (word) => (await processTree(site.up.pid)).find((one) => one.parent === site.up.pid && one.command.includes(` ${word} `));

  // Remembers each state of the page from now on, so that a short one is seen too.
  const watchStates = () => page.evaluate(() => {
    const seen = [];
    const text = () => document.body.innerText;
    new MutationObserver(() => {
      const now = document.documentElement.dataset.session;
      if (seen.at(-1)?.session !== now) seen.push({ session: now, text: text() });
    }).observe(document.documentElement, { attributes: true, subtree: true, childList: true });
    globalThis.seenStates = () => seen;
  });
  const seen = () => page.evaluate(() => globalThis.seenStates());

  async function interrupted(kill, isBack) {
    await whenLive(page);
    await watchStates();
    await kill();
    await until('the page noticed', async () => (await seen()).some((one) => one.session !== 'live'));
    await until('it is back', isBack);
    await whenLive(page);
    await whenExact(page, await session());
    return (await seen()).filter((one) => one.session !== 'live');
  }

  test('the agent: it is started again and the picture is whole', async () => {
    const before = await session();
    const states = await interrupted(() => process.kill(before.pids.agent, 'SIGKILL'),
      async () => ![undefined, null, before.pids.agent].includes((await session()).pids.agent));
    assert.ok(states.every((one) => /\S/.test(one.text)));
    assert.equal((await session()).session, before.session);
    assert.equal((await session()).pids.app, before.pids.app);
  });

  test('the gateway: it is started again and the session goes on', async () => {
    const before = await session();
    const gateway = await child('gateway');
    await interrupted(() => process.kill(gateway.pid, 'SIGKILL'), async () => ((await child('gateway'))?.pid ?? gateway.pid) !== gateway.pid);
    assert.equal((await session()).session, before.session);
    assert.equal((await session()).pids.agent, before.pids.agent);
  });

  test('the broker: the session does not notice, and is found again', async () => {
    const before = await session();
    const broker = await child('broker');
    await watchStates();
    process.kill(broker.pid, 'SIGKILL');
    await until('it is back', async () => ((await child('broker'))?.pid ?? broker.pid) !== broker.pid);
    const found = await until('it knows the session, and its processes', async () => {
      const now = await session();
      assert.equal(now?.session, before.session);
      assert.deepEqual(now.pids, before.pids);
      return now;
    });
    assert.deepEqual((await seen()).filter((one) => one.session !== 'live'), []);
    await whenExact(page, found);
  });

  test('the app: it is started again and a notice says so', async () => {
    const before = await session();
    await Promise.all([
      page.getByText(/started again|restarted/i).first().waitFor(),
      process.kill(before.pids.app, 'SIGKILL'),
    ]);
    const found = await until('it runs again', async () => {
      const now = await session();
      return now.pids.app && now.pids.app !== before.pids.app && now;
    });
    assert.equal(found.session, before.session);
    assert.equal((await state(page)).session, 'live');
  });

  test('the display: the page says so and offers to open it again', async () => {
    const before = await session();
    process.kill(before.pids.xorg, 'SIGKILL');
    await page.getByRole('button', { name: /open again/i }).click();
    await whenLive(page);
    const found = await until('a new session runs', async () => {
      const now = await session();
      return now && now.session !== before.session && now;
    });
    await whenExact(page, found);
  });
});
