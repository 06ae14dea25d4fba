// What the panel of figures shows: a minute of seconds, the newest split, the link as the agent sees it. While nobody
// looks it is asked only when something happens anyway, so that the session can say why it is slow.
import type { LinkFigures } from '../wire/messages.gen.js';
import type { Split } from './latency.js';
import { middle, type Slowness, type SlowReason } from './slowness.js';

export const kSeconds = 60;
/** The split that is shown is that of this many newest inputs. */
const kNewest = 16;

export interface Second {
  /** Median of input to picture; null when nobody did anything. */
  readonly latencyMs: number | null;
  readonly bits: number;
  readonly frames: number;
}

export interface Figures {
  /** Oldest first, at most kSeconds of them. */
  readonly seconds: readonly Second[];
  readonly split: Split | null;
  readonly roundTripMs: number | null;
  readonly queueMs: number | null;
  readonly rateKbit: number | null;
  /** 0: none. */
  readonly ceilingKbit: number;
  /** Shares of the bytes of the last second with any, or null. */
  readonly content: { readonly text: number; readonly picture: number; readonly video: number } | null;
  readonly exact: boolean;
  readonly slow: SlowReason | null;
}

export class FiguresLog {
  private seconds: Second[] = [];
  private newest: Split[] = [];
  private inSecond: Split[] = [];
  private bytes = 0;
  private frames = 0;
  private busyMs = 0;
  private link: LinkFigures | null = null;
  private content: Figures['content'] = null;
  private exact = false;
  private secondMs: number;

  constructor(
    private readonly slowness: Slowness,
    nowMs: number,
  ) {
    this.secondMs = nowMs;
  }

  received(bytes: number): void {
    this.bytes += bytes;
  }

  shown(splits: readonly Split[], exact: boolean, busyMs: number): void {
    this.frames += 1;
    this.busyMs += busyMs;
    this.exact = exact;
    this.inSecond.push(...splits);
    this.newest = [...this.newest, ...splits].slice(-kNewest);
  }

  handle(link: LinkFigures): void {
    this.link = link;
    const { textBytes, pictureBytes, videoBytes, otherBytes } = link;
    const all = textBytes + pictureBytes + videoBytes + otherBytes;
    if (all > 0) this.content = { text: textBytes / all, picture: pictureBytes / all, video: videoBytes / all };
  }

  dueMs(): number {
    return this.secondMs + 1_000;
  }

  /** Ends the second that is running when it is over. */
  take(roundTripMs: number | null, nowMs: number): Figures | null {
    const lastedMs = nowMs - this.secondMs;
    if (lastedMs < 1_000) return null;
    const split = middle(this.inSecond);
    const queueMs = this.link === null ? null : this.link.queueUs / 1_000;
    const latencyMs = split === null ? null : Object.values(split).reduce((sum, part) => sum + part, 0);
    this.seconds = [
      ...this.seconds,
      { latencyMs, bits: (this.bytes * 8_000) / lastedMs, frames: (this.frames * 1_000) / lastedMs },
    ].slice(-kSeconds);
    const busyShare = this.busyMs / lastedMs;
    const slow = this.slowness.judge({ roundTripMs, split, busyShare, queueMs: queueMs ?? 0 }, nowMs);
    this.secondMs = nowMs;
    this.inSecond = [];
    this.bytes = this.frames = this.busyMs = 0;
    return {
      seconds: this.seconds,
      split: middle(this.newest),
      roundTripMs,
      queueMs,
      rateKbit: this.link?.rateKbit ?? null,
      ceilingKbit: this.link?.ceilingKbit ?? 0,
      content: this.content,
      exact: this.exact,
      slow,
    };
  }
}
