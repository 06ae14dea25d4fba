// Percentiles, and what the operating system says about processes.
import { readFile } from 'node:fs/promises';
import { processTree, processes } from '../../tests/e2e/site.mjs';

export function percentile(values, share) {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  return round(sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))]);
}
export const round = (value, digits = 1) => Math.round(value * 10 ** digits) / 10 ** digits;
export const spread = (values) => ({
  n: values.length, p50: percentile(values, 0.5), p95: percentile(values, 0.95), p99: percentile(values, 0.99),
  max: percentile(values, 1),
});

// The server side's processes by part: pids of one session and of the site that holds it.
export async function serverParts(site, session) {
  const tree = await processTree(site.up.pid);
  const role = (word) => tree.find((one) => one.command.includes(` ${word} `) || one.command.endsWith(` ${word}`))?.pid;
  const all = await processes();
  const supervisor = all.find((one) => / desktop /.test(one.command) && one.command.includes(site.data))?.pid;
  return {
    agent: session.pids.agent, gateway: role('gateway'), xorg: session.pids.xorg, broker: role('broker'),
    supervisor, up: site.up.pid,
  };
}

// CPU seconds each part has used so far; USER_HZ is 100 on Linux.
export async function cpuSeconds(parts) {
  const result = {};
  const all = new Map((await processes()).map((one) => [one.pid, one]));
  for (const [name, pid] of Object.entries(parts)) result[name] = (all.get(pid)?.cpuTicks ?? 0) / 100;
  return result;
}

// Proportional set size of each part, MiB.
export async function memoryMib(parts) {
  const result = {};
  for (const [name, pid] of Object.entries(parts)) {
    const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
    result[name] = round(Number(text.match(/^Pss:\s+(\d+)/m)?.[1] ?? 0) / 1024);
  }
  return result;
}
