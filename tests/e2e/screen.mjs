// What the X server holds, what the browser shows, and how they differ.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import pngjs from 'pngjs';

const run = promisify(execFile);

// `pixels`: 0xRRGGBB each, row by row.
const picture = ({ width, height, pixels }) => ({ width, height, pixels, rgb: (x, y) => pixels[y * width + x] });

export function readPng(file) {
  const { width, height, data } = pngjs.PNG.sync.read(file);
  const pixels = new Uint32Array(width * height);
  for (let i = 0; i < pixels.length; ++i) pixels[i] = data[i * 4] << 16 | data[i * 4 + 1] << 8 | data[i * 4 + 2];
  return picture({ width, height, pixels });
}

// The root window's picture, read by `xwd` (format: X11/XWDFile.h, version 7, ZPixmap).
export async function readDesktop({ display, xauthority }) {
  const { stdout } = await run('xwd', ['-root', '-silent', '-display', display], {
    encoding: 'buffer', maxBuffer: 1 << 28, env: { ...process.env, XAUTHORITY: xauthority },
  });
  const word = (index) => stdout.readUInt32BE(index * 4);
  const [headerSize, width, height, stride, colours] = [word(0), word(4), word(5), word(12), word(19)];
  const pixelBytes = word(11) / 8; // 4, or 3 where xwd packs what it merged from windows of several visuals
  if (word(1) !== 7 || ![3, 4].includes(pixelBytes)) throw new Error('xwd wrote a format this test does not read');
  const start = headerSize + colours * 12;
  const pixels = new Uint32Array(width * height);
  for (let y = 0; y < height; ++y) {
    for (let x = 0, at = start + y * stride; x < width; ++x, at += pixelBytes) pixels[y * width + x] = stdout[at] | stdout[at + 1] << 8 | stdout[at + 2] << 16;
  }
  return picture({ width, height, pixels });
}

// What fingers need lies over the picture.
const showHandle = (page, visibility) => page.evaluate((value) => {
  for (const handle of document.querySelectorAll('.edge-handle')) handle.style.visibility = value;
}, visibility);

// The canvas as the browser composed it, one picture pixel for one desktop pixel.
export async function readCanvas(page) {
  const clip = await page.locator('canvas').first().boundingBox();
  await showHandle(page, 'hidden');
  const png = await page.screenshot({ clip, scale: 'device', animations: 'disabled' });
  await showHandle(page, '');
  return readPng(png);
}

// A rectangle of such a picture; what lies outside of it is black.
export function crop(whole, { x, y, width, height }) {
  const pixels = new Uint32Array(width * height);
  for (let row = 0; row < height; ++row) {
    const from = (y + row) * whole.width;
    pixels.set(whole.pixels.subarray(from + x, from + Math.min(x + width, whole.width)), row * width);
  }
  return picture({ width, height, pixels });
}

// How many pixels differ, and where the first one is.
export function difference(a, b) {
  if (a.width !== b.width || a.height !== b.height) {
    return { pixels: Infinity, first: `sizes ${a.width}x${a.height} and ${b.width}x${b.height}` };
  }
  let pixels = 0;
  let first = null;
  for (let i = 0; i < a.pixels.length; ++i) {
    if (a.pixels[i] === b.pixels[i]) continue;
    ++pixels;
    first ??= `(${i % a.width}, ${Math.floor(i / a.width)}): ${a.pixels[i].toString(16)} and ${b.pixels[i].toString(16)}`;
  }
  return { pixels, first };
}
