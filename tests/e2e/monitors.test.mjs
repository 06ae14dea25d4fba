// Several windows of one session, each a monitor of its desktop; and desktops as sharp as the screen they are shown on.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { after, before, describe, test } from 'node:test';
import { desktopSize, launchBrowser, newVisitor, openResource, signIn, state, whenExact, whenLive } from './browser.mjs';
import { Site } from './site.mjs';
import { until } from './until.mjs';

const run = promisify(execFile);

// A program of the desktop; gives what it prints.
async function ask({ display, xauthority }, program, ...words) {
  return (await run(program, words, { env: { ...process.env, DISPLAY: display, XAUTHORITY: xauthority } })).stdout;
}

// What a window manager sees: {DUMMY0: {x, y, width, height}, ...}
async function monitors(desktop) {
  const lines = (await ask(desktop, 'xrandr', '--listmonitors')).matchAll(/(\d+)\/\d+x(\d+)\/\d+\+(\d+)\+(\d+)\s+(\S+)/g);
  return Object.fromEntries([...lines].map(([, width, height, x, y, name]) =>
    [name, { x: Number(x), y: Number(y), width: Number(width), height: Number(height) }]));
}

async function pointer(desktop) {
  const [, x, y] = /x:(-?\d+) y:(-?\d+)/.exec(await ask(desktop, 'xdotool', 'getmouselocation'));
  return [Number(x), Number(y)];
}

async function openSite() {
  const site = await Site.start();
  const browser = await launchBrowser(site);
  await site.addUser('ada', 'correct horse battery');
  return { site, browser };
}

async function openTerminal(site, page) {
  await signIn(page, 'ada', 'correct horse battery');
  await until('the catalogue is shown', async () => (await state(page)).page === 'catalogue');
  await openResource(page, 'terminal');
  return until('the session runs', async () => (await site.sessions({ user: 'ada' }))[0]);
}

describe('two windows of one session', () => {
  let site, browser, main, second, desktop;
  before(async () => {
    ({ site, browser } = await openSite());
    main = await newVisitor(browser, site);
    desktop = await openTerminal(site, main);
  });
  after(async () => {
    await browser?.close();
    await site?.stop();
  });

  const areaOf = (output) => async () => {
    const all = await monitors(desktop);
    if (all[output] === undefined) throw new Error(`no ${output} among ${JSON.stringify(all)}`);
    return all[output];
  };
  async function bothExact() {
    await whenExact(main, desktop, areaOf('DUMMY0'));
    await whenExact(second, desktop, areaOf('DUMMY1'));
  }

  test('"Add a monitor" opens a window that is an output beside the first', async () => {
    await whenExact(main, desktop);
    await main.keyboard.press('Control+Alt+Shift+KeyM');
    const opened = main.context().waitForEvent('page');
    await main.getByRole('button', { name: /^add a monitor/i }).click();
    second = await opened;
    await whenLive(second);
    await until('both are monitors of their windows\' sizes', async () => {
      const { DUMMY0: first, DUMMY1: other } = await monitors(desktop);
      assert.deepEqual(first, { x: 0, y: 0, ...desktopSize });
      const { width, height } = await second.evaluate(() => ({ width: innerWidth, height: innerHeight }));
      assert.deepEqual(other, { x: 1280, y: 0, width, height });
      return true;
    });
    assert.match(await second.title(), /monitor 2/i);
    await bothExact();
  });

  test('the pointer of each window is on its monitor', async () => {
    await second.mouse.move(200, 100);
    await until('the pointer is on the second', async () => String(await pointer(desktop)) === '1480,100');
    await main.mouse.move(200, 100);
    await until('the pointer is on the first', async () => String(await pointer(desktop)) === '200,100');
  });

  test('a drag that leaves a window goes on over the monitor beside it', async () => {
    await main.mouse.move(1200, 400);
    await main.mouse.down();
    await main.mouse.move(1310, 420, { steps: 4 });
    await until('the pointer is on the second', async () => String(await pointer(desktop)) === '1310,420');
    await main.mouse.up();
  });

  test('a maximised window fills the monitor it is on, and not both', async () => {
    await until('the terminal fills the first', async () => {
      const area = await areaOf('DUMMY0')();
      const id = (await ask(desktop, 'xdotool', 'getactivewindow')).trim();
      const facts = await ask(desktop, 'xwininfo', '-id', id);
      const number = (name) => Number(new RegExp(`${name}:\\s+(-?\\d+)`).exec(facts)[1]);
      const [x, width] = [number('Absolute upper-left X'), number('Width')];
      return x >= area.x && x + width <= area.x + area.width && width > area.width - 40;
    });
    await main.keyboard.type('xrandr --listmonitors');
    await main.keyboard.press('Enter');
    await bothExact();
  });

  test('the second window is resized and only it changes', async () => {
    await second.setViewportSize({ width: 901, height: 655 });
    await until('its output follows', async () => (await monitors(desktop)).DUMMY1?.width === 901);
    assert.deepEqual(await areaOf('DUMMY0')(), { x: 0, y: 0, ...desktopSize });
    await bothExact();
  });

  test('a reload finds its monitor where it was', async () => {
    const arranged = await monitors(desktop);
    await second.reload();
    await whenLive(second);
    // A monitor that was without a window for long is a new one, at the same place.
    await until('it is where it was', async () => {
      assert.deepEqual(await monitors(desktop), arranged);
      return true;
    });
    await bothExact();
  });

  test('with the first window gone the second stays, and becomes the desktop', async () => {
    const address = main.url();
    const context = main.context();
    await main.close();
    await until('one output is left', async () => Object.keys(await monitors(desktop)).join() === 'DUMMY1');
    await whenExact(second, desktop);
    main = await context.newPage();
    await main.goto(address);
    await whenLive(main);
    await until('both are there', async () => Object.keys(await monitors(desktop)).length === 2);
    await bothExact();
  });

  test('with the second window gone its output goes, and the first is as before', async () => {
    await second.close();
    await until('one output is left', async () => Object.keys(await monitors(desktop)).join() === 'DUMMY0');
    assert.deepEqual(await areaOf('DUMMY0')(), { x: 0, y: 0, ...desktopSize });
    await whenExact(main, desktop);
  });

  test('an address that names too many monitors is told what the desktop can have', async () => {
    const wide = await main.context().newPage();
    await wide.setViewportSize({ width: 7000, height: 700 });
    await wide.goto(`${main.url()}?monitor=1`);
    await wide.getByText(/8280 by 720 pixels.*make a window of it smaller/i).waitFor();
    await wide.close();
  });
});

describe('a desktop is as sharp as its screen', () => {
  let site, browser;
  before(async () => {
    ({ site, browser } = await openSite());
  });
  after(async () => {
    await browser?.close();
    await site?.stop();
  });

  const dpi = async (desktop) => Number(/Xft\.dpi:\s*(\d+)/.exec(await ask(desktop, 'xrdb', '-query'))?.[1]);

  test('at pixel ratios 1, 1.5, 2 and 3, one desktop pixel for one of the screen, with text of the same size', async () => {
    for (const ratio of [1, 1.5, 2, 3]) {
      const page = await newVisitor(browser, site, { viewport: { width: 640, height: 400 }, deviceScaleFactor: ratio });
      const desktop = await openTerminal(site, page);
      await whenExact(page, desktop);
      assert.deepEqual((await monitors(desktop)).DUMMY0, { x: 0, y: 0, width: 640 * ratio, height: 400 * ratio });
      await until('text has its size', async () => {
        assert.equal(await dpi(desktop), 96 * ratio);
        return true;
      });
      await page.context().close();
    }
  });

  test('in Xfce a maximised program has the size of the monitor that it is on', async () => {
    const main = await newVisitor(browser, site, { viewport: { width: 1000, height: 600 } });
    await signIn(main, 'ada', 'correct horse battery');
    await openResource(main, 'desktop');
    const desktop = await until('the desktop runs', async () => (await site.sessions({ user: 'ada', resource: 'desktop' }))[0]);
    await until('its window manager does', async () => /xfwm4/i.test(await ask(desktop, 'xprop', '-root', '_NET_SUPPORTING_WM_CHECK')
      .then((line) => ask(desktop, 'xprop', '-id', /0x\w+/.exec(line)[0], '_NET_WM_NAME'))));
    const second = await main.context().newPage();
    await second.setViewportSize({ width: 760, height: 520 });
    await second.goto(`${main.url()}?monitor=1`);
    await whenLive(second);
    const area = await until('there are two monitors', async () => (await monitors(desktop)).DUMMY1);
    assert.deepEqual(area, { x: 1000, y: 0, width: 760, height: 520 });
    const calculator = spawn('xcalc', ['-title', 'sums', '-geometry', '300x200+1200+150'], { stdio: 'ignore', env: { ...process.env, DISPLAY: desktop.display, XAUTHORITY: desktop.xauthority } });
    const ended = once(calculator, 'exit');
    try {
      const size = async () => {
        const facts = await ask(desktop, 'xwininfo', '-name', 'sums');
        const number = (name) => Number(new RegExp(`${name}:\\s+(-?\\d+)`).exec(facts)[1]);
        return { x: number('Absolute upper-left X'), y: number('Absolute upper-left Y'), width: number('Width'), height: number('Height') };
      };
      await until('the program is there', async () => (await size()).width === 300);
      await second.mouse.click(300, 250);
      await until('it has the focus', async () => /sums/.test(await ask(desktop, 'xdotool', 'getactivewindow', 'getwindowname')));
      await second.keyboard.press('Alt+F10');
      await until('it fills the second monitor and no more', async () => {
        const { x, y, width, height } = await size();
        const inside = x >= area.x && y >= area.y && x + width <= area.x + area.width && y + height <= area.y + area.height;
        if (inside && width > area.width - 20 && height > area.height - 100) return true;
        throw new Error(JSON.stringify({ x, y, width, height }));
      });
    } finally {
      calculator.kill();
      await ended;
      await main.context().close();
    }
  });

  test('"Use all screens" says how to allow it where it may not, and else puts a window on each screen that fills it', async () => {
    const wide = await launchBrowser(site, ['--screen-info={1280x720}{1024x768}']);
    const page = await newVisitor(wide, site, { viewport: null });
    const desktop = await openTerminal(site, page);
    const protocol = await page.context().newCDPSession(page);
    const { browserContextId } = (await protocol.send('Target.getTargetInfo')).targetInfo;
    const browser = await wide.newBrowserCDPSession();
    const may = (setting) => browser.send('Browser.setPermission', { permission: { name: 'window-management' }, setting, origin: site.url, browserContextId });
    const useAll = async () => {
      await page.keyboard.press('Control+Alt+Shift+KeyM');
      await page.getByRole('button', { name: /^use all screens/i }).click();
    };
    await may('denied');
    await useAll();
    await page.getByText('does not let this page see your screens').waitFor();
    await may('granted');
    const [second] = await Promise.all([page.context().waitForEvent('page'), useAll()]);
    await whenLive(second);
    await until('its window is on the other screen', async () => {
      assert.deepEqual(await second.evaluate(() => [screenX, screenY, outerWidth, outerHeight]), [1280, 0, 1024, 768]);
      return true;
    });
    await until('its monitor is as large as it', async () => {
      const { width, height } = (await monitors(desktop)).DUMMY1 ?? {};
      const inner = await second.evaluate(() => [innerWidth, innerHeight]);
      if (width === inner[0] && height === inner[1]) return true;
      throw new Error(`${width}x${height} for ${inner}`);
    });
    await second.mouse.click(400, 300);
    await until('it fills its screen', () => second.evaluate(() => document.fullscreenElement !== null));
    await wide.close();
  });
});
