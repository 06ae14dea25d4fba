// Policies on a running session: what an administrator changes reaches the page within seconds.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { launchBrowser, newVisitor, openResource, screenshot, signIn, state, whenLive } from './browser.mjs';
import { Site } from './site.mjs';
import { until } from './until.mjs';
import { useTicket } from './raw_link.mjs';

// The watcher looks twice a second; the rest is the page's way back.
const kSoonMs = 5_000;
const kGrant = ['--resource', 'notes', '--user', 'ada'];

describe('policies', () => {
  let site, browser, page;
  before(async () => {
    site = await Site.start();
    browser = await launchBrowser(site);
    await site.addUser('ada', 'correct horse battery');
    await site.vitrine(['app', 'add', 'notes', '--name', 'Team Notes', '--command', 'mousepad']);
    await site.vitrine(['app', 'grant', 'notes', '--user', 'ada']);
    page = await newVisitor(browser, site);
    await signIn(page, 'ada', 'correct horse battery');
    await until('signed in', async () => (await state(page)).page === 'catalogue');
  });
  after(async () => {
    await browser?.close();
    await site?.stop();
  });
  // Opened anew: a link from before a change is cut when that is noticed, which may be in the midst of the next test.
  beforeEach(async () => {
    await page.goto('/');
    await openResource(page, 'Team Notes');
  });

  const set = (...settings) => site.vitrine(['policy', 'set', ...kGrant, ...settings]);
  const running = async () => (await site.sessions({ user: 'ada' }))[0];
  const ticketOf = (session) => page.evaluate(async (id) => {
    const { csrf } = await (await fetch('/api/me')).json();
    const answer = await fetch(`/api/sessions/${id}/ticket`, { method: 'POST', headers: { 'X-CSRF-Token': csrf } });
    const body = await answer.json();
    return { status: answer.status, code: body.code, detail: body.detail, ticket: body.ticket };
  }, session);
  // Does it, and gives how long after that the page took to show it. A note may be gone before the verb has ended.
  async function soon(what, change, probe) {
    const now = () => performance.now();
    const [changed, shown] = await Promise.all([change().then(now), until(what, probe).then(now)]);
    const took = Math.max(0, shown - changed);
    assert.ok(took < kSoonMs, `${what}: after ${took} ms`);
    return took;
  }

  test('who may only look from now on keeps the session and loses the keys', async (t) => {
    const session = await running();
    const early = await ticketOf(session.session);
    const took = await soon('the page says so', () => set('view_only=yes'), () => page.getByText('You may look, but not type').isVisible());
    t.diagnostic(`${took.toFixed(0)} ms from the verb's end to the page`);
    await whenLive(page);
    assert.equal((await running()).session, session.session);
    const refused = await useTicket(page, Buffer.from(early.ticket, 'base64url'), { untilClosed: true });
    assert.equal(refused.code, 3, 'a ticket from before the change opens nothing');
    assert.match(refused.reason, /changed/);
    await soon('it is taken back', () => site.vitrine(['policy', 'unset', ...kGrant, 'view_only']), () => page.getByText('You may type and click again').isVisible());
    await whenLive(page);
    const before = Number((await state(page)).update);
    await page.keyboard.type('back');
    await until('what is typed shows', async () => Number((await state(page)).update) > before);
  });

  test('a network that is not allowed any more is cut off, and the desktop kept for another', async () => {
    const session = await running();
    await soon('the page is told', () => set('networks=192.0.2.0/24'), async () => (await state(page)).session === 'ended');
    await page.getByText('It cannot be used from this network').first().waitFor();
    assert.equal((await ticketOf(session.session)).code, 'forbidden');
    assert.equal((await running()).session, session.session);
    await set('networks=127.0.0.0/8,::1');
    assert.equal((await ticketOf(session.session)).status, 200);
  });

  test('a second factor is asked for by its own code', async () => {
    const session = await running();
    await set('networks=any', 'step_up=5m');
    assert.equal((await ticketOf(session.session)).code, 'step_up_required');
    await site.vitrine(['policy', 'unset', ...kGrant, 'step_up']);
  });

  test('outside of its hours it ends, and the catalogue says from when it can be used', async () => {
    const day = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'][(new Date().getUTCDay() + 3) % 7];
    await soon('the page is told', () => set(`hours=UTC ${day} 08:00-09:00`), async () => (await state(page)).session === 'ended');
    assert.match(await page.textContent('body'), /hours of this session are over/);
    await until('it has ended', async () => (await running()) === undefined);
    await page.goto('/');
    await page.getByText(/It can be used from \w+ 08:00 \(UTC\) on/).waitFor();
    await screenshot(page, 'policy-refused-desktop');
    const explained = await site.vitrine(['policy', 'explain', 'ada', 'notes']);
    assert.match(explained, /the grant of notes to ada/);
    assert.match(explained, /Outcome: refused/);
    await site.vitrine(['policy', 'unset', ...kGrant, 'hours']);
  });

  test('a grant that is taken away ends the session', async () => {
    await soon('the page is told', () => site.vitrine(['app', 'revoke', 'notes', '--user', 'ada']), async () => (await state(page)).session === 'ended');
    assert.match(await page.textContent('body'), /You may not open Team Notes any more/);
    await site.vitrine(['app', 'grant', 'notes', '--user', 'ada']);
  });

  test('what nothing enforces cannot be set, and all of it is in the audit', async () => {
    await assert.rejects(set('recording=yes'), /not enforced by this version/);
    assert.match(await site.vitrine(['audit', 'verify']), /chain of \d+ rows holds/);
    const rows = await until('each of them is there', async () => {
      const all = (await site.vitrine(['audit', 'export'])).trim().split('\n').map((line) => JSON.parse(line));
      for (const action of ['login', 'session.open', 'session.attach', 'session.detach', 'session.end', 'session.ticket', 'policy.set', 'revoke']) {
        assert.ok(all.some((row) => row.action === action), action);
      }
      return all;
    });
    assert.ok(rows.some((row) => row.action === 'session.ticket' && row.outcome === 'forbidden'));
    assert.deepEqual(rows.map((row) => row.number), rows.map((_, i) => i + 1));
  });
});
