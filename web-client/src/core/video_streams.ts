// The video streams of a picture: one decoder each, packets in order, frames painted as they come out. Knows neither
// WebCodecs nor a canvas; the shell hands in a way to open decoders, the time, and hears what to paint.
//
// A packet is dealt with exactly once: its frame was painted, a newer one of the stream took its place, or the stream
// ended or failed. The agent counts on hearing of it (FrameOrder), so every way out of here says so.
import type { Rect } from './geometry.js';
import { nameOf, VideoCodec } from './video_codec.js';

export interface VideoPacket {
  readonly stream: number;
  readonly codec: VideoCodec;
  /** The decoder may start here. */
  readonly key: boolean;
  /** The stream is gone; the rest of the packet means nothing. */
  readonly end: boolean;
  /** Where its frames are shown. */
  readonly area: Rect;
  /** Must stay as they are until the packet is dealt with. */
  readonly bytes: Uint8Array;
}

export interface DecoderConfig {
  readonly codec: VideoCodec;
  /** As WebCodecs calls it. */
  readonly name: string;
  readonly width: number;
  readonly height: number;
}

export interface Chunk {
  readonly key: boolean;
  /** Comes back with the frame. */
  readonly timestamp: number;
  readonly bytes: Uint8Array;
}

export interface StreamDecoder {
  /** May throw: then the stream has failed. */
  decode(chunk: Chunk): void;
  close(): void;
}

export interface Frame {
  readonly timestamp: number;
  close(): void;
}

export interface DecoderListener<F> {
  /** The frame is the listener's to close. */
  frame(frame: F, nowMs: number): void;
  /** The decoder is of no more use. */
  failed(text: string): void;
}

export interface VideoListener<F> {
  /** Paint this frame there now; it is closed after. */
  paint(stream: number, frame: F, area: Rect): void;
  /** A packet of this update is dealt with. */
  done(update: number): void;
  /** The browser cannot decode this coding after all; the stream's packets are dropped until the next key. */
  failed(codec: VideoCodec, text: string): void;
}

/** Chunks given to a decoder whose frames are not out: enough to keep it busy, few enough to bound its frames' memory. */
export const kMostInDecoder = 4;
/** Packets waiting for the decoder: two seconds at 60 a second, which is when a stalled one is given up. */
export const kMostWaiting = 120;
/** A decoder that owes a frame for this long does not work; a slow phone opens one within half a second. */
export const kStallMs = 2_000;
/** Of frames that follow each other faster than a display of 60 Hz shows them, only the last is worth painting. */
export const kPaintGapMs = 12;

interface Pending {
  readonly update: number;
  readonly chunk: Chunk;
}

interface Stream<F> {
  /** Null once it failed. */
  decoder: StreamDecoder | null;
  config: DecoderConfig;
  area: Rect;
  waiting: Pending[];
  inDecoder: Pending[];
  /** Since when the decoder owes the next frame. */
  owesSinceMs: number;
  paintedAtMs: number;
  /** The newest frame, while the picture is not on the canvas yet. */
  held: F | null;
}

export class VideoStreams<F extends Frame> {
  private readonly streams = new Map<number, Stream<F>>();
  private nextTimestamp = 0;
  private showing = false;

  constructor(
    private readonly open: (config: DecoderConfig, listener: DecoderListener<F>) => StreamDecoder,
    private readonly listener: VideoListener<F>,
  ) {}

  /** Where each stream is shown, failed ones too. */
  areas(): [stream: number, area: Rect][] {
    return Array.from(this.streams, ([number, stream]) => [number, stream.area]);
  }

  take(packet: VideoPacket, update: number, nowMs: number): void {
    if (packet.end) {
      this.end(packet.stream);
      return this.listener.done(update);
    }
    if (packet.key) this.prepare(packet);
    const stream = this.streams.get(packet.stream);
    if (stream === undefined || stream.decoder === null) return this.listener.done(update);
    stream.area = packet.area;
    this.nextTimestamp += 1;
    stream.waiting.push({ update, chunk: { key: packet.key, timestamp: this.nextTimestamp, bytes: packet.bytes } });
    if (stream.waiting.length > kMostWaiting) return this.fail(stream, 'the video decoder does not keep up');
    this.feed(stream, nowMs);
  }

  /** The picture is on the canvas from now on; frames that came before it follow. */
  show(): void {
    this.showing = true;
    for (const [number, stream] of this.streams) {
      if (stream.held === null) continue;
      this.paint(number, stream, stream.held);
      stream.held = null;
    }
  }

  /** The canvas stays as it is until the next show(); of the frames that come, the newest is held for that. */
  hide(): void {
    this.showing = false;
  }

  /** Ends all streams; the next picture is not on the canvas yet. */
  reset(): void {
    this.showing = false;
    for (const number of [...this.streams.keys()]) this.end(number);
  }

  nextDeadline(): number {
    let deadline = Infinity;
    for (const { inDecoder, owesSinceMs } of this.streams.values()) {
      if (inDecoder.length > 0) deadline = Math.min(deadline, owesSinceMs + kStallMs);
    }
    return deadline;
  }

  tick(nowMs: number): void {
    for (const stream of this.streams.values()) {
      const late = stream.inDecoder.length > 0 && nowMs >= stream.owesSinceMs + kStallMs;
      if (late) this.fail(stream, `the video decoder gave no frame for ${kStallMs / 1_000} seconds`);
    }
  }

  /** A decoder for this key packet: the one there is when it fits, else a new one. */
  private prepare(packet: VideoPacket): void {
    const { codec, area, stream: number } = packet;
    const name = nameOf(codec, packet.bytes);
    const config: DecoderConfig = { codec, name: name ?? '', width: area.width, height: area.height };
    const before = this.streams.get(number);
    if (before !== undefined && before.decoder !== null && sameConfig(before.config, config)) return;
    this.end(number);
    const stream: Stream<F> = {
      decoder: null, config, area, waiting: [], inDecoder: [], owesSinceMs: 0, paintedAtMs: -Infinity, held: null,
    };
    this.streams.set(number, stream);
    if (name === null) return this.fail(stream, 'a key packet without a sequence parameter set');
    const current = (): boolean => this.streams.get(number) === stream && stream.decoder !== null;
    try {
      stream.decoder = this.open(config, {
        frame: (frame, nowMs) => {
          if (current()) this.takeFrame(number, stream, frame, nowMs);
          else frame.close();
        },
        failed: (text) => {
          if (current()) this.fail(stream, text);
        },
      });
    } catch (error) {
      this.fail(stream, sentenceOf(error));
    }
  }

  private feed(stream: Stream<F>, nowMs: number): void {
    while (stream.decoder !== null && stream.inDecoder.length < kMostInDecoder) {
      const next = stream.waiting.shift();
      if (next === undefined) return;
      if (stream.inDecoder.length === 0) stream.owesSinceMs = nowMs;
      stream.inDecoder.push(next);
      try {
        stream.decoder.decode(next.chunk);
      } catch (error) {
        this.fail(stream, sentenceOf(error));
      }
    }
  }

  private takeFrame(number: number, stream: Stream<F>, frame: F, nowMs: number): void {
    // A decoder may have swallowed packets before this one; they are dealt with as well.
    const later = stream.inDecoder.findIndex(({ chunk }) => chunk.timestamp > frame.timestamp);
    const out = stream.inDecoder.splice(0, later < 0 ? stream.inDecoder.length : later);
    stream.owesSinceMs = nowMs;
    const newerSoon = stream.inDecoder.length + stream.waiting.length > 0 && nowMs - stream.paintedAtMs < kPaintGapMs;
    if (!this.showing) {
      stream.held?.close();
      stream.held = frame;
    } else if (newerSoon) {
      frame.close();
    } else {
      stream.paintedAtMs = nowMs;
      this.paint(number, stream, frame);
    }
    for (const { update } of out) this.listener.done(update);
    this.feed(stream, nowMs);
  }

  private paint(number: number, stream: Stream<F>, frame: F): void {
    try {
      this.listener.paint(number, frame, stream.area);
    } finally {
      frame.close();
    }
  }

  private end(number: number): void {
    const stream = this.streams.get(number);
    this.streams.delete(number);
    if (stream !== undefined) this.stop(stream);
  }

  /** The stream stays, so that its area is known and its packets are dropped. */
  private fail(stream: Stream<F>, text: string): void {
    this.stop(stream);
    this.listener.failed(stream.config.codec, text);
  }

  private stop(stream: Stream<F>): void {
    const { decoder, inDecoder, waiting } = stream;
    stream.decoder = null;
    stream.inDecoder = [];
    stream.waiting = [];
    decoder?.close();
    stream.held?.close();
    stream.held = null;
    for (const { update } of [...inDecoder, ...waiting]) this.listener.done(update);
  }
}

const sameConfig = (a: DecoderConfig, b: DecoderConfig): boolean =>
  a.name === b.name && a.codec === b.codec && a.width === b.width && a.height === b.height;

const sentenceOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
