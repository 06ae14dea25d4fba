// The moving part of the canvas: frames of the video streams where the picture leaves them room.
import type { Rect } from '../core/geometry.js';
import { withoutVideo } from '../core/rects.js';
import { VideoCodec } from '../core/video_codec.js';
import { VideoStreams, type VideoPacket } from '../core/video_streams.js';
import type { CanvasPainter } from './canvas_painter.js';
import type { Decoder } from './decoder.js';
import { openDecoder } from './web_codecs.js';

export interface VideoLayerListener {
  /** A packet of this update is dealt with. `presentMs`: what painting its frame took. */
  done(update: number, presentMs: number): void;
  /** A frame is on the canvas. */
  painted(): void;
  failed(codec: VideoCodec, text: string): void;
  /** Does what has come out of a decoder by itself. */
  run(act: () => void): void;
}

export class VideoLayer {
  private readonly streams: VideoStreams<VideoFrame>;
  private presentMs = 0;
  private newest: VideoCodec | null = null;

  constructor(
    private readonly decoder: Decoder,
    private readonly painter: CanvasPainter,
    private readonly listener: VideoLayerListener,
    private readonly nowMs: () => number,
  ) {
    this.streams = new VideoStreams<VideoFrame>(
      (config, events) => {
        const run = <A extends unknown[]>(act: (...args: A) => void) => (...args: A): void => {
          listener.run(() => { act(...args); });
        };
        return openDecoder(config, { frame: run(events.frame), failed: run(events.failed) }, nowMs);
      },
      {
        paint: (stream, frame, area) => { this.paint(stream, frame, area); },
        done: (update) => {
          listener.done(update, this.presentMs);
          this.presentMs = 0;
        },
        failed: (codec, text) => { listener.failed(codec, text); },
      },
    );
  }

  /** What the newest stream is coded in; empty before the first. */
  get coding(): string {
    return this.newest === null ? '' : VideoCodec[this.newest];
  }

  take(packet: VideoPacket, update: number): void {
    if (packet.key) this.newest = packet.codec;
    this.streams.take(packet, update, this.nowMs());
  }

  /**
   * Of what an update with these packets changed, that which may be put on the canvas: the picture is old where a stream
   * shows frames, and changed rectangles may have been joined across it.
   */
  visible(rects: readonly Rect[], packets: readonly VideoPacket[]): readonly Rect[] {
    const areas = new Map(this.streams.areas());
    for (const { stream, end, area } of packets) {
      if (!end) areas.set(stream, area);
    }
    let left = rects;
    for (const [stream, area] of areas) {
      const kept = this.decoder.keptOf(stream);
      if (kept !== null) left = withoutVideo(left, area, kept);
    }
    return left;
  }

  /** The picture is on the canvas now; the newest frames go over it. */
  show(): void {
    this.streams.show();
  }

  hide(): void {
    this.streams.hide();
  }

  reset(): void {
    this.streams.reset();
  }

  nextDeadline(): number {
    return this.streams.nextDeadline();
  }

  tick(): void {
    this.streams.tick(this.nowMs());
  }

  private paint(stream: number, frame: VideoFrame, area: Rect): void {
    const kept = this.decoder.keptOf(stream);
    if (kept === null) return;
    const begun = this.nowMs();
    this.painter.drawFrame(frame, area, this.decoder.pixels(), kept);
    this.presentMs += this.nowMs() - begun;
    this.listener.painted();
  }
}
