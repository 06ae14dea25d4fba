// What the server's own clocks say an input's way through it takes, from the histograms of /metrics: in the agent from its
// receipt to its injection, from the capture of its picture to that being handed over, and in the gateway both ways.
import { round } from './numbers.mjs';

const parts = {
  relay_up: ['vitrine_gateway_relay_seconds', 'to="agent"'],
  agent: ['vitrine_input_to_picture_part_seconds', 'part="agent"'],
  encode: ['vitrine_input_to_picture_part_seconds', 'part="encode"'],
  relay_down: ['vitrine_gateway_relay_seconds', 'to="viewer"'],
};

const kWay = ['network', 'agent', 'application', 'encode', 'transfer', 'decode', 'present'];

// The same of an input's whole way as the page tells it, part by part; `present` ends when the canvas has it.
export const wayTimes = (before, after) => Object.fromEntries(kWay.map((part) => {
  const counts = added(before, after, 'vitrine_input_to_picture_part_seconds', `part="${part}"`);
  return [part, { p50: quantile(counts, 0.5), p95: quantile(counts, 0.95) }];
}));

export const readMetrics = (page) => page.evaluate(async () => (await fetch('/metrics')).text());

// What was added between two texts of /metrics, as {part: {n, p50, p95}} in ms. `sum` adds the parts' shares, which for
// p95 is more than the truth: they are not all late at once.
export function serverTimes(before, after) {
  const times = Object.fromEntries(Object.entries(parts).map(([part, [name, label]]) => {
    const counts = added(before, after, name, label);
    return [part, { n: counts.at(-1)?.count ?? 0, p50: quantile(counts, 0.5), p95: quantile(counts, 0.95) }];
  }));
  const sum = (share) => round(Object.values(times).reduce((all, one) => all + (one[share] ?? 0), 0), 2);
  return { ...times, sum: { p50: sum('p50'), p95: sum('p95') } };
}

function added(before, after, name, label) {
  const read = (text) => [...text.matchAll(new RegExp(`^${name}_bucket\\{${label},le="([^"]+)"\\} (\\d+)$`, 'gm'))]
    .map(([, bound, count]) => ({ ms: bound === '+Inf' ? Infinity : Number(bound) * 1000, count: Number(count) }));
  const old = read(before);
  return read(after).map((one, i) => ({ ms: one.ms, count: one.count - (old[i]?.count ?? 0) }));
}

// By a straight line inside the bucket; null of nothing.
function quantile(counts, share) {
  const wanted = (counts.at(-1)?.count ?? 0) * share;
  if (wanted === 0) return null;
  const at = counts.findIndex((one) => one.count >= wanted);
  const [low, below] = at === 0 ? [0, 0] : [counts[at - 1].ms, counts[at - 1].count];
  if (counts[at].ms === Infinity) return low;
  return round(low + ((counts[at].ms - low) * (wanted - below)) / (counts[at].count - below), 2);
}
