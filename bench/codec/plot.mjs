// Bytes against encode time, both logarithmic, one panel a file on the same axes: what is nearer to the lower left corner
// is better. Filled marks are exact, hollow ones lossy.
import { byName } from './table.mjs';

const panel = { width: 300, height: 210, left: 58, top: 34, gapX: 22, gapY: 62 };
const columns = 3;
const legendTop = 74;
const headHeight = 118;

const coders = {
  'vitrine-lossless': { label: 'Vitrine, lossless', colour: '#c2185b', shape: 'star' },
  vitrine: { label: 'Vitrine, sharpening', colour: '#c2185b', shape: 'star' },
  'png-1': { label: 'PNG 1', colour: '#9a6700', shape: 'square' },
  'png-6': { label: 'PNG 6', colour: '#d4a017', shape: 'square' },
  'webp-0': { label: 'WebP lossless 0', colour: '#1b7f3b', shape: 'triangle' },
  'webp-3': { label: 'WebP lossless 3', colour: '#66bb6a', shape: 'triangle' },
  'qoi+zstd-1': { label: 'QOI + zstd 1', colour: '#6a3fb5', shape: 'circle' },
  'x264-lossless': { label: 'x264 lossless 4:4:4', colour: '#0b5cad', shape: 'diamond' },
  x264: { label: 'x264 4:2:0', colour: '#0b5cad', shape: 'diamond' },
  vp9: { label: 'VP9 4:2:0', colour: '#00838f', shape: 'diamond' },
};

const escape = (text) => String(text).replace(/[&<>]/g, (letter) => `&#${letter.charCodeAt(0)};`);
const text = (x, y, words, extra = '') => `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${extra}>${escape(words)}</text>`;

export function plot(records) {
  const files = byName(records);
  const wide = Math.min(columns, files.length);
  const width = Math.max(3, wide) * (panel.left + panel.width + panel.gapX) + 20;
  const height = headHeight + Math.ceil(files.length / columns) * (panel.top + panel.height + panel.gapY);
  // Whole screens and small updates lie so far apart that each kind has axes of its own.
  const axes = new Map([true, false].map((still) => [still, axesOf(records.filter((one) => one.still === still))]));
  const parts = [
    text(20, 32, 'Bytes against encode time', 'font-size="20" font-weight="600"'),
    text(20, 52, 'One thread, every result decoded and compared. Lower left is better; filled: exact, hollow: lossy when first shown.', 'fill="#555"'),
    legend(records, width),
    ...files.map(([name, rows], index) => drawPanel(name, rows, axes.get(rows[0].still),
      20 + (index % columns) * (panel.left + panel.width + panel.gapX) + panel.left,
      headHeight + Math.floor(index / columns) * (panel.top + panel.height + panel.gapY) + panel.top)),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="DejaVu Sans, sans-serif" font-size="12" fill="#222">
<rect width="100%" height="100%" fill="white"/>
${parts.join('\n')}
</svg>
`;
}

function axesOf(records) {
  return { x: decades(records.map((one) => Math.max(one.encodeMs, 0.01))), y: decades(records.map((one) => Math.max(one.bytes, 1))) };
}

// The powers of ten around all values.
function decades(values) {
  if (values.length === 0) return { from: 0, to: 1 };
  const from = Math.floor(Math.log10(Math.min(...values)));
  return { from, to: Math.max(from + 1, Math.ceil(Math.log10(Math.max(...values)))) };
}

function legend(records, width) {
  const shown = Object.entries(coders).filter(([name]) => records.some((one) => one.coder === name));
  const perRow = Math.ceil(shown.length / 2);
  const step = (width - 40) / perRow;
  return shown.map(([name, { label }], index) => {
    const [x, y] = [30 + (index % perRow) * step, legendTop + Math.floor(index / perRow) * 22];
    const lossy = records.some((one) => one.coder === name && one.lossy);
    return mark(coders[name], x, y, lossy) + text(x + 12, y + 4, label);
  }).join('\n');
}

function drawPanel(name, rows, axes, left, top) {
  const x = (ms) => left + ((Math.log10(Math.max(ms, 0.01)) - axes.x.from) / (axes.x.to - axes.x.from)) * panel.width;
  const y = (bytes) => top + panel.height - ((Math.log10(Math.max(bytes, 1)) - axes.y.from) / (axes.y.to - axes.y.from)) * panel.height;
  const parts = [text(left, top - 10, `${name}, ${rows[0].still ? 'first frame' : 'mean update'}`, 'font-size="13" font-weight="600"')];
  for (let power = axes.x.from; power <= axes.x.to; ++power) {
    const at = x(10 ** power);
    parts.push(line(at, top, at, top + panel.height), text(at, top + panel.height + 16, number(10 ** power), 'text-anchor="middle" fill="#555" font-size="11"'));
  }
  for (let power = axes.y.from; power <= axes.y.to; ++power) {
    const at = y(10 ** power);
    parts.push(line(left, at, left + panel.width, at), text(left - 7, at + 4, bytesLabel(10 ** power), 'text-anchor="end" fill="#555" font-size="11"'));
  }
  parts.push(text(left + panel.width, top + panel.height + 32, 'encode, ms', 'text-anchor="end" fill="#555" font-size="11"'));
  // Ours last, so that nothing lies over it.
  const order = [...rows].filter((one) => coders[one.coder]).sort((a, b) => Number(a.coder.startsWith('vitrine')) - Number(b.coder.startsWith('vitrine')));
  for (const one of order) parts.push(mark(coders[one.coder], x(one.encodeMs), y(one.bytes), one.lossy));
  return parts.join('\n');
}

const line = (x1, y1, x2, y2) =>
  `<line x1="${x1.toFixed(1)}" y1="${y1.toFixed(1)}" x2="${x2.toFixed(1)}" y2="${y2.toFixed(1)}" stroke="#e3e3e3"/>`;
const number = (value) => (value >= 1 ? value.toLocaleString('en') : String(Number(value.toPrecision(1))));
const bytesLabel = (value) => (value >= 1e6 ? `${value / 1e6} MB` : value >= 1e3 ? `${value / 1e3} kB` : `${value} B`);

const outlines = {
  square: [[-5, -5], [5, -5], [5, 5], [-5, 5]],
  triangle: [[0, -6], [6, 5], [-6, 5]],
  diamond: [[0, -7], [6, 0], [0, 7], [-6, 0]],
  circle: Array.from({ length: 16 }, (_, i) => [5.5 * Math.cos((i * Math.PI) / 8), 5.5 * Math.sin((i * Math.PI) / 8)]),
  star: Array.from({ length: 10 }, (_, i) => {
    const radius = i % 2 === 0 ? 9 : 4;
    return [radius * Math.sin((i * Math.PI) / 5), -radius * Math.cos((i * Math.PI) / 5)];
  }),
};

function mark({ colour, shape }, x, y, hollow) {
  const points = outlines[shape].map(([dx, dy]) => `${(x + dx).toFixed(1)},${(y + dy).toFixed(1)}`).join(' ');
  return `<polygon points="${points}" fill="${hollow ? 'white' : colour}" stroke="${colour}" stroke-width="1.8"/>`;
}
