// The picture in WebAssembly memory: the module that codec/ builds, one instance a session.
import type { Rect, Size } from '../core/geometry.js';
import type { Held } from '../core/session.js';
import type { VideoCodec } from '../core/video_codec.js';
import type { VideoPacket } from '../core/video_streams.js';
import { kMaxHeldTiles, kTileHashBytes } from '../wire/messages.gen.js';

interface DecoderExports {
  readonly memory: WebAssembly.Memory;
  _initialize(): void;
  vt_create(width: number, height: number, archiveKib: number): number;
  vt_restart(handle: number, width: number, height: number): number;
  vt_destroy(handle: number): void;
  vt_input(handle: number, size: number): number;
  vt_apply(handle: number, size: number): number;
  vt_dirty(handle: number): number;
  vt_pixels(handle: number): number;
  vt_tile_hash(handle: number, tile: number): number;
  vt_wide_hashes(handle: number, count: number): number;
  vt_kept(handle: number): number;
  vt_archive_checksum(handle: number): number;
  vt_save(handle: number, anew: number): number;
  vt_record(handle: number): number;
  vt_forget_record(handle: number): void;
  vt_record_input(handle: number, size: number): number;
  vt_load(handle: number, size: number): number;
  vt_loaded(handle: number): void;
  vt_width(handle: number): number;
  vt_height(handle: number): number;
  vt_video_count(handle: number): number;
  vt_video(handle: number): number;
  vt_video_kept(handle: number, stream: number): number;
  vt_video_kept_rects(handle: number): number;
}

const kExports: readonly (keyof DecoderExports)[] = [
  'memory', '_initialize', 'vt_create', 'vt_restart', 'vt_destroy', 'vt_input', 'vt_apply', 'vt_dirty', 'vt_pixels',
  'vt_tile_hash', 'vt_wide_hashes', 'vt_kept', 'vt_archive_checksum', 'vt_video_count', 'vt_video', 'vt_video_kept',
  'vt_video_kept_rects', 'vt_save', 'vt_record', 'vt_forget_record', 'vt_record_input', 'vt_load', 'vt_loaded',
  'vt_width', 'vt_height',
];

// As codec/wasm_exports.cpp lays a video packet out: stream, codec, flags, x, y, width, height, offset, length, 0.
const kPacketNumbers = 10;
const kKeyFlag = 1;
const kEndFlag = 2;

/** What the decoder cannot do; the sentence goes to the other end and to the page. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
}

export class Decoder {
  private handle = 0;
  private pictureSize: Size = { width: 0, height: 0 };
  private image: ImageData | null = null;
  /** There was a record of it, from which the next goes on. */
  private marked = false;

  private exports: DecoderExports | null = null;

  static async create(module: WebAssembly.Module): Promise<Decoder> {
    const decoder = new Decoder();
    await decoder.load(module);
    return decoder;
  }

  /** There is nothing to decode with before this is done. */
  async load(module: WebAssembly.Module): Promise<void> {
    const instance = await WebAssembly.instantiate(module, {});
    const missing = kExports.filter((name) => !(name in instance.exports));
    if (missing.length > 0) throw new DecodeError(`decoder.wasm lacks ${missing.join(', ')}`);
    const wasm = instance.exports as unknown as DecoderExports;
    wasm._initialize();
    this.exports = wasm;
  }

  get loaded(): boolean {
    return this.exports !== null;
  }

  private get wasm(): DecoderExports {
    if (this.exports === null) throw new DecodeError('the decoder is not loaded yet');
    return this.exports;
  }

  /**
   * Ready for the updates of another encoder: with the archive there is, and a picture of this size until the first
   * update says what of it stays. After free(): a black picture and an empty archive, which takes what it uses of so much.
   */
  reset(size: Size, archiveKib: number): void {
    this.image = null;
    const restarted = this.handle !== 0 && this.guarded(() => this.wasm.vt_restart(this.handle, size.width, size.height));
    if (!restarted) {
      this.free();
      this.handle = this.guarded(() => this.wasm.vt_create(size.width, size.height, archiveKib));
    }
    if (this.handle === 0) throw new DecodeError(`no memory for a picture of ${size.width}x${size.height}`);
    this.pictureSize = size;
  }

  /** What changed since the last record, or with `anew` everything (codec/archive_snapshot.h). */
  save(anew: boolean): Uint8Array<ArrayBuffer> {
    return this.guarded(() => {
      const length = this.wasm.vt_save(this.handle, anew || !this.marked ? 1 : 0);
      this.marked = true;
      const record = new Uint8Array(this.wasm.memory.buffer, this.wasm.vt_record(this.handle), length).slice();
      this.wasm.vt_forget_record(this.handle);
      return record;
    });
  }

  /** In place of what there is: what these records say. False when they are none; then there is nothing. */
  loadSnapshot(records: readonly Uint8Array[], archiveKib: number): boolean {
    this.free();
    const loaded = this.guarded(() => {
      this.handle = this.wasm.vt_create(1, 1, archiveKib);
      return this.handle !== 0 && records.every((record) => this.loadOne(record));
    });
    if (!loaded) {
      this.free();
      return false;
    }
    this.guarded(() => { this.wasm.vt_loaded(this.handle); });
    this.marked = true;
    this.pictureSize = { width: this.wasm.vt_width(this.handle), height: this.wasm.vt_height(this.handle) };
    return true;
  }

  private loadOne(record: Uint8Array): boolean {
    const input = this.wasm.vt_record_input(this.handle, record.length);
    if (input === 0) return false;
    new Uint8Array(this.wasm.memory.buffer, input, record.length).set(record);
    return this.wasm.vt_load(this.handle, record.length) !== 0;
  }

  /** What the next encoder may build on; null when there is nothing. */
  held(): Held | null {
    if (this.handle === 0) return null;
    return this.guarded(() => {
      const { width, height } = this.pictureSize;
      const count = Math.min(kMaxHeldTiles, Math.ceil(width / 64) * Math.ceil(height / 64));
      const at = this.wasm.vt_wide_hashes(this.handle, count);
      return {
        width,
        height,
        tiles: new Uint8Array(this.wasm.memory.buffer, at, count * kTileHashBytes).slice(),
        entries: this.wasm.vt_kept(this.handle) >>> 0,
        checksum: this.wasm.vt_archive_checksum(this.handle) >>> 0,
        snapshot: 0,
      };
    });
  }

  free(): void {
    if (this.handle !== 0) this.guarded(() => this.wasm.vt_destroy(this.handle));
    this.handle = 0;
    this.image = null;
    this.marked = false;
  }

  get size(): Size {
    return this.pictureSize;
  }

  /** Applies one update body whole and gives what it changed. */
  apply(body: Uint8Array): Rect[] {
    return this.guarded(() => {
      const input = this.wasm.vt_input(this.handle, body.length);
      if (input === 0) throw new DecodeError(`no room for an update of ${body.length} bytes`);
      new Uint8Array(this.wasm.memory.buffer, input, body.length).set(body);
      const count = this.wasm.vt_apply(this.handle, body.length);
      if (count < 0) throw new DecodeError('an update that does not follow the bitstream');
      return this.rects(this.wasm.vt_dirty(this.handle), count);
    });
  }

  /** Packets of video streams in the body that was applied last; their bytes are views of it. */
  videoPackets(body: Uint8Array): VideoPacket[] {
    return this.guarded(() => {
      const count = this.wasm.vt_video_count(this.handle);
      if (count === 0) return [];
      const numbers = new Int32Array(this.wasm.memory.buffer, this.wasm.vt_video(this.handle), count * kPacketNumbers);
      return Array.from({ length: count }, (_, i) => packetAt(numbers, i * kPacketNumbers, body));
    });
  }

  /** What the picture owns of a stream's area; null when that is all of it or there is no such stream. */
  keptOf(stream: number): Rect[] | null {
    return this.guarded(() => {
      const count = this.wasm.vt_video_kept(this.handle, stream);
      return count < 0 ? null : this.rects(this.wasm.vt_video_kept_rects(this.handle), count);
    });
  }

  private rects(at: number, count: number): Rect[] {
    const words = new Int32Array(this.wasm.memory.buffer, at, count * 4);
    return Array.from({ length: count }, (_, i) => rectAt(words, i * 4));
  }

  /** The picture for putImageData; lies in the module's memory and so always shows the newest state. */
  pixels(): ImageData {
    // Memory that grew has another buffer, and the old view is detached.
    if (this.image === null || this.image.data.buffer !== this.wasm.memory.buffer) {
      const { width, height } = this.pictureSize;
      const at = this.wasm.vt_pixels(this.handle);
      const bytes = new Uint8ClampedArray(this.wasm.memory.buffer as ArrayBuffer, at, width * height * 4);
      this.image = new ImageData(bytes, width, height);
    }
    return this.image;
  }

  /** Of the tiles, those whose hash is another. Tiles beside the picture count as wrong. */
  wrongTiles(tiles: Uint32Array, hashes: Uint32Array): Uint32Array {
    const count = Math.ceil(this.pictureSize.width / 64) * Math.ceil(this.pictureSize.height / 64);
    return tiles.filter((tile, i) => tile >= count || this.tileHash(tile) !== hashes[i]);
  }

  tileHash(tile: number): number {
    return this.wasm.vt_tile_hash(this.handle, tile) >>> 0;
  }

  /** A trap is a fault of this picture's state like any other that the other end has to hear of. */
  private guarded<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (error instanceof WebAssembly.RuntimeError) throw new DecodeError(`the decoder trapped: ${error.message}`);
      throw error;
    }
  }
}

function rectAt(words: Int32Array, at: number): Rect {
  return { x: words[at] ?? 0, y: words[at + 1] ?? 0, width: words[at + 2] ?? 0, height: words[at + 3] ?? 0 };
}

function packetAt(numbers: Int32Array, at: number, body: Uint8Array): VideoPacket {
  const [stream = 0, codec = 0, flags = 0] = numbers.subarray(at, at + 3);
  const [offset = 0, length = 0] = numbers.subarray(at + 7, at + 9);
  return {
    stream,
    codec: codec as VideoCodec,
    key: (flags & kKeyFlag) !== 0,
    end: (flags & kEndFlag) !== 0,
    area: rectAt(numbers, at + 3),
    bytes: body.subarray(offset, offset + length),
  };
}
