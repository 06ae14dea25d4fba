// Mouse, fingers and pen against a real X program that reports what it got, on a phone and on a tablet, upright and lying.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { launchBrowser, newVisitor, openResource, phone, signIn, state, whenLive } from './browser.mjs';
import { EventReporter } from './event_reporter.mjs';
import { Fingers } from './fingers.mjs';
import { Site } from './site.mjs';
import { until } from './until.mjs';

const tablet = { viewport: { width: 820, height: 1180 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };
const lying = ({ viewport }) => ({ width: viewport.height, height: viewport.width });

describe('pointers', () => {
  let site, browser, page, fingers, reporter;
  before(async () => {
    site = await Site.start();
    browser = await launchBrowser(site);
    await site.addUser('ada', 'correct horse battery');
  });
  after(async () => {
    await reporter?.stop();
    await browser?.close();
    await site?.stop();
  });

  // Opens the terminal on a device of its own; the desktop is the one that runs already.
  async function openOn(options) {
    await page?.context().close();
    page = await newVisitor(browser, site, options);
    await signIn(page, 'ada', 'correct horse battery');
    await until('the catalogue is shown', async () => (await state(page)).page === 'catalogue');
    await openResource(page, 'terminal');
    fingers = await Fingers.on(page);
    const session = await until('the session runs', async () => (await site.sessions({ user: 'ada' }))[0]);
    reporter ??= await EventReporter.start(session);
    await settled();
  }

  // Where the canvas lies, how large the desktop is.
  const picture = () => page.evaluate(() => {
    const box = document.querySelector('.stage > canvas').getBoundingClientRect();
    const { width, height } = document.querySelector('.stage > canvas').dataset;
    const stage = document.querySelector('.stage').getBoundingClientRect();
    return { left: box.left, top: box.top, width: box.width, height: box.height, desktop: { width: Number(width), height: Number(height) },
      stage: { width: stage.width, height: stage.height }, ratio: devicePixelRatio };
  });
  // The desktop has the window's size, and the picture of it is here.
  const settled = () => until('the desktop follows the window', async () => {
    const { desktop, stage, ratio } = await picture();
    const fits = Math.abs(desktop.width - stage.width * ratio) <= 2 && Math.abs(desktop.height - stage.height * ratio) <= 2;
    if (!fits) throw new Error(`the desktop has ${desktop.width}x${desktop.height}, the stage ${stage.width}x${stage.height} at ${ratio}`);
    return (await state(page)).exact === 'true';
  });
  // The desktop pixel below a point of the page.
  async function below([x, y]) {
    const { left, top, width, height, desktop } = await picture();
    return `${Math.floor(((x - left) * desktop.width) / width + 1e-6)},${Math.floor(((y - top) * desktop.height) / height + 1e-6)}`;
  }
  async function choose(label, choice) {
    await page.getByRole('button', { name: 'Session menu' }).click();
    await page.getByLabel(label).selectOption(choice);
    await page.keyboard.press('Escape');
    await until('the menu is closed', () => page.evaluate(() => document.querySelector('dialog[open]') === null));
  }
  const magnifier = () => page.locator('.magnifier').isVisible();

  // Every gesture; `at` is well inside of the stage.
  function gestures(at, far) {
    const [x, y] = at;
    const beside = [x + 60, y];

    test('a tap is a click on the pixel below', async () => {
      reporter.forget();
      await fingers.tap(at);
      await reporter.whenButtons('+1 -1');
      assert.deepEqual(reporter.places(true), [await below(at)]);
    });

    test('a double tap is two clicks on one pixel, also when the second is a little beside', async () => {
      reporter.forget();
      await fingers.tap([x, y + 50]);
      await fingers.tapAgain([x + 7, y + 55]);
      await reporter.whenButtons('+1 -1 +1 -1');
      assert.equal(new Set(reporter.places(true)).size, 1);
    });

    test('a long press shows the magnifier, follows the finger, and is a right click where it leaves', async () => {
      reporter.forget();
      await fingers.rest(at, () => until('the magnifier is there', magnifier));
      await fingers.move([x + 31, y + 22]);
      await until('the pointer is below the finger', async () => reporter.last === (await below([x + 31, y + 22])));
      assert.equal(reporter.buttons, '');
      await fingers.up();
      await reporter.whenButtons('+3 -3');
      assert.deepEqual(reporter.places(true), [await below([x + 31, y + 22])]);
      await until('the magnifier is gone', async () => !(await magnifier()));
    });

    test('a long press that the system takes away clicks nothing', async () => {
      reporter.forget();
      await fingers.rest(at, () => until('the magnifier is there', magnifier));
      await fingers.cancel();
      await until('the magnifier is gone', async () => !(await magnifier()));
      await fingers.tap(far);
      await reporter.whenButtons('+1 -1');
    });

    test('a drag presses where it began and lets go where it ended', async () => {
      reporter.forget();
      await fingers.drag([at], [far]);
      await reporter.whenButtons('+1 -1');
      assert.deepEqual(reporter.places(true), [await below(at)]);
      assert.deepEqual(reporter.places(false), [await below(far)]);
      assert.ok(reporter.motions.length >= 3, 'it moves between');
    });

    test('a drag that the system takes away leaves no button down', async () => {
      reporter.forget();
      await fingers.down(at);
      await fingers.slide([at], [far]);
      await reporter.whenButtons('+1');
      await fingers.cancel();
      await reporter.whenButtons('+1 -1');
    });

    test('a tap and a drag are a double click that drags', async () => {
      reporter.forget();
      await fingers.tap(at);
      await fingers.dragAgain([at], [far]);
      await reporter.whenButtons('+1 -1 +1 -1');
      assert.equal(reporter.places(false).at(-1), await below(far));
    });

    test('two fingers scroll, up and down and sideways', async () => {
      reporter.forget();
      await fingers.drag([at, beside], [[x, y - 150], [x + 60, y - 150]]);
      await until('it scrolls down', () => reporter.clicks.y >= 2);
      await fingers.drag([[x, y - 150], [x + 60, y - 150]], [at, beside]);
      await until('it scrolls back', () => reporter.clicks.y <= 0);
      await fingers.drag([at, beside], [[x - 120, y], [x - 60, y]]);
      await until('it scrolls to the right', () => reporter.clicks.x >= 1);
      assert.equal(reporter.buttons, '');
    });

    test('a tap of two fingers is a right click between them', async () => {
      reporter.forget();
      await fingers.tap(at, beside);
      await reporter.whenButtons('+3 -3');
      assert.deepEqual(reporter.places(true), [await below([x + 30, y])]);
    });

    test('a tap of three fingers shows and hides the keyboard', async () => {
      reporter.forget();
      const shown = () => page.evaluate(() => document.querySelector('.text-field').inputMode === 'text');
      await fingers.tap(at, beside, [x, y + 60]);
      await until('the keyboard is wanted', shown);
      await fingers.tap(at, beside, [x, y + 60]);
      await until('the keyboard is not wanted', async () => !(await shown()));
      assert.equal(reporter.buttons, '');
    });

    test('a pinch enlarges the picture, and a tap hits the pixel that is seen there', async () => {
      reporter.forget();
      const before = await picture();
      await fingers.drag([[x - 15, y], [x + 15, y]], [[x - 75, y], [x + 75, y]]);
      await until('the picture is larger', async () => (await picture()).width > before.width * 2);
      assert.equal(reporter.buttons, '');
      await fingers.tap(far);
      await reporter.whenButtons('+1 -1');
      assert.deepEqual(reporter.places(true), [await below(far)]);
      assert.notEqual(reporter.places(true)[0], `${Math.floor(far[0] * before.ratio)},${Math.floor(far[1] * before.ratio)}`);
    });

    test('two fingers move an enlarged picture and turn no wheel', async () => {
      reporter.forget();
      const before = await picture();
      await fingers.drag([at, beside], [[x, y - 60], [x + 60, y - 60]]);
      await until('the picture has moved', async () => (await picture()).top < before.top - 20);
      assert.deepEqual(reporter.clicks, { x: 0, y: 0 });
    });

    test('two fingers that tap twice show all of it again', async () => {
      reporter.forget();
      await Promise.all([fingers.tap(at, beside), fingers.tapAgain(at, beside)]);
      await until('the whole picture is there', async () => {
        const { width, desktop, ratio } = await picture();
        return Math.abs(width * ratio - desktop.width) < 1;
      });
      await fingers.tap(at);
      await reporter.whenButtons('+1 -1');
    });
  }

  for (const [name, device] of [['a phone', phone], ['a tablet', tablet]]) {
    describe(`${name}, upright`, () => {
      before(() => openOn(device));
      gestures([150, 320], [260, 420]);
    });
    describe(`${name}, lying`, () => {
      before(async () => {
        await page.setViewportSize(lying(device));
        await settled();
      });
      gestures([320, 180], [430, 240]);
    });
  }

  describe('a finger as on a trackpad', () => {
    before(async () => {
      await openOn(phone);
      await choose('Touch', 'trackpad');
    });
    after(() => choose('Touch', 'direct'));

    test('moves the pointer from where it is, and clicks where that is', async () => {
      reporter.forget();
      await fingers.drag([[150, 300]], [[190, 340]]);
      const first = await until('the pointer moves', () => reporter.last);
      await fingers.tap([60, 600]);
      await reporter.whenButtons('+1 -1');
      assert.deepEqual(reporter.places(true), [reporter.last]);
      await fingers.drag([[150, 300]], [[190, 300]]);
      await until('it moves on to the right', () => Number(reporter.last.split(',')[0]) > Number(first.split(',')[0]) + 60);
    });

    test('a tap and a drag hold the button, and so does a long press and a drag', async () => {
      reporter.forget();
      await fingers.tap([150, 300]);
      await fingers.dragAgain([[150, 300]], [[100, 250]]);
      await reporter.whenButtons('+1 -1 +1 -1');
      assert.notEqual(reporter.places(true).at(-1), reporter.places(false).at(-1));
      reporter.forget();
      await page.evaluate(() => { navigator.vibrate = () => (window.buzzed = true); });
      await fingers.rest([150, 300], () => until('the long press is noticed', () => page.evaluate(() => window.buzzed)));
      await fingers.slide([[150, 300]], [[190, 330]]);
      await fingers.up();
      await reporter.whenButtons('+1 -1');
    });

    test('two fingers scroll and tap at the pointer', async () => {
      reporter.forget();
      await fingers.drag([[150, 400], [210, 400]], [[150, 250], [210, 250]]);
      await until('it scrolls down', () => reporter.clicks.y >= 2);
      await fingers.tap([150, 300], [210, 300]);
      await reporter.whenButtons('+3 -3');
    });
  });

  describe('the key bar', () => {
    before(() => openOn(phone));
    const bar = (name) => page.locator('.key-bar').getByRole('button', { name, exact: true });
    const keys = () => reporter.events.filter((one) => one.type === 'key');
    const kControl = 4;
    const controlIs = (pressed) => until(`Ctrl is ${pressed ? 'held' : 'let go'}`, async () => (await bar('Ctrl').getAttribute('aria-pressed')) === String(pressed));

    test('a modifier holds for the next key or click alone', async () => {
      reporter.forget();
      await bar('Ctrl').tap();
      await controlIs(true);
      await fingers.tap([150, 320]);
      await reporter.whenButtons('+1 -1');
      const press = reporter.events.find((one) => one.type === 'button');
      assert.equal(press.mods & kControl, kControl);
      await controlIs(false);
      reporter.forget();
      await bar('Tab').tap();
      const next = await until('the next key arrives', () => keys().find((one) => one.down));
      assert.equal(next.mods & kControl, 0);
    });

    test('tapped twice it holds until it is tapped again', async () => {
      reporter.forget();
      const box = await bar('Ctrl').boundingBox();
      const middle = [box.x + box.width / 2, box.y + box.height / 2];
      await fingers.tap(middle);
      await fingers.tapAgain(middle);
      await page.locator('.key-bar .locked').waitFor();
      await bar('Esc').tap();
      await bar('Tab').tap();
      const pressed = () => keys().filter((one) => one.down && (one.mods & kControl) !== 0);
      await until('both keys come with it', () => pressed().length >= 2);
      await page.locator('.key-bar .locked').tap();
      await controlIs(false);
    });

    test('function keys are on a second row', async () => {
      reporter.forget();
      await bar('Function keys').tap();
      await bar('F5').tap();
      await until('F5 arrives', () => keys().some((one) => one.down));
      await bar('Function keys').tap();
      await bar('F5').waitFor({ state: 'hidden' });
    });

    test('the tab at the edge opens the menu by a tap and by a swipe', async () => {
      const box = await page.locator('.edge-handle').boundingBox();
      const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
      const open = () => page.evaluate(() => document.querySelector('dialog.menu').open);
      for (const act of [() => fingers.tap([x, y]), () => fingers.drag([[x, y]], [[x - 60, y]])]) {
        await act();
        await until('the menu is open', open);
        await page.keyboard.press('Escape');
        await until('the menu is closed', async () => !(await open()));
      }
    });
  });

  describe('a phone with a camera in its screen and a bar at its edge', () => {
    const insets = (top, right, bottom, left) => fingers.cdp.send('Emulation.setSafeAreaInsetsOverride', { insets: { top, right, bottom, left } });
    const stage = () => page.evaluate(() => document.querySelector('.stage').getBoundingClientRect().toJSON());
    const bar = (name) => page.locator('.key-bar').getByRole('button', { name, exact: true });
    before(() => openOn(phone));
    after(() => insets(0, 0, 0, 0));

    test('upright, the desktop begins below the camera, and the keys lie above the edge', async () => {
      await insets(47, 0, 34, 0);
      await until('the desktop begins below the camera', async () => (await stage()).top === 47);
      await settled();
      const keys = await bar('Esc').boundingBox();
      assert.ok(keys.y + keys.height <= phone.viewport.height - 34);
      reporter.forget();
      await fingers.tap([5, 50]);
      await reporter.whenButtons('+1 -1');
      assert.deepEqual(reporter.places(true), [await below([5, 50])]);
    });

    test('lying, it lies beside both, and every key of the bar can be reached', async () => {
      const { width, height } = lying(phone);
      await page.setViewportSize({ width, height });
      await insets(0, 47, 21, 47);
      await until('the desktop lies between', async () => {
        const { left, right } = await stage();
        return left === 47 && right === width - 47;
      });
      await settled();
      const { top } = await page.locator('.key-bar').boundingBox().then((box) => ({ top: box.y }));
      assert.ok(top > height * 0.7, `the keys begin at ${top}`);
      for (const name of ['Esc', 'Ctrl', 'Super']) {
        await bar(name).scrollIntoViewIfNeeded();
        const box = await bar(name).boundingBox();
        assert.ok(box.x >= 47 && box.x + box.width <= width - 47 && box.y + box.height <= height - 21, `${name} is at ${JSON.stringify(box)}`);
      }
      reporter.forget();
      // Too far from the tap before to be its second.
      await fingers.tap([160, 120]);
      await reporter.whenButtons('+1 -1');
      assert.deepEqual(reporter.places(true), [await below([160, 120])]);
    });
  });

  describe('a mouse and a pen', () => {
    before(() => openOn({ viewport: { width: 1000, height: 640 } }));
    const points = [[1, 1], [333.4, 201.7], [640, 360], [998, 637], [17.2, 555.5]];

    async function hits(point) {
      await page.mouse.move(...point);
      const wanted = await below(point);
      await until(`the pointer is at ${wanted}`, () => {
        if (reporter.last === wanted) return true;
        throw new Error(`it is at ${reporter.last}`);
      }, { timeoutMs: 3_000 });
    }

    for (const ratio of [1, 1.25, 1.5, 2, 3]) {
      test(`every pixel is hit at a pixel ratio of ${ratio}`, async () => {
        await openOn({ viewport: { width: 1000, height: 640 }, deviceScaleFactor: ratio });
        for (const point of points) await hits(point);
      });
    }

    test('a window that goes to a screen of another pixel ratio is as sharp there, and every pixel is hit', async () => {
      await openOn({ viewport: { width: 1000, height: 640 }, deviceScaleFactor: 1 });
      // Chromium tells a page of a ratio that is pretended when the window's size is another one too.
      for (const [ratio, height] of [[2, 656], [1.25, 648], [1, 640]]) {
        await fingers.cdp.send('Emulation.setDeviceMetricsOverride', { width: 1000, height, deviceScaleFactor: ratio, mobile: false });
        await until('the page has the other ratio', async () => (await picture()).ratio === ratio);
        await settled();
        const { width, desktop } = await picture();
        assert.equal(Math.round(width * ratio), desktop.width, 'a pixel of the desktop for a pixel of the screen');
        for (const point of points) await hits(point);
      }
    });

    test('the desktop keeps its size where it is fitted, and every pixel is hit', async () => {
      await openOn({ viewport: { width: 1000, height: 640 } });
      for (const mode of ['fit']) {
        await page.keyboard.press('Control+Alt+Shift+M');
        await page.locator('#menu-view').selectOption(mode);
        await page.keyboard.press('Escape');
        for (const [width, height] of [[700, 500], [1400, 900]]) {
          await page.setViewportSize({ width, height });
          await until('the stage has its size', async () => Math.abs((await picture()).stage.width - width) < 1);
          for (const point of [[200, 200], [411.3, 307.9]]) {
            await until(`${mode}: the pointer is at what is below ${point}`, async () => {
              await page.mouse.move(point[0] + 20, point[1]);
              await page.mouse.move(...point);
              const wanted = await below(point);
              if (reporter.last === wanted) return true;
              throw new Error(`it is at ${reporter.last}, not ${wanted}`);
            }, { timeoutMs: 3_000, everyMs: 50 });
          }
          assert.deepEqual((await picture()).desktop, { width: 1000, height: 640 });
        }
      }
      await page.setViewportSize({ width: 1000, height: 640 });
      await page.keyboard.press('Control+Alt+Shift+M');
      await page.locator('#menu-view').selectOption('follow');
      await page.keyboard.press('Escape');
      await settled();
    });

    test('five buttons arrive, and the page goes nowhere', async () => {
      reporter.forget();
      const address = page.url();
      for (const [button, x] of [['left', 1], ['middle', 2], ['right', 3], ['back', 8], ['forward', 9]]) {
        for (const type of ['mousePressed', 'mouseReleased']) await fingers.cdp.send('Input.dispatchMouseEvent', { type, x: 300, y: 200, button, clickCount: 1 });
        await until(`button ${x} arrives`, () => reporter.buttons.endsWith(`+${x} -${x}`));
      }
      assert.equal(page.url(), address);
    });

    test('the wheel scrolls by parts of a notch both ways', async () => {
      await page.mouse.move(300, 200);
      await until('the pointer is there', async () => reporter.last === (await below([300, 200])));
      const turned = () => reporter.motions.filter((one) => '2' in one.valuators || '3' in one.valuators);
      await page.mouse.wheel(0, 10);
      await until('the wheel is known', () => turned().length > 0);
      const [down] = [turned().at(-1).valuators['3']];
      reporter.forget();
      await page.mouse.wheel(0, 25);
      await until('a quarter of a notch arrives', () => turned().some((one) => Math.abs(one.valuators['3'] - down - 30) < 0.5));
      assert.deepEqual(reporter.clicks, { x: 0, y: 0 });
      reporter.forget();
      await page.mouse.wheel(5, 0);
      const sideways = () => turned().filter((one) => '2' in one.valuators).map((one) => one.valuators['2']);
      const [right] = await until('it turns sideways too', () => sideways().length > 0 && sideways());
      await page.mouse.wheel(-12.5, 0);
      await until('parts of a notch back', () => sideways().some((one) => Math.abs(one - right + 15) < 0.5));
      assert.deepEqual(reporter.clicks, { x: 0, y: 0 });
      reporter.forget();
      // Fingers may have left the wheel between two notches, so three are two clicks at least.
      for (let notch = 0; notch < 3; ++notch) await page.mouse.wheel(-120, 0);
      await until('notches to the left arrive as clicks too', () => [-2, -3].includes(reporter.clicks.x));
    });

    const strokeOf = (count) => Array.from({ length: count }, (_, i) => ({ at: [100 + i * 3, 120 + i * 2], force: 0.2 + (i * 0.7) / count }));
    const penPoints = () => reporter.motions.filter((one) => '4' in one.valuators);

    test('a pen draws with every point that the browser has, in order, each with its pressure', async () => {
      await page.evaluate(() => {
        window.penMoves = [];
        document.querySelector('.stage').addEventListener('pointermove', (event) => {
          const all = event.getCoalescedEvents().filter((one) => one.buttons === 1);
          if (all.length > 0) window.penMoves.push(all.map((one) => ({ x: one.clientX, y: one.clientY, pressure: one.pressure })));
          // A page that is busy gets the points of a while at once.
          const end = performance.now() + 30;
          while (performance.now() < end);
        });
      });
      await fingers.pen('mouseMoved', [90, 110]);
      await until('the pen is near', () => penPoints().length > 0);
      reporter.forget();
      await fingers.pen('mousePressed', [100, 120], { button: 'left', buttons: 1, force: 0.2 });
      await Promise.all(strokeOf(80).slice(1).map(({ at, force }) => fingers.pen('mouseMoved', at, { buttons: 1, force })));
      await fingers.pen('mouseReleased', [337, 278], { button: 'left' });
      await reporter.whenButtons('+1 -1');
      const moves = await page.evaluate(() => window.penMoves);
      assert.ok(moves.some((one) => one.length > 1), `the browser joined no points: ${moves.length} moves`);
      const seen = moves.flat();
      const [down, up] = reporter.events.flatMap((one, at) => (one.type === 'button' ? [at] : []));
      const drawn = reporter.events.slice(down, up).filter((one) => one.type === 'motion' && '4' in one.valuators);
      // The last one is where it leaves the glass.
      assert.deepEqual(drawn.map((one) => Math.round(one.valuators['4'])), [...seen.map((one) => Math.round(one.pressure * 1000)), 0]);
      // The server tells places in whole pixels of its screen, and a pen's come in parts of them.
      seen.forEach(({ x, y }, at) => assert.ok(Math.hypot(drawn[at].x - x, drawn[at].y - y) < 1.5, `${drawn[at].x},${drawn[at].y} for ${x},${y}`));
      await page.reload();
      await whenLive(page);
      await settled();
    });

    test('a pen’s button is the right one, its other end erases as a device of its own', async () => {
      reporter.forget();
      await fingers.pen('mouseMoved', [300, 200]);
      await fingers.pen('mousePressed', [300, 200], { button: 'right', buttons: 2, force: 0.5 });
      await fingers.pen('mouseReleased', [300, 200], { button: 'right' });
      await reporter.whenButtons('+3 -3');
      const tip = reporter.pressed[0].source;
      reporter.forget();
      // The protocol of the tests knows no eraser, so the page gets the event that a digitiser's makes.
      await page.evaluate(() => {
        const stage = document.querySelector('.stage');
        const at = { clientX: 310, clientY: 210, pointerId: 77, pointerType: 'pen', bubbles: true, isPrimary: true };
        stage.setPointerCapture = () => undefined;
        stage.dispatchEvent(new PointerEvent('pointerdown', { ...at, button: 5, buttons: 32, pressure: 0.6 }));
        stage.dispatchEvent(new PointerEvent('pointermove', { ...at, clientX: 330, button: -1, buttons: 32, pressure: 0.7 }));
        stage.dispatchEvent(new PointerEvent('pointerup', { ...at, clientX: 330, button: 5, buttons: 0, pressure: 0 }));
        delete stage.setPointerCapture;
      });
      await reporter.whenButtons('+1 -1');
      assert.notEqual(reporter.pressed[0].source, tip);
      assert.ok(penPoints().some((one) => one.valuators['4'] === 700));
    });

    test('a hand that lies on the glass while the pen draws does nothing', async () => {
      reporter.forget();
      await fingers.pen('mouseMoved', [300, 300]);
      await fingers.pen('mousePressed', [300, 300], { button: 'left', buttons: 1, force: 0.5 });
      await fingers.down([500, 500]);
      await fingers.pen('mouseMoved', [320, 310], { buttons: 1, force: 0.5 });
      await fingers.move([520, 510]);
      await fingers.up();
      await fingers.tap([510, 480]);
      await fingers.pen('mouseReleased', [320, 310], { button: 'left' });
      await reporter.whenButtons('+1 -1');
      assert.deepEqual([...reporter.places(true), ...reporter.places(false)], ['300,300', '320,310']);
    });

    test('the cursor has the size and the hot spot of the desktop’s at every ratio', async () => {
      const shape = () => page.evaluate(async () => {
        const { cursor } = document.querySelector('.stage').style;
        const url = /url\("(data:[^"]+)"\)/.exec(cursor)?.[1];
        if (url === undefined) return null;
        const image = new Image();
        image.src = url;
        await image.decode();
        const [, x, y] = /\)?\s(\d+) (\d+), default$/.exec(cursor) ?? [];
        return { width: image.width, height: image.height, hot: [Number(x), Number(y)], set: /image-set/.test(cursor) };
      });
      await openOn({ viewport: { width: 1000, height: 640 } });
      const plain = await until('there is a cursor', shape);
      for (const ratio of [1.25, 2, 3]) {
        await openOn({ viewport: { width: 1000, height: 640 }, deviceScaleFactor: ratio });
        const dense = await until('there is a cursor', shape);
        // The desktop draws for device pixels: its cursor is as many of them, whatever their size.
        assert.deepEqual([dense.width, dense.height], [plain.width, plain.height]);
        assert.deepEqual(dense.hot, plain.hot.map((one) => Math.round(one / ratio)));
        assert.ok(dense.set);
      }
    });
  });
});
