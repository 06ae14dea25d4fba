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

  // The system's keyboard lies over so much of the page's lower edge, of which the visual viewport tells.
  const covered = (pixels) => page.evaluate((height) => {
    window.keyboardHeight = height;
    if (!Object.hasOwn(visualViewport, 'height')) {
      Object.defineProperty(visualViewport, 'height', { get: () => innerHeight - window.keyboardHeight, configurable: true });
    }
    visualViewport.dispatchEvent(new Event('resize'));
  }, pixels);
  const look = () => page.evaluate(() => {
    const box = (selector) => document.querySelector(selector).getBoundingClientRect();
    const { width, height } = document.querySelector('.stage > canvas').dataset;
    return { caret: box('.text-field').toJSON(), bar: box('.key-bar').toJSON(), desktop: `${width}x${height}`,
      wanted: document.querySelector('.text-field').inputMode === 'text' };
  });
  // The caret lies above the key bar, and that above the keyboard.
  const caretIsSeen = (height, keyboard) => until(`the caret is seen above a keyboard of ${keyboard}`, async () => {
    const { caret, bar } = await look();
    if (Math.abs(bar.bottom - (height - keyboard)) < 1 && caret.top >= 0 && caret.bottom <= bar.top) return true;
    throw new Error(`caret ${caret.top}-${caret.bottom}, bar ${bar.top}-${bar.bottom}`);
  });

  test('the caret stays in sight when the keyboard comes, and when the phone is turned with it', async () => {
    const { width, height } = phone.viewport;
    const upright = (await look()).desktop;
    await page.locator('.key-bar').getByRole('button', { name: 'Keyboard', exact: true }).tap();
    await covered(336);
    // The shell may not be there yet, and its prompt is at the lower edge from then on.
    await until('the shell has filled its window', async () => {
      await page.keyboard.type('seq 99\n');
      return (await look()).caret.bottom > 300;
    }, { everyMs: 1_000 });
    await caretIsSeen(height, 336);
    assert.equal((await look()).desktop, upright, 'the desktop keeps its size below the keyboard');
    await page.setViewportSize({ width: height, height: width });
    await covered(210);
    await page.keyboard.type('true\n');
    await caretIsSeen(width, 210);
    assert.equal((await look()).wanted, true, 'turning does not put the keyboard away');
    await page.setViewportSize({ width, height });
    await covered(336);
    await page.keyboard.type('true\n');
    await caretIsSeen(height, 336);
    await covered(0);
    await until('the keyboard is put away with the system’s own button', async () => !(await look()).wanted);
    await until('the desktop is as before', async () => (await look()).desktop === upright);
    await page.keyboard.press('Control+l');
    await whenExact(page, await session());
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
