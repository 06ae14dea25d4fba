// One SVG of a run: times from key or click to picture as bars, and how old the picture was over time where a link changed.
const width = 900;
const left = 300;
const escape = (text) => String(text).replace(/[&<>]/g, (letter) => `&#${letter.charCodeAt(0)};`);
const text = (x, y, words, extra = '') => `<text x="${x}" y="${y}" ${extra}>${escape(words)}</text>`;

export function plot(records) {
  const parts = [];
  let y = 30;
  const latencies = records.flatMap(times);
  if (latencies.length > 0) y = bars(parts, y, latencies);
  for (const record of records.filter((one) => one.series?.length > 1)) y = timeline(parts, y + 30, record);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${y + 20}" font-family="sans-serif" font-size="12">
<rect width="100%" height="100%" fill="white"/>
${parts.join('\n')}
</svg>
`;
}

// A record's latencies, a row each: {label, p50, p95, p99}.
function times(record) {
  const of = record.product === undefined || record.product === 'vitrine' ? '' : `, ${record.product}`;
  return [['key', record.key_to_picture_ms], ['click', record.click_to_picture_ms]]
    .filter(([, spread]) => spread?.n > 0)
    .map(([kind, spread]) => ({ label: `${record.scenario}, ${record.link}${of}: ${kind}`, ...spread }));
}

// p50 dark, p95 lighter, p99 lightest.
function bars(parts, top, rows) {
  const scale = (width - left - 120) / Math.max(...rows.map((one) => one.p99));
  parts.push(text(10, top, 'Key and click to presented picture, ms: p50, p95, p99', 'font-weight="bold"'));
  rows.forEach(({ label, p50, p95, p99 }, index) => {
    const y = top + 14 + index * 24;
    parts.push(text(10, y + 13, label));
    for (const [value, colour] of [[p99, '#c6dbef'], [p95, '#6baed6'], [p50, '#08519c']]) {
      parts.push(`<rect x="${left}" y="${y}" width="${(value * scale).toFixed(1)}" height="17" fill="${colour}"/>`);
    }
    parts.push(text(left + p99 * scale + 6, y + 13, `${p50} / ${p95} / ${p99}`));
  });
  return top + 14 + rows.length * 24;
}

function timeline(parts, top, record) {
  const height = 120;
  const first = record.series[0].ms;
  const span = Math.max(1, record.series.at(-1).ms - first);
  const most = Math.max(100, ...record.series.map((one) => one.delay));
  const x = (ms) => left + ((ms - first) / span) * (width - left - 60);
  const y = (delay) => top + 14 + height - (delay / most) * height;
  const points = record.series.map((one) => `${x(one.ms).toFixed(1)},${y(one.delay).toFixed(1)}`).join(' ');
  parts.push(text(10, top, `${record.scenario}, ${record.link}: age of each frame when presented, ms`, 'font-weight="bold"'));
  parts.push(text(left - 40, y(most) + 10, Math.round(most)), text(left - 40, y(0), 0));
  parts.push(text(left, y(0) + 14, `${Math.round(span / 1000)} s, ${record.series.length} frames`));
  parts.push(`<polyline fill="none" stroke="#08519c" points="${points}"/>`);
  return top + 14 + height + 16;
}
