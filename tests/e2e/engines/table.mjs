// What each engine can and cannot, as a table and as JSON.
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

const out = path.join(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), '../out');
const cell = (value) => ({ true: 'yes', false: 'no', undefined: '?' })[String(value)] ?? String(value);

// `found`: [{name, version, can: {feature: value}}].
export function tableOf(found) {
  const features = [...new Set(found.flatMap(({ can }) => Object.keys(can)))];
  const row = (cells) => `| ${cells.join(' | ')} |`;
  return [
    row(['', ...found.map(({ name, version }) => `${name} ${version}`)]),
    row(['---', ...found.map(() => '---')]),
    ...features.map((feature) => row([feature, ...found.map(({ can }) => cell(can[feature]))])),
  ].join('\n');
}

export async function writeTable(found) {
  await mkdir(out, { recursive: true });
  await writeFile(path.join(out, 'engines.json'), `${JSON.stringify(found, null, 2)}\n`);
  await writeFile(path.join(out, 'engines.md'), `# What each engine can\n\n${tableOf(found)}\n`);
}
