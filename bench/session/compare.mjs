// Products side by side: how many times what Vitrine takes each other one takes, and the figures as a table.
const figures = {
  key_p50_ms: { of: (one) => one.key_to_picture_ms?.p50, title: 'key to picture p50, ms' },
  key_p95_ms: { of: (one) => one.key_to_picture_ms?.p95, title: 'key to picture p95, ms' },
  key_p99_ms: { of: (one) => one.key_to_picture_ms?.p99, title: 'key to picture p99, ms' },
  click_p50_ms: { of: (one) => one.click_to_picture_ms?.p50, title: 'click to picture p50, ms' },
  click_p95_ms: { of: (one) => one.click_to_picture_ms?.p95, title: 'click to picture p95, ms' },
  lost: { of: (one) => one.lost, title: 'presses never answered', plain: true },
  open_ms: { of: (one) => one.open_to_presented_ms?.p50, title: 'opened to presented picture, ms' },
  open_kib: { of: (one) => one.kib?.p50, title: 'opening, KiB' },
  down_kib: { of: (one) => one.down_kib, title: 'down, KiB' },
  cpu_s: { of: (one) => one.cpu_s, title: 'server processor time, s' },
  frames_shown: { of: (one) => one.frames_shown, title: 'frames shown' },
  delay_p95_ms: { of: (one) => one.frame_delay_ms?.p95, title: 'age of a frame p95, ms' },
  exact_percent: { of: (one) => one.exact_percent, title: 'exact after 2 s, %', plain: true },
  memory_mib: { of: (one) => one.all_mib, title: 'server memory, MiB' },
};

// [[scenario, link, {product: record}]] of what ran without failing, in order.
function grouped(records) {
  const groups = new Map();
  for (const record of records.filter((one) => !one.failed)) {
    const key = `${record.scenario} ${record.link}`;
    if (!groups.has(key)) groups.set(key, [record.scenario, record.link, {}]);
    groups.get(key)[2][record.product] = record;
  }
  return [...groups.values()];
}

// One {scenario, link, times_vitrine: {product: {figure: ratio}}} each. Exactness and losses have no ratio.
export function compare(records) {
  return grouped(records).filter(([, , by]) => by.vitrine && Object.keys(by).length > 1).map(([scenario, link, by]) => ({
    scenario, link,
    times_vitrine: Object.fromEntries(Object.keys(by).filter((name) => name !== 'vitrine').map((name) => [name, ratios(by[name], by.vitrine)])),
  }));
}

function ratios(other, ours) {
  return Object.fromEntries(Object.entries(figures)
    .filter(([, { of, plain }]) => !plain && of(ours) > 0 && of(other) !== undefined && of(other) !== null)
    .map(([name, { of }]) => [name, Math.round((100 * of(other)) / of(ours)) / 100]));
}

export function comparisonTable(records) {
  const products = [...new Set(records.map((one) => one.product))];
  const rows = [['scenario', 'link', 'figure', ...products]];
  for (const [scenario, link, by] of grouped(records)) {
    for (const { of, title } of Object.values(figures)) {
      const values = products.map((name) => (by[name] ? of(by[name]) ?? null : null));
      if (values.every((value) => value === null)) continue;
      const first = rows.at(-1)[0] === scenario && rows.at(-1)[1] === link;
      rows.push([scenario, link, title, ...values.map((value) => (value === null ? '–' : value.toLocaleString('en')))]);
      if (first) rows.at(-1).repeated = true;
    }
  }
  const shown = rows.map((row) => (row.repeated ? ['', '', ...row.slice(2)] : row));
  const widths = rows[0].map((_, column) => Math.max(...shown.map((row) => row[column].length)));
  const line = (row) => `| ${row.map((cell, i) => (i < 3 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join(' | ')} |`;
  const rule = `|${widths.map((width, i) => (i < 3 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  return `${[line(shown[0]), rule, ...shown.slice(1).map(line)].join('\n')}\n`;
}
