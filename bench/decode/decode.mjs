// How fast the decoder is in a real Chromium: feeds the updates that `bench_codec --dump` wrote to decoder.wasm in a
// worker, compares every picture with the native decoder's, and prints one JSON object a line for each file.
//
//   decode.mjs DUMP [--repeat N]
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const { build } = createRequire(path.join(repository, 'web-client/package.json'))('esbuild');
const { chromium } = createRequire(path.join(repository, 'tests/e2e/package.json'))('playwright-core');

const { values: options, positionals } = parseArgs({
  allowPositionals: true, options: { repeat: { type: 'string', default: '25' } },
});
if (positionals.length !== 1) throw new Error('decode.mjs wants one dump of bench_codec');

// Isolated from other origins, a page's clock ticks every 5 us instead of 100.
const isolation = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };

async function serve() {
  const { outputFiles } = await build({
    entryPoints: [path.join(repository, 'bench/decode/worker.ts')], bundle: true, write: false, format: 'iife', target: 'chrome105',
  });
  const files = {
    '/': ['text/html', '<!doctype html><title>decode</title>'],
    '/worker.js': ['text/javascript', outputFiles[0].contents],
    '/decoder.wasm': ['application/wasm', await readFile(path.join(repository, 'build/wasm/decoder.wasm'))],
    '/dump': ['application/octet-stream', await readFile(positionals[0])],
  };
  const server = createServer((request, response) => {
    const [type, body] = files[request.url] ?? ['text/plain', ''];
    response.writeHead(files[request.url] ? 200 : 404, { 'Content-Type': type, ...isolation }).end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

async function decodeAll(server) {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--no-first-run'],
  });
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${server.address().port}/`);
    const answer = await page.evaluate((repeat) => new Promise((resolve) => {
      const worker = new Worker('/worker.js');
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = (event) => resolve({ failed: event.message });
      worker.postMessage({ wasm: '/decoder.wasm', dump: '/dump', repeat });
    }), Number(options.repeat));
    if (answer.failed) throw new Error(answer.failed);
    return answer.results;
  } finally {
    await browser.close();
  }
}

const round = (value, digits = 1) => Math.round(value * 10 ** digits) / 10 ** digits;
const sum = (values) => values.reduce((all, one) => all + one, 0);
const quantile = (values, share) => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(share * values.length))];
// A million pixels a second is a thousand in a millisecond.
const speed = (pixels, ms) => (ms > 0 ? round(pixels / ms / 1000) : null);

function figures({ name, pixels, bytes, firstTimes, times, wrong }) {
  return {
    file: name, updates: times.length, mpixels: round(sum(pixels) / 1e6, 3), bytes: sum(bytes),
    mpixels_per_s: speed(sum(pixels), sum(times)),
    key_mpixels_per_s: speed(pixels[0], times[0]), key_ms: round(times[0], 2), key_ms_cold: round(firstTimes[0], 2),
    update_ms_p50: round(quantile(times, 0.5), 3), update_ms_p95: round(quantile(times, 0.95), 3),
    update_ms_max: round(Math.max(...times), 2), mpixels_per_s_cold: speed(sum(pixels), sum(firstTimes)),
    exact: wrong === 0,
  };
}

const server = await serve();
try {
  const records = (await decodeAll(server)).map(figures);
  for (const record of records) console.log(JSON.stringify(record));
  process.exitCode = records.length > 0 && records.every((one) => one.exact) ? 0 : 1;
} finally {
  server.close();
}
