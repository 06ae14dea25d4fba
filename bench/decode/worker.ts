// Decodes recorded updates with the product's own decoder in a worker, as a session does, and times each.
import { Decoder } from '../../web-client/src/decode/decoder.js';
import type { Size } from '../../web-client/src/core/geometry.js';

interface Update {
  readonly pixels: number;
  readonly hash: number;
  readonly body: Uint8Array;
}

interface Screen {
  readonly name: string;
  readonly size: Size;
  readonly updates: Update[];
}

/** The format is drawn in bench/codec/update_dump.h. */
function parse(bytes: ArrayBuffer): Screen[] {
  const view = new DataView(bytes);
  const screens: Screen[] = [];
  const word = (at: number): number => view.getUint32(at, true);
  for (let at = 0; at < bytes.byteLength; ) {
    const [kind, first, second, length] = [word(at), word(at + 4), word(at + 8), word(at + 12)];
    const rest = new Uint8Array(bytes, at + 16, length);
    if (kind === 0x53) {
      screens.push({ name: new TextDecoder().decode(rest), size: { width: first, height: second }, updates: [] });
    } else {
      screens.at(-1)?.updates.push({ pixels: first, hash: second, body: rest });
    }
    at += 16 + length;
  }
  return screens;
}

/** What a replay may ask for at most; memory is taken as it is used. */
const kMostArchiveKib = 1024 * 1024;

/** The hash of all tiles, as picture_hash() in bench/codec/update_dump.cpp folds them. */
function pictureHash(decoder: Decoder): number {
  const { width, height } = decoder.size;
  const count = Math.ceil(width / 64) * Math.ceil(height / 64);
  let hash = count;
  for (let tile = 0; tile < count; ++tile) hash = Math.imul(hash ^ decoder.tileHash(tile), 0x9e3779b1);
  return hash >>> 0;
}

/** Milliseconds of each update; `verify` compares the picture after each with the native decoder's. */
function play(decoder: Decoder, screen: Screen, verify: boolean): { times: number[]; wrong: number } {
  decoder.reset(screen.size, kMostArchiveKib);
  let wrong = 0;
  const times = screen.updates.map(({ body, hash }) => {
    const start = performance.now();
    decoder.apply(body);
    const end = performance.now();
    if (verify && pictureHash(decoder) !== hash) ++wrong;
    return end - start;
  });
  return { times, wrong };
}

async function run({ wasm, dump, repeat }: { wasm: string; dump: string; repeat: number }): Promise<unknown[]> {
  const module = await WebAssembly.compileStreaming(fetch(wasm));
  const screens = parse(await (await fetch(dump)).arrayBuffer());
  const results = [];
  for (const screen of screens) {
    // A module of its own for the first run, so that each shows what a page that just opened takes.
    const fresh = await Decoder.create(await WebAssembly.compile(await (await fetch(wasm)).arrayBuffer()));
    const first = play(fresh, screen, true);
    fresh.free();
    const decoder = await Decoder.create(module);
    const runs = Array.from({ length: repeat }, () => play(decoder, screen, false).times);
    decoder.free();
    results.push({
      name: screen.name, pixels: screen.updates.map((one) => one.pixels), bytes: screen.updates.map((one) => one.body.length),
      firstTimes: first.times, wrong: first.wrong,
      // The fastest of each update: what else the machine does only adds.
      times: screen.updates.map((_, i) => Math.min(...runs.map((times) => times[i] ?? Infinity))),
    });
  }
  return results;
}

self.onmessage = async ({ data }: MessageEvent) => {
  try {
    self.postMessage({ results: await run(data) });
  } catch (error) {
    self.postMessage({ failed: String(error) });
  }
};
