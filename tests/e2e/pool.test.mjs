// Pools from where their users sit: how full one is, waiting in line, maintenance, and desktops that are up before
// anybody asks.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { launchBrowser, newVisitor, openResource, screenshot, signIn, state, whenLive } from './browser.mjs';
import { Site } from './site.mjs';
import { until } from './until.mjs';

const kPassword = 'correct horse battery';

describe('pools', () => {
  let site, browser;
  const pages = {};
  before(async () => {
    site = await Site.start();
    browser = await launchBrowser(site);
    await site.vitrine(['pool', 'add', 'lab', '--name', 'Lab', '--max', '1']);
    await site.vitrine(['app', 'add', 'notes', '--name', 'Lab Notes', '--pool', 'lab', '--command', 'mousepad']);
    await site.vitrine(['app', 'grant', 'notes', '--group', 'everyone']);
    for (const name of ['ada', 'ben', 'eve', 'zoe']) await site.addUser(name, kPassword);
  });
  after(async () => {
    await browser?.close();
    await site?.stop();
  });

  async function visit(name) {
    const page = await newVisitor(browser, site);
    await signIn(page, name, kPassword);
    await until(`${name} is signed in`, async () => (await state(page)).page === 'catalogue');
    pages[name] = page;
    return page;
  }
  const tile = (page) => page.locator('.tile', { hasText: 'Lab Notes' });
  const endOf = async (user) => {
    const [session] = await site.sessions({ user, resource: 'notes' });
    await site.vitrine(['session', 'end', session.session]);
  };

  test('a full pool says so on its tile, and whoever opens it is next in line', async () => {
    const ada = await visit('ada');
    await openResource(ada, 'Lab Notes');
    await whenLive(ada);
    const eve = await visit('eve');
    await tile(eve).getByText('1 of 1 in use').waitFor();
    await screenshot(eve, 'pool-full-tile');
    await tile(eve).getByRole('button', { name: 'Lab Notes' }).click();
    await eve.getByText('You are next.').waitFor();
    await eve.getByText('1 of 1 in use').waitFor();
    await screenshot(eve, 'pool-waiting');
    const ben = await visit('ben');
    await tile(ben).getByRole('button', { name: 'Lab Notes' }).click();
    await ben.getByText('One person is waiting before you.').waitFor();
  });

  test('whoever stops waiting is out of the line', async () => {
    const { ben } = pages;
    const left = ben.waitForResponse((answer) => answer.url().endsWith('/api/waiting/notes') && answer.status() === 204);
    await ben.getByRole('button', { name: 'Stop waiting' }).click();
    await left;
    await until('the tiles are back', async () => (await state(ben)).page === 'catalogue');
  });

  test('the desktop opens by itself when one is free', async () => {
    const { ada, eve } = pages;
    await endOf('ada');
    await whenLive(eve);
    await until('the other page says that it ended', async () => (await state(ada)).session === 'ended');
    await until('it is the only one', async () => (await site.sessions({ resource: 'notes' })).length === 1);
    assert.deepEqual(eve.problems, []);
  });

  test('a pool under maintenance gives its message on the tile and when it is opened', async () => {
    const { ben } = pages;
    await site.vitrine(['pool', 'drain', 'lab', '--message', 'New disks until noon.']);
    await ben.reload();
    await tile(ben).getByText('Under maintenance: New disks until noon.').waitFor();
    await tile(ben).getByRole('button', { name: 'Lab Notes' }).click();
    await ben.getByRole('heading', { name: 'Not available' }).waitFor();
    await ben.getByText('New disks until noon.').waitFor();
    await screenshot(ben, 'pool-draining');
    await site.vitrine(['pool', 'undrain', 'lab']);
    await endOf('eve');
  });

  test('the desktop of somebody who has just signed in is up before it is opened', async (t) => {
    await site.vitrine(['pool', 'set', 'desktop', '--spares', '4']); // the others are signed in too
    await site.vitrine(['pool', 'grant', 'desktop', '--user', 'zoe']);
    const cold = await visit('zoe');
    await until('it is prepared', async () => /desktop +ready +zoe/.test(await site.vitrine(['pool', 'status', 'desktop'])));
    const began = performance.now();
    await openResource(cold, 'Desktop');
    await whenLive(cold);
    t.diagnostic(`${(performance.now() - began).toFixed(0)} ms from the click to the live picture`);
    const [session] = await site.sessions({ user: 'zoe' });
    assert.equal(session.resource, 'desktop');
    await until('it is the one that was prepared', async () => {
      const listed = await site.vitrine(['pool', 'status', 'desktop']);
      if (new RegExp(`${session.desktop} +desktop +connected +zoe`).test(listed)) return true;
      throw new Error(listed);
    });
  });
});
