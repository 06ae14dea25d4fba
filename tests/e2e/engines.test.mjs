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
import { Observer, copyTo, pasteFrom } from './engines/x_clients.mjs';
import { Site, temporaryFolder } from './site.mjs';
import { until } from './until.mjs';

const engines = [
  { name: 'Chromium', user: 'ada', launch: launchChromium },
  { name: 'Firefox', user: 'grace', launch: launchFirefox },
  { name: 'WebKitGTK', user: 'hedy', launch: launchWebkit },
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

describe('in each engine', { timeout: 300_000 }, () => {
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

  for (const { name, user, launch } of engines) {
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
        // Programs paste in their own time.
        await until('the editor has it', async () => {
          await device.press('shift+Home', 'ctrl+c');
          return String(await pasteFrom(desktop, 'UTF8_STRING')).endsWith(text);
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
        proxy.cut();
        await until('the page noticed', async () => (await person.state()).session !== 'live');
        await person.whenLive();
        await person.whenExact(desktop);
        assert.equal((await session()).session, desktop.session);
        await device.click(await person.place({ x: 400, y: 300 }));
        await device.type('and types on');
        await device.press('shift+Home', 'ctrl+c');
        await untilPasted('the editor has it', desktop, (got) => got.includes('and types on'));
      });
    });
  }
});
