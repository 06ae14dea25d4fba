// The journey of a user in each browser engine, by real keys, a real pointer and the device's own clipboard; and a table of
// what each can and cannot, which this run writes to out/engines.md.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import pngjs from 'pngjs';
import { pictures } from '../../bench/session/pictures.mjs';
import { Workload } from '../../bench/session/programs.mjs';
import { CuttableProxy } from './cuttable_proxy.mjs';
import { launchChromium } from './engines/chromium.mjs';
import { Device } from './engines/device.mjs';
import { launchFirefox } from './engines/firefox.mjs';
import { Person } from './engines/person.mjs';
import { probe } from './engines/probes.mjs';
import { writeTable } from './engines/table.mjs';
import { launchWebkit } from './engines/webkit.mjs';
import { Observer, ask, copyTo, pasteFrom } from './engines/x_clients.mjs';
import { EventReporter } from './event_reporter.mjs';
import { bytesToViewers } from './gateway_metrics.mjs';
import { Site, temporaryFolder } from './site.mjs';
import { until } from './until.mjs';

const engines = [
  { name: 'Chromium', user: 'ada', launch: launchChromium },
  { name: 'Firefox', user: 'grace', launch: launchFirefox },
  { name: 'WebKitGTK', user: 'hedy', launch: launchWebkit, hidesZoom: 'its pixel ratio stays the same when it zooms' },
].filter(({ name }) => new RegExp(process.env.ENGINES ?? '', 'i').test(name));
const password = 'correct horse battery';
const windowSize = { width: 1180, height: 900 };

// A picture in which every pixel differs from its neighbours, so that a scaled or shifted one is noticed.
function pattern(width, height) {
  const png = new pngjs.PNG({ width, height });
  for (let i = 0; i < width * height; ++i) {
    png.data.set([(i * 7) & 255, (i * 13 + 85) & 255, ((i / width) * 29) & 255, 255], i * 4);
  }
  return pngjs.PNG.sync.write(png);
}
const samePicture = (bytes, wanted) => bytes !== null && bytes.length > 8 && pngjs.PNG.sync.read(bytes).data.equals(pngjs.PNG.sync.read(wanted).data);

// Until a program on this screen that pastes text gets what `fits`.
const untilPasted = (what, screen, fits) => until(what, async () => {
  const got = String(await pasteFrom(screen, 'UTF8_STRING'));
  if (!fits(got)) throw new Error(`it got ${JSON.stringify(got)}`);
  return true;
});

describe('in each engine', { timeout: 900_000 }, () => {
  let site, proxy, device, drawn;
  const found = [];
  before(async () => {
    site = await Site.start();
    proxy = await CuttableProxy.start(new URL(site.url));
    device = await Device.start({ width: 1400, height: 1050 });
    drawn = await pictures(null, ['scenery']);
    const letter = `${temporaryFolder()}/letter.txt`;
    await writeFile(letter, `\n${Array.from({ length: 120 }, (_, line) => `${line} ${'The quick brown fox jumps over the lazy dog; '.slice(line % 7).repeat(2)}\n`).join('')}`, { mode: 0o644 });
    await site.vitrine(['app', 'add', 'letter', '--name', 'Letter', '--command', `mousepad ${letter}`]);
    for (const { user } of engines) {
      await site.addUser(user, password);
      await site.vitrine(['app', 'grant', 'letter', '--user', user]);
    }
  });
  after(async () => {
    await device?.stop();
    await proxy?.stop();
    await site?.stop();
    await writeTable(found);
  });

  for (const { name, user, launch, hidesZoom = false } of engines) {
    describe(name, () => {
      let browser, person, desktop;
      const can = {};
      const session = async () => (await site.sessions({ user }))[0];
      // Notes whether something came by itself, or only once the person did something more.
      const comes = async (feature, arrived, helped) => {
        try {
          await until('it comes by itself', arrived, { timeoutMs: 1_500 });
          can[feature] = 'by itself';
        } catch {
          await device.press('Shift_L');
          await until('it comes with the next key', arrived);
          can[feature] = helped;
        }
      };

      before(async () => {
        browser = await launch(device, site);
        person = new Person(device, browser);
        await until('its window has the focus', () => device.window());
        await device.resize(windowSize);
      });
      after(async () => {
        await browser?.stop();
        found.push({ name, version: browser?.version, can });
      });

      test('says what it can', async () => {
        await browser.open(proxy.url);
        Object.assign(can, Object.fromEntries(await browser.evaluate(probe)));
      });

      test('signs in and opens an app, exact to the pixel', async () => {
        await person.signIn(proxy.url, user, password);
        await person.openResource('Letter');
        desktop = await session();
        await person.whenExact(desktop);
      });

      test('clicks where the pointer is, and turns the wheel as far', async () => {
        const window = await Observer.start(desktop, { x: 120, y: 130, width: 500, height: 400 });
        try {
          const at = { x: 333, y: 377 };
          for (const button of [1, 3, 2]) await device.click(await person.place(at), button);
          await until('three buttons are pressed', () => window.presses().length >= 3);
          assert.deepEqual(window.presses(), [1, 3, 2].map((button) => ({ button, ...at })));
          await device.wheel(await person.place(at), 3);
          await device.wheel(await person.place(at), -2);
          const wheel = () => window.presses().slice(3).map(({ button }) => button);
          await until('the wheel came back', () => wheel().filter((button) => button === 4).length >= 2);
          can['Wheel, 3 notches down and 2 up'] = wheel().join(' ');
          assert.deepEqual(wheel(), [5, 5, 5, 4, 4]);
        } finally {
          await window.stop();
        }
      });

      test('gives its pointer to a program that steers by it, move for move, and takes it back with Esc', async () => {
        const game = await EventReporter.start(desktop, '--steers');
        const locked = () => browser.evaluate(() => document.pointerLockElement !== null);
        const offered = () => browser.evaluate(() => document.querySelector('.capture-offer').getClientRects().length > 0);
        try {
          await device.point(await person.place({ x: 300, y: 300 }));
          await until('the page offers the capture', async () => {
            await device.pointBy(5, 3);
            return offered();
          }, { everyMs: 30 });
          await person.click('.capture-offer button', 'capture');
          await until('the pointer is captured', locked);
          await browser.evaluate(() => {
            window.pushed = { x: 0, y: 0 };
            window.addEventListener('pointermove', ({ movementX, movementY }) => {
              window.pushed.x += movementX;
              window.pushed.y += movementY;
            }, { capture: true });
          });
          game.forget();
          // Further than any screen is wide, there and back. What the browser tells of it has to arrive, move for move; that
          // it tells of everything is its own affair: some lose what comes while they put the device's pointer back.
          const told = () => browser.evaluate(() => window.pushed);
          const pushed = { x: 0, y: 0 };
          for (const [times, dx, dy] of [[1, 7, 0], [2, -3, 11], ...Array(8).fill([6, 61, -17]), ...Array(10).fill([3, -91, 31]), [1, 1, 1]]) {
            const before = JSON.stringify(await told());
            for (let i = 0; i < times; ++i) await device.pointBy(dx, dy);
            Object.assign(pushed, { x: pushed.x + times * dx, y: pushed.y + times * dy });
            await until('the browser tells of it', async () => JSON.stringify(await told()) !== before);
          }
          await until('the program was turned as the browser told', async () => {
            const [wanted, got] = [await told(), game.turned];
            if (wanted.x === got.x && wanted.y === got.y) return true;
            throw new Error(`by ${got.x}, ${got.y}, not ${wanted.x}, ${wanted.y}`);
          });
          can['Captured pointer: tells of every move'] = await told().then(({ x, y }) => x === pushed.x && y === pushed.y);
          await device.press('Escape');
          await until('the pointer is free', async () => !(await locked()));
          can['Captured pointer: Esc gives it back'] = true;
        } finally {
          if (await locked()) await device.press('Escape');
          await game.stop();
        }
      });

      test('is exact at every zoom of the browser, and a click hits its pixel', { skip: hidesZoom }, async () => {
        const program = await EventReporter.start(desktop);
        const ratios = [];
        try {
          for (const keys of [['minus'], ['equal', 'equal'], ['equal'], ['equal', 'equal'], ['0']]) {
            // With the page's menu open keys are the browser's.
            await device.press('ctrl+alt+shift+m');
            await until('the menu is open', () => browser.evaluate(() => document.querySelector('dialog.menu').open));
            let { ratio } = await person.canvas();
            for (const key of keys) {
              await device.press(`ctrl+${key}`);
              ratio = await until('the browser has zoomed', async () => {
                const canvas = await person.canvas();
                return canvas.ratio !== ratio && canvas.ratio;
              });
            }
            ratios.push(Math.round(ratio * 100));
            await device.press('Escape');
            await until('the menu is closed', () => browser.evaluate(() => document.querySelector('dialog[open]') === null));
            await person.whenExact(desktop);
            const { width, height } = await person.canvas();
            for (const at of [{ x: 1, y: 1 }, { x: 311, y: 173 }, { x: width - 2, y: 61 }, { x: 97, y: height - 2 }]) {
              program.forget();
              await device.click(await person.place(at));
              await program.whenButtons('+1 -1');
              assert.deepEqual(program.places(true), [`${at.x},${at.y}`], `at ${ratios.at(-1)} %`);
            }
            const dpi = async () => Number(/Xft\.dpi:\s*(\d+)/.exec(await ask(desktop, 'xrdb', '-query'))?.[1]);
            await until('the desktop draws for that zoom', async () => {
              const has = await dpi();
              if (Math.abs(has - 96 * ratio) < 1) return true;
              throw new Error(`it draws for ${has} dpi, not ${96 * ratio}`);
            });
          }
          can['Sharp and exact at zooms of'] = ratios.map((one) => `${one} %`).join(', ');
        } finally {
          await program.stop();
        }
      });

      test('gives the desktop the keys that it keeps for itself, in full screen or by a button', async () => {
        const captures = [can['Keyboard lock (navigator.keyboard)'], can['Keyboard lock (full screen option)']].includes(true);
        const program = await EventReporter.start(desktop);
        const pressed = () => program.events.filter((one) => one.type === 'key' && one.down).length;
        const full = () => browser.evaluate(() => document.fullscreenElement !== null);
        const arrive = (count) => until(`${count} keys arrive`, () => {
          if (pressed() === count) return true;
          throw new Error(`${pressed()} came`);
        });
        try {
          await device.press('ctrl+alt+shift+m');
          await until('the menu is open', () => browser.evaluate(() => document.querySelector('dialog.menu').open));
          await until('the chord is over on the desktop, too', () => program.events.filter((one) => one.type === 'key' && !one.down).length >= 3);
          program.forget();
          if (!captures) {
            await person.click('dialog.menu button', '^Ctrl \\+ W$');
            return await arrive(2);
          }
          await person.click('dialog.menu button', '^full screen');
          await until('the page fills the screen', full);
          await device.press('ctrl+t', 'ctrl+w', 'Escape');
          await arrive(5);
          assert.equal(await full(), true);
          await device.holdDown('Escape');
          await until('it is left', async () => !(await full()));
          await device.letUp('Escape');
          can['Ctrl+W, Ctrl+T, Esc captured in full screen'] = true;
        } finally {
          await program.stop();
        }
      });

      test('types, and what a program copies is on the device', async () => {
        const text = `${name}: "quoted" {braces} ~/path_1 <tag> & 100%`;
        await device.click(await person.place({ x: 400, y: 300 }));
        await device.press('ctrl+Home');
        await device.type(text);
        await device.press('shift+Home', 'ctrl+c');
        await untilPasted('the editor has it', desktop, (got) => got === text);
        await comes('Clipboard: text from the desktop', async () => String(await device.paste('UTF8_STRING')) === text, 'with the next key or click');
        await person.whenExact(desktop);
      });

      test('pastes what the device has copied', async () => {
        const text = `from the device of ${name}: ñ € 世界`;
        await device.copy('UTF8_STRING', text);
        await device.press('End', 'ctrl+v');
        await untilPasted('a program can paste it', desktop, (got) => got === text);
        // Programs paste in their own time. Marked, not copied: a copy that comes late would take the clipboard from
        // the picture that follows.
        await until('the editor has it', async () => {
          await device.press('shift+Home');
          return String(await pasteFrom(desktop, 'UTF8_STRING', 'primary')).endsWith(text);
        }, { everyMs: 250 });
        can['Clipboard: text to the desktop'] = 'with Ctrl+V';
      });

      test('brings a picture from the desktop', async () => {
        const picture = pattern(90, 70);
        await copyTo(desktop, 'image/png', picture);
        await comes('Clipboard: picture from the desktop', async () => samePicture(await device.paste('image/png'), picture), 'with the next key or click');
      });

      test('brings a picture to the desktop', async () => {
        const picture = pattern(120, 80);
        await device.copy('image/png', picture);
        await device.press('ctrl+v');
        await until('a program can paste the picture', async () => samePicture(await pasteFrom(desktop, 'image/png'), picture));
        can['Clipboard: picture to the desktop'] = 'with Ctrl+V';
      });

      test('scrolls a document, exact', async () => {
        await device.wheel(await person.place({ x: 400, y: 300 }), 5);
        await person.whenExact(desktop);
      });

      test('shows a film', async () => {
        const before = Number((await person.state()).frames ?? 0);
        const player = await Workload.start(desktop, ['video', '--picture', drawn.scenery, '--frames', '100000'], [60, 90, 640, 360]);
        try {
          await until('frames of a video stream are painted', async () => Number((await person.state()).frames) >= before + 20);
          can['Film is shown as'] = (await person.state()).video;
        } finally {
          await player.stop();
        }
        await person.whenExact(desktop);
      });

      test('follows the size of its window, exact', async () => {
        await device.resize({ width: windowSize.width - 167, height: windowSize.height - 121 });
        await until('the desktop has the size of the page', async () => {
          const { width, height } = await session();
          const page = await browser.evaluate(() => ({ width: innerWidth, height: innerHeight }));
          return width === page.width && height === page.height && width < desktop.width;
        });
        await person.whenExact(desktop);
      });

      // Before the cut: Firefox counts a lost connection as an error of the page.
      test('no page logged an error', () => assert.deepEqual(browser.problems, []));

      test('comes back after a cut, in the same session', async () => {
        // It is back before one could look, so the page is told to remember.
        await browser.evaluate(() => {
          const root = document.documentElement;
          new MutationObserver(() => { if (root.dataset.session !== 'live' && root.dataset.noticed !== 'true') root.dataset.noticed = 'true'; }).observe(root, { attributes: true });
        });
        proxy.cut();
        await until('the page noticed', async () => (await person.state()).noticed === 'true');
        await person.whenLive();
        await person.whenExact(desktop);
        assert.equal((await session()).session, desktop.session);
        await device.click(await person.place({ x: 400, y: 300 }));
        await device.type('and types on');
        await device.press('shift+Home', 'ctrl+c');
        await untilPasted('the editor has it', desktop, (got) => got.includes('and types on'));
      });

      test('keeps the picture where a policy lets it, and is sent next to nothing when it is loaded anew', async (t) => {
        const feature = 'Picture kept on the device, encrypted';
        can[feature] = await browser.evaluate(() => typeof navigator.storage?.getDirectory === 'function');
        if (!can[feature]) return t.skip('it has no file system for pages');
        // Bytes that a load of the page takes until it is exact.
        const load = async () => {
          const before = await bytesToViewers(site);
          await browser.evaluate(() => {
            document.documentElement.dataset.session = 'left';
            setTimeout(() => location.reload());
          });
          await person.whenLive();
          await person.whenExact(desktop);
          return (await bytesToViewers(site)) - before;
        };
        const whole = await load();
        await site.vitrine(['policy', 'set', '--resource', 'letter', '--user', user, 'device_cache=yes']);
        await until('the device keeps the picture', async () => {
          // As when the window is covered: what is due later is put aside now.
          return browser.evaluate(async () => {
            for (const state of ['hidden', 'visible']) {
              Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => state });
              document.dispatchEvent(new Event('visibilitychange'));
            }
            const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('snapshots');
            for await (const handle of folder.values()) if ((await handle.getFile()).size > 0) return true;
            return false;
          });
        }, { everyMs: 200 });
        const again = await load();
        t.diagnostic(`${again} bytes when it was loaded anew, ${whole} without what the device kept`);
        // A caret that blinks may be elsewhere than it was.
        assert.ok(again < whole / 4, `${again} of ${whole}`);
      });
    });
  }
});
