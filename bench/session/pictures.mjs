// What the workloads draw: photo-like scenery from seeded noise, and a page of text and pictures as a browser sets it.
// Made once and kept in build/bench-pictures.
import { mkdir, rename, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { repository } from '../../tests/e2e/site.mjs';

const { PNG } = createRequire(path.join(repository, 'tests/e2e/package.json'))('pngjs');
// A new number when any picture changes, so that old files are not taken for new ones.
const folder = path.join(repository, 'build/bench-pictures/4');

// Paths of {scenery, wallpaper, glyphs, article, window} as PPM files, or of those named. Scenery and wallpaper need no browser.
export async function pictures(browser, names = Object.keys(makers)) {
  await mkdir(folder, { recursive: true });
  const made = {};
  for (const name of names) {
    made[name] = path.join(folder, `${name}.ppm`);
    if (await stat(made[name]).catch(() => null)) continue;
    const { width, height, rgb } = await makers[name](browser);
    const part = `${made[name]}.${process.pid}`;
    await writeFile(part, Buffer.concat([Buffer.from(`P6\n${width} ${height}\n255\n`), rgb]));
    await rename(part, made[name]);
  }
  return made;
}

const makers = {
  scenery: () => landscape(2000, 1100, 11),
  wallpaper: () => landscape(1920, 1080, 5),
  glyphs: (browser) => shot(browser, { width: 95 * 10, height: 20 }, glyphPage()),
  article: (browser) => shot(browser, { width: 1920, height: 14_400 }, articlePage()),
  window: (browser) => shot(browser, { width: 800, height: 600 }, windowPage()),
};

// Hills under a sky: smooth areas, edges and texture, with the fine noise every camera adds.
function landscape(width, height, seed) {
  const rgb = Buffer.alloc(width * height * 3);
  const fine = random(seed);
  const ridges = [0.42, 0.55, 0.7].map((level, index) =>
    Float64Array.from({ length: width }, (_, x) => height * (level + 0.22 * (noise(x / (260 - 60 * index), index * 7.3, seed) - 0.5))));
  for (let y = 0, at = 0; y < height; ++y) {
    for (let x = 0; x < width; ++x, at += 3) {
      const layer = ridges.reduce((found, ridge, index) => (y > ridge[x] ? index + 1 : found), 0);
      const texture = layer === 0 ? fractal(x, y, seed, 5, 1.9) : 1.9 * fractal(x, y * 1.5, seed + layer, 6, 1.2) - 0.65;
      const [r, g, b] = colours[layer];
      const light = (layer === 0 ? 0.75 + 0.35 * (y / height) : 0.55) + 0.5 * texture;
      const grain = (fine() - 0.5) * 4;
      rgb[at] = clamp(r * light + grain + (fine() - 0.5) * 3);
      rgb[at + 1] = clamp(g * light + grain);
      rgb[at + 2] = clamp(b * light + grain + (fine() - 0.5) * 3);
    }
  }
  return { width, height, rgb };
}

const colours = [[126, 170, 214], [116, 132, 140], [84, 116, 78], [70, 84, 46]];
const clamp = (value) => Math.max(0, Math.min(255, Math.round(value)));

// Octaves of value noise, each weighing `fall` times less than the coarser one before it; 0 to 1.
function fractal(x, y, seed, octaves, fall) {
  let sum = 0;
  let all = 0;
  for (let octave = 0, size = 320, weight = 1; octave < octaves; ++octave, size /= 2.5, weight /= fall) {
    sum += weight * noise(x / size, y / size, seed + octave * 101);
    all += weight;
  }
  return sum / all;
}

function noise(x, y, seed) {
  const [ix, iy] = [Math.floor(x), Math.floor(y)];
  const [fx, fy] = [smooth(x - ix), smooth(y - iy)];
  const top = lattice(ix, iy, seed) * (1 - fx) + lattice(ix + 1, iy, seed) * fx;
  const bottom = lattice(ix, iy + 1, seed) * (1 - fx) + lattice(ix + 1, iy + 1, seed) * fx;
  return top * (1 - fy) + bottom * fy;
}
const smooth = (t) => t * t * (3 - 2 * t);
function lattice(x, y, seed) {
  let h = Math.imul(x, 0x27d4eb2d) ^ Math.imul(y, 0x165667b1) ^ Math.imul(seed, 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 15), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) / 4294967296;
}
function random(seed) {
  let state = seed >>> 0;
  return () => ((state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 4294967296);
}

async function shot(browser, size, html) {
  const page = await browser.newPage({ viewport: { width: size.width, height: Math.min(size.height, 1080) } });
  await page.setContent(html, { waitUntil: 'load' });
  const png = PNG.sync.read(await page.screenshot({ fullPage: true, clip: { x: 0, y: 0, ...size } }));
  await page.close();
  const rgb = Buffer.alloc(png.width * png.height * 3);
  for (let i = 0, at = 0; at < rgb.length; i += 4, at += 3) png.data.copy(rgb, at, i, i + 3);
  return { width: png.width, height: png.height, rgb };
}

function glyphPage() {
  const letters = Array.from({ length: 95 }, (_, i) => `<span>&#${32 + i};</span>`).join('');
  return `<style>body{margin:0;white-space:nowrap;font:16px/20px "DejaVu Sans Mono",monospace;background:#fff;color:#111}
    span{display:inline-block;width:10px;height:20px;overflow:hidden;white-space:pre}</style>${letters}`;
}

const words = `the of a and to in that it is was for on with as by at from window light river stone harbour market bridge
  morning engine letter garden winter colour paper method figure measure signal network screen picture quiet number
  history village mountain northern between without against under several early later common simple further known
  called built found given large small open deep`.split(/\s+/);

function prose(next, count) {
  const text = Array.from({ length: count }, () => words[Math.floor(next() * words.length)]).join(' ');
  return `${text[0].toUpperCase()}${text.slice(1)}.`;
}

export function articlePage() {
  const next = random(3);
  let body = '<h1>An illustrated page</h1>';
  for (let section = 0; section < 26; ++section) {
    body += `<h2>${prose(next, 4)}</h2>`;
    if (section % 2 === 0) {
      body += `<figure><img src="${dataUrl(landscape(560, 380, 20 + section))}"><figcaption>${prose(next, 9)}</figcaption></figure>`;
    }
    for (let i = 0; i < 3; ++i) body += `<p>${prose(next, 40 + Math.floor(next() * 60))} <a>${prose(next, 3)}</a> ${prose(next, 40)}</p>`;
    if (section % 3 === 1) body += table(next);
  }
  return `<style>body{margin:0 300px;font:18px/29px "DejaVu Serif",serif;color:#202122;background:#fff}a{color:#0645ad}
    h1,h2{font-weight:normal;border-bottom:1px solid #a2a9b1;clear:both}figure{float:right;margin:0 0 20px 30px;padding:5px;
    border:1px solid #c8ccd1;background:#f8f9fa;width:560px}figcaption{font:14px "DejaVu Sans",sans-serif}
    table{border-collapse:collapse;font:15px "DejaVu Sans",sans-serif}td{border:1px solid #a2a9b1;padding:6px 14px}
    tr:nth-child(odd){background:#eaecf0}</style>${body}`;
}

function table(next) {
  const row = () => `<tr>${Array.from({ length: 5 }, () => `<td>${prose(next, 2)} ${Math.floor(next() * 9000)}</td>`).join('')}</tr>`;
  return `<table>${Array.from({ length: 7 }, row).join('')}</table>`;
}

function windowPage() {
  const next = random(9);
  return `<style>body{margin:0;font:15px/22px "DejaVu Sans",sans-serif;color:#222;background:#fafafa}
    header{background:#3b5878;color:#fff;padding:8px 14px}p{margin:12px 16px}</style>
    <header>Notes</header>${Array.from({ length: 7 }, () => `<p>${prose(next, 45)}</p>`).join('')}`;
}

function dataUrl({ width, height, rgb }) {
  const png = new PNG({ width, height });
  for (let i = 0, at = 0; at < rgb.length; i += 4, at += 3) {
    rgb.copy(png.data, i, at, at + 3);
    png.data[i + 3] = 255;
  }
  return `data:image/png;base64,${PNG.sync.write(png).toString('base64')}`;
}
