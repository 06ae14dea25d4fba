// One Markdown table for each file: bytes, times and exactness of each coder, and how its bytes compare with ours.
// Ours, sharpening, is counted with the refinement of what is still; what it takes to show each frame first stands beside.
export function table(records) {
  return byName(records).map(([name, rows]) => section(name, rows)).join('\n');
}

function section(name, rows) {
  const ours = rows.find((one) => one.coder === 'vitrine-lossless');
  const what = rows[0].still ? 'one frame' : `${rows[0].frames} frames, mean of an update`;
  const head = ['coder', 'bytes', 'first paint', 'times ours, lossless', 'encode ms', 'decode ms', 'lowest PSNR, dB'];
  const lines = [...rows].sort((a, b) => a.bytes - b.bytes).map((one) => [
    one.coder, whole(one.bytes), one.lossy && !one.still && one.coder === 'vitrine' ? whole(one.bytes_first_paint_mean) : '', ours ? (one.bytes / ours.bytes).toFixed(2) : '',
    one.encodeMs.toFixed(2), one.decodeMs.toFixed(2), one.lossy ? one.psnr_min_db.toFixed(1) : 'exact',
  ]);
  const widths = head.map((_, column) => Math.max(...[head, ...lines].map((line) => line[column].length)));
  const row = (cells) => `| ${cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join(' | ')} |`;
  const rule = `|${widths.map((width, i) => (i === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  return `### ${name}: ${what}\n\n${[row(head), rule, ...lines.map(row)].join('\n')}\n`;
}

const whole = (value) => Math.round(value).toLocaleString('en');

// [[name, its records]] in the order of the first of each.
export function byName(records) {
  return [...new Set(records.map((one) => one.name))].map((name) => [name, records.filter((one) => one.name === name)]);
}
