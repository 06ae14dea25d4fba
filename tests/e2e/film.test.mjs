// A film on the desktop: it moves, the text beside and over it is exact all the while, and so is everything when it stops.
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pictures } from '../../bench/session/pictures.mjs';
import { Workload } from '../../bench/session/programs.mjs';
import { launchBrowser, newVisitor, openResource, signIn, state, whenExact } from './browser.mjs';
import { crop, difference, readCanvas, readDesktop } from './screen.mjs';
import { Site } from './site.mjs';
import { until } from './until.mjs';

const size = { width: 1600, height: 900 };
// At an odd place, where its stream lies beside the grid of cells.
const film = { x: 301, y: 151, width: 1280, height: 720 };
// A window of text over the film's middle, off its grid of cells, and what is beside the film.
const over = { x: 705, y: 411, width: 331, height: 203 };
const beside = [{ x: 0, y: 0, width: 300, height: 900 }, { x: 300, y: 0, width: 1300, height: 150 }];
// The film counts its frames in ten squares at its corner, Gray code, lowest bit first (bench/session/workloads/video.cpp).
const counter = { bits: 10, side: 32 };
const frames = 100_000;

describe('a film', () => {
  let site, browser, page, session, drawn, player, text;
  before(async () => {
    site = await Site.start();
    browser = await launchBrowser(site);
    drawn = await pictures(browser);
    await site.addUser('ada', 'correct horse battery');
    page = await newVisitor(browser, site, { viewport: size });
    await signIn(page, 'ada', 'correct horse battery');
    await openResource(page, 'text editor|mousepad');
    session = await until('the display has the size of the window', async () => {
      const [row] = await site.sessions({ user: 'ada' });
      return row?.width === size.width && row.height === size.height && row;
    });
    await until('the editor is on the screen, exact', async () => (await state(page)).exact === 'true');
    await page.keyboard.type('Text beside a film.');
    player = await play();
    text = await Workload.start(session, ['keys', '--picture', drawn.glyphs], Object.values(over));
  });
  after(async () => {
    await text?.stop();
    await player?.stop();
    await browser?.close();
    await site?.stop();
  });

  const play = () => Workload.start(session, ['video', '--picture', drawn.scenery, '--frames', String(frames)], Object.values(film));
  const painted = async () => Number((await state(page)).frames ?? 0);

  async function whenFilmRuns() {
    const before = await painted();
    await until('frames of a video stream are painted', async () => (await painted()) >= before + 20);
  }

  // The number of the frame that a picture shows, or null where it is between two.
  function frameOf(picture) {
    let number = 0;
    for (let bit = 0; bit < counter.bits; ++bit) {
      const colour = picture.rgb(film.x + bit * counter.side + counter.side / 2, film.y + counter.side / 2);
      const level = ((colour >> 16) + (colour >> 8 & 255) + (colour & 255)) / 3;
      if (level > 80 && level < 175) return null;
      if (level >= 175) number |= 1 << bit;
    }
    for (let shift = 1; shift < counter.bits; shift *= 2) number ^= number >> shift;
    return number;
  }

  // What frameOf() reads of a frame's number: of Gray code without its higher bits, every other 1024 count backwards.
  const folded = (number) => (number % 2048 < 1024 ? number % 2048 : 2047 - (number % 2048));

  const textExact = async (parts) => {
    const [desktop, canvas] = [await readDesktop(session), await readCanvas(page)];
    return parts.every((part) => difference(crop(desktop, part), crop(canvas, part)).pixels === 0);
  };

  test('goes to the page as a video stream', whenFilmRuns);

  test('text typed over it arrives exact while it plays, and what is beside it stays so', async () => {
    for (let i = 0; i < 5; ++i) {
      const typed = text.count('key');
      await page.keyboard.type('film');
      await until('the letters are drawn', () => text.count('key') === typed + 4);
      await until('the text over the film and beside it is exact', () => textExact([over, ...beside]));
    }
    await whenFilmRuns();
  });

  test('in every frame the text stays exact, never covered by the film', async () => {
    const still = await readDesktop(session);
    const seen = new Set();
    const covered = [];
    await until('six pictures of the canvas show different frames', async () => {
      const canvas = await readCanvas(page);
      const { pixels: wrong, first } = difference(crop(still, over), crop(canvas, over));
      if (wrong > 0) covered.push(`frame ${frameOf(canvas)}: ${wrong} pixels, first at ${first}`);
      seen.add(frameOf(canvas));
      return seen.size >= 6;
    });
    assert.deepEqual(covered, []);
  });

  test('the canvas follows the film', async () => {
    for (let i = 0; i < 3; ++i) {
      const drawnSoFar = player.count('frame');
      await until('the canvas shows a later frame', async () => {
        const shown = frameOf(await readCanvas(page));
        // Frame numbers begin at 0, and the last one counted may have a follower that is drawn but not yet reported.
        for (let number = drawnSoFar; number <= player.count('frame') + 1; ++number) {
          if (folded(number) === shown) return true;
        }
        return false;
      });
    }
  });

  test('a window of another size shows it again, with exact text', async () => {
    await page.setViewportSize({ ...size, width: size.width + 64 });
    await until('the display has the size of the window', async () => (await site.sessions({ user: 'ada' }))[0].width === size.width + 64);
    await whenFilmRuns();
    await until('the text over the film is exact', () => textExact([over]));
  });

  test('after it stops everything is exact', async () => {
    process.kill(player.child.pid, 'SIGSTOP');
    await whenExact(page, session);
    process.kill(player.child.pid, 'SIGCONT');
    await whenFilmRuns();
    await player.stop();
    player = null;
    await whenExact(page, session);
  });

  test('no page logged an error', () => assert.deepEqual(page.problems, []));
});
