// What the X server holds, what the browser shows, and how they differ.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import pngjs from 'pngjs';

const run = promisify(execFile);

// The root window's pixels as {width, height, rgb(x, y)}, read by `xwd` (format: X11/XWDFile.h, version 7, ZPixmap).
export async function readDesktop({ display, xauthority }) {
  const { stdout } = await run('xwd', ['-root', '-silent', '-display', display], {
    encoding: 'buffer', maxBuffer: 1 << 28, env: { ...process.env, XAUTHORITY: xauthority },
  });
  const word = (index) => stdout.readUInt32BE(index * 4);
  const [headerSize, width, height, stride, colours] = [word(0), word(4), word(5), word(12), word(19)];
  const pixelBytes = word(11) / 8; // 4, or 3 where xwd packs what it merged from windows of several visuals
  if (word(1) !== 7 || ![3, 4].includes(pixelBytes)) throw new Error('xwd wrote a format this test does not read');
  const start = headerSize + colours * 12;
  return { width, height, rgb: (x, y) => stdout.readUIntLE(start + y * stride + x * pixelBytes, 3) };
}

// What fingers need lies over the picture.
const showHandle = (page, visibility) => page.evaluate((value) => {
  for (const handle of document.querySelectorAll('.edge-handle')) handle.style.visibility = value;
}, visibility);

// The canvas as the browser composed it, one picture pixel for one desktop pixel.
export async function readCanvas(page) {
  const clip = await page.locator('canvas').first().boundingBox();
  await showHandle(page, 'hidden');
  const png = pngjs.PNG.sync.read(await page.screenshot({ clip, scale: 'device', animations: 'disabled' }));
  await showHandle(page, '');
  return {
    width: png.width, height: png.height,
    rgb: (x, y) => png.data.readUIntBE((y * png.width + x) * 4, 3),
  };
}

// A rectangle of such a picture.
export function crop(picture, { x, y, width, height }) {
  return { width, height, rgb: (column, row) => picture.rgb(x + column, y + row) };
}

// How many pixels differ, and where the first one is.
export function difference(a, b) {
  if (a.width !== b.width || a.height !== b.height) {
    return { pixels: Infinity, first: `sizes ${a.width}x${a.height} and ${b.width}x${b.height}` };
  }
  let pixels = 0;
  let first = null;
  for (let y = 0; y < a.height; ++y) {
    for (let x = 0; x < a.width; ++x) {
      if (a.rgb(x, y) === b.rgb(x, y)) continue;
      ++pixels;
      first ??= `(${x}, ${y}): ${a.rgb(x, y).toString(16)} and ${b.rgb(x, y).toString(16)}`;
    }
  }
  return { pixels, first };
}
