// A phone: the pages fit, a tap clicks, a long press opens the context menu, two fingers scroll.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { launchBrowser, newVisitor, openResource, phone, signIn, state, whenExact } from './browser.mjs';
import { Site } from './site.mjs';
import { readDesktop } from './screen.mjs';
import { until } from './until.mjs';

describe('on a phone', () => {
  let site, browser, page;
  before(async () => {
    site = await Site.start();
    browser = await launchBrowser(site);
    await site.addUser('ada', 'correct horse battery');
    page = await newVisitor(browser, site, phone);
    await signIn(page, 'ada', 'correct horse battery');
    await until('the catalogue is shown', async () => (await state(page)).page === 'catalogue');
  });
  after(async () => {
    await browser?.close();
    await site?.stop();
  });

  const session = async () => (await site.sessions({ user: 'ada' }))[0];

  // Fingers as the browser gets them from the system; points are CSS pixels of the page.
  async function touch(type, ...points) {
    page.touches ??= await page.context().newCDPSession(page);
    await page.touches.send('Input.dispatchTouchEvent', { type, touchPoints: points.map(([x, y], id) => ({ x, y, id })) });
  }

  test('the catalogue does not scroll sideways', async () => {
    const { scroll, client } = await page.evaluate(() => ({
      scroll: document.documentElement.scrollWidth, client: document.documentElement.clientWidth,
    }));
    assert.ok(scroll <= client, `${scroll} > ${client}`);
  });

  test('an app opens sharp, one desktop pixel for one pixel of the screen', async () => {
    await openResource(page, 'terminal');
    await whenExact(page, await until('the session runs', session));
  });

  test('a long press opens the context menu of the app', async () => {
    const before = await readDesktop(await session());
    await touch('touchStart', [200, 400]);
    await until('the magnifier is over the finger', () => page.locator('.magnifier').isVisible());
    await touch('touchEnd');
    await until('a menu is drawn', async () => {
      const now = await readDesktop(await session());
      let changed = 0;
      for (let y = 0; y < now.height; y += 3) for (let x = 0; x < now.width; x += 3) changed += now.rgb(x, y) !== before.rgb(x, y);
      return changed > 500;
    });
    await whenExact(page, await session());
  });

  test('a tap beside the menu closes it', async () => {
    const before = await readDesktop(await session());
    await touch('touchStart', [30, 780]);
    await touch('touchEnd');
    await until('the menu is gone', async () => {
      const now = await readDesktop(await session());
      let changed = 0;
      for (let y = 0; y < now.height; y += 3) for (let x = 0; x < now.width; x += 3) changed += now.rgb(x, y) !== before.rgb(x, y);
      return changed > 500;
    });
    await whenExact(page, await session());
  });
});
