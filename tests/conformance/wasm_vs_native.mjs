// Runs the updates that wasm_record wrote through the WASM decoder: after each, every tile's hash, the pixels' hash and
// whether it was accepted must be the native decoder's. usage: node wasm_vs_native.mjs decoder.wasm RECORD
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

const [modulePath, recordPath] = process.argv.slice(2);
const module = new WebAssembly.Module(readFileSync(modulePath));
assert.deepEqual(WebAssembly.Module.imports(module), [], 'the decoder must import nothing');
const { exports: decoder } = new WebAssembly.Instance(module);
decoder._initialize();

const record = readFileSync(recordPath);
let at = 0;
const number = () => {
  at += 4;
  return record.readUInt32LE(at - 4);
};

const width = number();
const height = number();
const archiveKib = number();
assert.equal(decoder.vt_create(0, 5, 0), 0);
assert.equal(decoder.vt_create(9000, 9000, 0), 0);
const handle = decoder.vt_create(width, height, archiveKib);
assert.notEqual(handle, 0);
assert.equal(decoder.vt_input(handle, 2 ** 20 + 1), 0);
const tiles = Math.ceil(width / 64) * Math.ceil(height / 64);

let updates = 0;
let refused = 0;
let restarts = 0;
for (let left = number(); left > 0; --left) {
  if (number() === 1) {
    assert.equal(decoder.vt_restart(handle, width, height), 1);
    const hashes = new Uint32Array(decoder.memory.buffer, decoder.vt_wide_hashes(handle, tiles), tiles * 2);
    for (const hash of hashes) assert.equal(hash, number(), `what is held before update ${updates}`);
    ++restarts;
  }
  const size = number();
  const input = decoder.vt_input(handle, size);
  assert.notEqual(input, 0);
  new Uint8Array(decoder.memory.buffer).set(record.subarray(at, at + size), input);
  at += size;
  const before = new Uint8Array(decoder.memory.buffer).slice(decoder.vt_pixels(handle)).subarray(0, width * height * 4);
  const count = decoder.vt_apply(handle, size);
  assert.equal(count >= 0 ? 1 : 0, number(), `update ${updates}: accepted or not`);
  for (let tile = 0; tile < tiles; ++tile) {
    assert.equal(decoder.vt_tile_hash(handle, tile) >>> 0, number(), `update ${updates}, tile ${tile}`);
  }
  if (count >= 0) checkDirty(before, count);
  else ++refused;
  ++updates;
}
assert.ok(updates > 80);
assert.ok(restarts > 2);
const kept = number();
assert.ok(kept > 0, 'nothing was kept for recall');
assert.equal(decoder.vt_kept(handle) >>> 0, kept);
assert.equal(decoder.vt_archive_checksum(handle) >>> 0, number());
decoder.vt_destroy(handle);
console.log(`${updates} updates, ${refused} refused: as native`);

// Nothing outside the reported rectangles may have changed, and no pixel may be transparent.
function checkDirty(before, count) {
  const pixels = new Uint8Array(decoder.memory.buffer, decoder.vt_pixels(handle), width * height * 4);
  const dirty = new Int32Array(decoder.memory.buffer, decoder.vt_dirty(handle), count * 4);
  const covered = new Uint8Array(width * height);
  for (let i = 0; i < count; ++i) {
    const [x, y, w, h] = dirty.subarray(i * 4, i * 4 + 4);
    for (let row = y; row < y + h; ++row) covered.fill(1, row * width + x, row * width + x + w);
  }
  for (let i = 0; i < width * height; ++i) {
    assert.equal(pixels[i * 4 + 3], 255);
    if (covered[i]) continue;
    for (let c = 0; c < 3; ++c) assert.equal(pixels[i * 4 + c], before[i * 4 + c], `update ${updates}, pixel ${i}`);
  }
}
