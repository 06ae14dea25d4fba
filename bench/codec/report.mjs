// The comparison of coders as a Markdown table and a plot, from the JSON lines of bench_codec_peers on standard input.
// Passes the lines on, so that it stands at the end of a pipe: `report.mjs FOLDER`.
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { plot } from './plot.mjs';
import { table } from './table.mjs';

const folder = process.argv[2];
const records = [];
for await (const line of createInterface({ input: process.stdin })) {
  console.log(line);
  const record = JSON.parse(line);
  const still = record.frames === 1;
  records.push({
    ...record, still, name: path.basename(record.file).replace(/\.\w+$/, ''),
    // A still is its first frame; what moves is its updates, with ours counted to the last refinement.
    bytes: still ? record.bytes_key : record.bytes_per_update_mean,
    encodeMs: still ? record.encode_ms_key : record.encode_ms_mean,
    decodeMs: still ? record.decode_ms_key : record.decode_ms_p50,
    // What is exact only after a second of stillness was lossy when it came.
    lossy: record.psnr_min_db !== null,
  });
}
if (records.length === 0) process.exit(1);
const text = table(records);
console.error(text);
await mkdir(folder, { recursive: true });
await writeFile(path.join(folder, 'codec-peers.md'), text);
await writeFile(path.join(folder, 'codec-peers.svg'), plot(records));
console.error(`${path.join(folder, 'codec-peers.md')} and codec-peers.svg were written`);
