// What a browser presented and when. Chromium's screencast gives each frame it swapped with the time of the swap; the
// markers that the workloads draw are read from those frames after the measurement, in a page of the same browser.

// Small frames cost the browser little; the markers are large enough to be read at a quarter of the size.
const shrink = 4;

export class Screencast {
  static async start(page) {
    const cast = new Screencast();
    cast.page = page;
    cast.frames = []; // {ms: wall clock, data: JPEG as base64}
    cast.client = await page.context().newCDPSession(page);
    cast.client.on('Page.screencastFrame', ({ data, metadata, sessionId }) => {
      cast.client.send('Page.screencastFrameAck', { sessionId }).catch(() => {}); // the page may be closing
      cast.frames.push({ ms: metadata.timestamp * 1000, data });
    });
    const { width, height } = page.viewportSize();
    await cast.client.send('Page.startScreencast', {
      format: 'jpeg', quality: 70, maxWidth: Math.ceil(width / shrink), maxHeight: Math.ceil(height / shrink), everyNthFrame: 1,
    });
    return cast;
  }

  async stop() {
    await this.client.send('Page.stopScreencast');
    await this.client.detach();
    return this.frames;
  }
}

// Chromium's capturer follows what moves at an even rate, as a film of 12 frames a second or more does, and drops the frames
// in which only something else changed: a letter would be dated by the film's next frame. It does so while two thirds of
// all damage are the film's. Dots in opposite corners that change at times make it less. Gives what ends that.
export async function showFramesBesideFilm(page) {
  await page.evaluate(({ everyMs }) => {
    const dots = [['top', 'right'], ['bottom', 'left']].map((corner) => {
      const dot = document.createElement('div');
      Object.assign(dot.style, { position: 'fixed', width: '1px', height: '1px', zIndex: 9, pointerEvents: 'none' });
      document.body.append(dot);
      return { dot, corner };
    });
    let count = 0;
    const timer = setInterval(() => {
      count += 1;
      for (const { dot, corner } of dots) {
        corner.forEach((side, i) => { dot.style[side] = `${count % (5 + 2 * i)}px`; });
        dot.style.background = count % 2 ? '#444' : '#555';
      }
    }, everyMs);
    globalThis.benchDots = () => {
      clearInterval(timer);
      for (const { dot } of dots) dot.remove();
    };
  }, { everyMs: 100 });
  return () => page.evaluate(() => benchDots());
}

// The mean colour [r, g, b] of the middle of each rectangle (desktop pixels) in each frame.
export async function colours(browser, frames, rects) {
  const page = await browser.newPage();
  const result = [];
  for (let from = 0; from < frames.length; from += 50) {
    const part = frames.slice(from, from + 50).map((frame) => frame.data);
    result.push(...(await page.evaluate(readColours, { part, rects, shrink })));
  }
  await page.close();
  return result;
}

// Runs in the page.
async function readColours({ part, rects, shrink }) {
  const found = [];
  for (const data of part) {
    const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/jpeg' }));
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    const context = canvas.getContext('2d', { willReadFrequently: true });
    context.drawImage(bitmap, 0, 0);
    bitmap.close();
    found.push(rects.map(({ x, y, width, height }) => {
      // The middle half, away from what JPEG spreads over edges.
      const [left, top] = [Math.round((x + width / 4) / shrink), Math.round((y + height / 4) / shrink)];
      const [w, h] = [Math.max(1, Math.round(width / 2 / shrink)), Math.max(1, Math.round(height / 2 / shrink))];
      const pixels = context.getImageData(left, top, w, h).data;
      const sum = [0, 0, 0];
      for (let i = 0; i < pixels.length; i += 4) for (let c = 0; c < 3; ++c) sum[c] += pixels[i + c];
      return sum.map((value) => value / (pixels.length / 4));
    }));
  }
  return found;
}

// The markers' colours in the order of the count; the same list as in workloads/keys.cpp.
export const markerColours = [[255, 255, 255], [255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 0], [0, 255, 255], [255, 0, 255]];
export const markerSide = 64;

// When each count of the key marker was first presented: Map count -> ms. `at` is the marker's place.
export async function markerTimes(browser, frames, at = { x: 0, y: 0 }) {
  const seen = new Map();
  let count = 0;
  const all = await colours(browser, frames, [{ ...at, width: markerSide, height: markerSide }]);
  all.forEach(([colour], index) => {
    const nearest = markerColours.findIndex((one) => one.every((value, c) => Math.abs(value - colour[c]) < 64));
    if (nearest < 0) return; // not painted yet
    while (count % markerColours.length !== nearest) ++count;
    if (!seen.has(count)) seen.set(count, frames[index].ms);
  });
  return seen;
}

// The video's frame number in each presented frame: [{ms, number}], where it could be read.
export async function counterTimes(browser, frames, at) {
  const bits = 10;
  const side = 32;
  const rects = Array.from({ length: bits }, (_, bit) => ({ x: at.x + bit * side, y: at.y, width: side, height: side }));
  const all = await colours(browser, frames, rects);
  const found = [];
  all.forEach((row, index) => {
    const levels = row.map(([r, g, b]) => (r + g + b) / 3);
    if (levels.some((level) => level > 80 && level < 175)) return; // not the video, or too blurred to be believed
    let number = levels.reduce((sum, level, bit) => sum | (level > 127 ? 1 << bit : 0), 0);
    for (let shift = 1; shift < bits; shift *= 2) number ^= number >> shift; // Gray code to binary
    found.push({ ms: frames[index].ms, number });
  });
  return found;
}
