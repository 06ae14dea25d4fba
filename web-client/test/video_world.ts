// Video streams with decoders that the test turns by hand: the small language of their tests.
import type { Rect } from '../src/core/geometry.js';
import { VideoCodec } from '../src/core/video_codec.js';
import {
  VideoStreams,
  type Chunk,
  type DecoderConfig,
  type DecoderListener,
  type Frame,
  type StreamDecoder,
} from '../src/core/video_streams.js';

/** The start of a key packet: a sequence parameter set of high profile, level 3.1. */
export const kKeyBytes = new Uint8Array([0, 0, 0, 1, 0x67, 0x64, 0x00, 0x1f, 0xac]);
const kDeltaBytes = new Uint8Array([0, 0, 0, 1, 0x41, 0x9a]);

export class FakeFrame implements Frame {
  closed = 0;
  constructor(readonly timestamp: number) {}
  close(): void {
    this.closed += 1;
  }
}

export class FakeDecoder implements StreamDecoder {
  readonly chunks: Chunk[] = [];
  readonly frames: FakeFrame[] = [];
  closed = false;
  failNext: string | null = null;

  constructor(
    readonly config: DecoderConfig,
    readonly listener: DecoderListener<FakeFrame>,
  ) {}

  decode(chunk: Chunk): void {
    if (this.failNext !== null) throw new Error(this.failNext);
    this.chunks.push(chunk);
  }

  close(): void {
    this.closed = true;
  }

  /** The oldest chunk's frame comes out; `skip` of the chunks before it gave none. */
  output(nowMs: number, skip = 0): void {
    this.chunks.splice(0, skip);
    const chunk = this.chunks.shift();
    if (chunk === undefined) throw new Error('nothing to decode');
    const frame = new FakeFrame(chunk.timestamp);
    this.frames.push(frame);
    this.listener.frame(frame, nowMs);
  }
}

export class VideoWorld {
  nowMs = 50_000;
  readonly decoders: FakeDecoder[] = [];
  readonly painted: { stream: number; timestamp: number; area: Rect }[] = [];
  readonly done: number[] = [];
  readonly failures: string[] = [];
  openFails: string | null = null;
  readonly streams = new VideoStreams<FakeFrame>(
    (config, listener) => {
      if (this.openFails !== null) throw new Error(this.openFails);
      const decoder = new FakeDecoder(config, listener);
      this.decoders.push(decoder);
      return decoder;
    },
    {
      paint: (stream, frame, area) => {
        if (frame.closed > 0) throw new Error('painted a closed frame');
        this.painted.push({ stream, timestamp: frame.timestamp, area });
      },
      done: (update) => this.done.push(update),
      failed: (codec, text) => this.failures.push(`${VideoCodec[codec]}: ${text}`),
    },
  );
  private update = 0;

  /** A packet comes as an update of its own; gives its number. */
  packet({ stream = 0, codec = VideoCodec.H264, key = false, end = false, x = 0, width = 640, bytes = [] as number[] } = {}): number {
    this.update += 1;
    const area = { x, y: 16, width, height: 360 };
    const content = bytes.length > 0 ? new Uint8Array(bytes) : key ? kKeyBytes : kDeltaBytes;
    this.streams.take({ stream, codec, key, end, area, bytes: content }, this.update, this.nowMs);
    return this.update;
  }

  get decoder(): FakeDecoder {
    const last = this.decoders.at(-1);
    if (last === undefined) throw new Error('no decoder was opened');
    return last;
  }

  /** The next frame of the newest decoder comes out after this time. */
  frame(afterMs = 33, skip = 0): void {
    this.nowMs += afterMs;
    this.decoder.output(this.nowMs, skip);
  }

  pass(ms: number): void {
    this.nowMs += ms;
    if (this.nowMs >= this.streams.nextDeadline()) this.streams.tick(this.nowMs);
  }

  get unclosedFrames(): number {
    return this.decoders.flatMap((one) => one.frames).filter((one) => one.closed !== 1).length;
  }
}
