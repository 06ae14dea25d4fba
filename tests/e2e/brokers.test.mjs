// Two brokers on one PostgreSQL: either may die while a user opens something, and the database may be away for a while.
import assert from 'node:assert/strict';
import { access } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { launchBrowser, newVisitor, signIn, state, whenExact, whenLive } from './browser.mjs';
import { PostgresServer } from './postgres.mjs';
import { Site, processTree } from './site.mjs';
import { until } from './until.mjs';

const kPassword = 'correct horse battery';

describe('two brokers on one PostgreSQL', () => {
  let postgres, site, browser, page;
  before(async () => {
    postgres = await PostgresServer.start();
    site = await Site.start({ more: ['--brokers', '2', '--store', postgres.url] });
    browser = await launchBrowser(site);
    await site.addUser('ada', kPassword);
    page = await newVisitor(browser, site);
    await signIn(page, 'ada', kPassword);
    await until('the catalogue is shown', async () => (await state(page)).page === 'catalogue');
  });
  after(async () => {
    await browser?.close();
    await site?.stop();
    await postgres?.remove();
  });

  const below = async (pattern) => (await processTree(site.up.pid)).filter((one) => pattern.test(one.command) && one.state !== 'Z');
  // The broker of a slot, counted from 0.
  async function broker(slot) {
    const brokers = (await below(/ broker --data /)).filter((one) => one.parent === site.up.pid);
    return brokers.find((one) => (one.command.match(/--slot (\d)/)?.[1] ?? '0') === String(slot));
  }

  // Opens a resource and kills a broker when `moment` has come; it stays dead until the page is live.
  async function openWhileKilling(tab, resource, slot, moment) {
    const victim = await broker(slot);
    const come = await moment(tab);
    await tab.getByRole('button', { name: resource }).or(tab.getByRole('link', { name: resource })).first().click();
    await come();
    site.up.kill('SIGSTOP'); // or it would start it again
    try {
      process.kill(victim.pid, 'SIGKILL');
      // A desktop whose broker died between writing it down and starting it waits for the dead one's lease to end, 15 seconds.
      await whenLive(tab);
    } finally {
      site.up.kill('SIGCONT');
    }
    return victim;
  }
  // The gateway asks in the link's place; its numbers tell when it did, and when a viewer was let in by the answer.
  const whenMore = (line) => async (tab) => {
    const count = async () => Number(new RegExp(`^${line} (\\d+)$`, 'm').exec(await tab.evaluate(async () => (await fetch('/metrics')).text()))[1]);
    const before = await count();
    return () => until(`${line} is more than ${before}`, async () => (await count()) > before, { everyMs: 1 });
  };
  const whenAsked = whenMore('vitrine_gateway_openings_total');
  const whenAnswered = whenMore('vitrine_gateway_links\\{role="viewer"\\}');

  // Both brokers run, and what the users have, what the store holds and what runs are as many.
  async function whenSettled(victim, slot, sessions) {
    await until('the broker is back', async () => ((await broker(slot))?.pid ?? victim.pid) !== victim.pid);
    const rows = await until('the first broker knows every session', async () => {
      const listed = await site.sessions({ user: 'ada' });
      return listed.length === sessions && listed.every((row) => row.display) && listed;
    });
    const counts = async () => ({
      // None that was opened and given up.
      sessions: Number(await postgres.ask('SELECT count(*) FROM sessions')),
      desktops: Number(await postgres.ask("SELECT count(*) FROM desktops WHERE state NOT IN ('ended', 'failed')")),
      displays: (await below(/^\S*Xorg /)).length,
    });
    await until('the store holds as many, and as many run', async () => {
      assert.deepEqual(await counts(), { sessions, desktops: sessions, displays: sessions });
      return true;
    });
    const metrics = await page.evaluate(async () => (await fetch('/metrics')).text());
    assert.match(metrics, /^vitrine_gateway_proxy_failed_total 0$/m, 'a request was left without an answer');
    return rows;
  }

  test('the first is killed while an app opens: it opens, once', async () => {
    const victim = await openWhileKilling(page, /text editor/i, 0, whenAsked);
    const [session] = await whenSettled(victim, 0, 1);
    await whenExact(page, session);
  });

  test('the second is killed while another app opens: it opens, once', async () => {
    const before = await site.sessions({ user: 'ada' });
    const other = await page.context().newPage();
    await other.goto('/');
    const victim = await openWhileKilling(other, /terminal/i, 1, whenAnswered);
    const rows = await whenSettled(victim, 1, 2);
    const terminal = rows.find((row) => row.session !== before[0].session);
    await whenExact(other, terminal);
    assert.deepEqual(rows.find((row) => row.session === before[0].session).pids, before[0].pids);
    await page.close();
    page = other;
  });

  test('without PostgreSQL signing in says so, and what is open goes on', async () => {
    await postgres.stop();
    const visitor = await newVisitor(browser, site);
    await signIn(visitor, 'ada', kPassword);
    const alert = visitor.getByRole('alert').filter({ hasText: /\S/ }).first();
    await alert.waitFor();
    assert.match(await alert.textContent(), /try again later/i);
    await visitor.context().close();

    const file = path.join(site.data, 'homes/ada', 'typed-meanwhile');
    await page.keyboard.type(`touch ${path.basename(file)}\n`);
    await until('the shell did what was typed', () => access(file).then(() => true));
    assert.equal((await state(page)).session, 'live');
  });

  test('with PostgreSQL back signing in works, and the sessions are the same', async () => {
    await postgres.resume();
    const visitor = await newVisitor(browser, site);
    await signIn(visitor, 'ada', kPassword);
    await until('the catalogue is shown', async () => (await state(visitor)).page === 'catalogue');
    assert.equal((await site.sessions({ user: 'ada' })).length, 2);
    assert.equal((await state(page)).session, 'live');
    await visitor.context().close();
  });

  test('ended sessions leave no process', async () => {
    for (const { session } of await site.sessions({ user: 'ada' })) await site.vitrine(['session', 'end', session]);
    await until('no desktop runs', async () => (await below(/ desktop |Xorg/)).length === 0);
    await until('none is listed', async () => (await site.sessions({ user: 'ada' })).length === 0);
  });
});
