// Names the reason when a session is slow: one at a time, and only after it has held for some seconds, so that the
// sentence neither flickers nor jumps between two of about the same size.
import { kParts, totalOf, type Part, type Split } from './latency.js';

export type SlowReason = 'network' | 'application' | 'browser' | 'bandwidth';

/** What is known of the last second. */
export interface Moment {
  readonly roundTripMs: number | null;
  /** Medians of the parts of this second's inputs; null when there were none. */
  readonly split: Split | null;
  /** Share of the second that decoding and painting took, 0..1. */
  readonly busyShare: number;
  readonly queueMs: number;
}

/** From where on a person notices, and below which it is over again. */
interface Threshold {
  readonly from: number;
  readonly below: number;
}
/** Round trips above this are felt with every key. */
const kNetworkMs: Threshold = { from: 150, below: 110 };
/** A program that takes longer than this to answer feels slow whatever the rest does (Nielsen's tenth of a second). */
const kApplicationMs: Threshold = { from: 150, below: 100 };
/** Two frames lost in the page itself. */
const kBrowserMs: Threshold = { from: 50, below: 30 };
const kBusyShare: Threshold = { from: 0.8, below: 0.6 };
/** Pictures that wait longer than this for their turn are old. */
const kBandwidthMs: Threshold = { from: 100, below: 60 };
const kHoldsForMs = 3_000;
const kGoneForMs = 5_000;

const kReasons: readonly SlowReason[] = ['network', 'application', 'browser', 'bandwidth'];

export class Slowness {
  private reason: SlowReason | null = null;
  private candidate: SlowReason | null = null;
  private sinceMs = 0;

  get current(): SlowReason | null {
    return this.reason;
  }

  /** Once a second. The reason to name now, or null. */
  judge(moment: Moment, nowMs: number): SlowReason | null {
    const holding = this.reason !== null && severity(moment, this.reason, 'below') >= 1 ? this.reason : null;
    const seen = holding ?? worst(moment);
    if (seen === this.reason) {
      this.candidate = seen;
      this.sinceMs = nowMs;
      return this.reason;
    }
    if (seen !== this.candidate) {
      this.candidate = seen;
      this.sinceMs = nowMs;
    }
    if (nowMs - this.sinceMs >= (seen === null ? kGoneForMs : kHoldsForMs)) this.reason = seen;
    return this.reason;
  }
}

/** How far over its threshold a reason is; at least 1 when it holds. */
function severity(moment: Moment, reason: SlowReason, edge: keyof Threshold): number {
  const of = (part: Part): number => moment.split?.[part] ?? 0;
  switch (reason) {
    case 'network':
      return (moment.roundTripMs ?? 0) / kNetworkMs[edge];
    case 'application':
      return of('application') / kApplicationMs[edge];
    case 'browser':
      return Math.max((of('decode') + of('present')) / kBrowserMs[edge], moment.busyShare / kBusyShare[edge]);
    case 'bandwidth':
      return Math.max(of('transfer'), moment.queueMs) / kBandwidthMs[edge];
  }
}

function worst(moment: Moment): SlowReason | null {
  let reason: SlowReason | null = null;
  let most = 1;
  for (const one of kReasons) {
    const here = severity(moment, one, 'from');
    if (here < most) continue;
    most = here;
    reason = one;
  }
  return reason;
}

/** The split of the input in the middle, by its total. */
export function middle(splits: readonly Split[]): Split | null {
  const sorted = [...splits].sort((a, b) => totalOf(a) - totalOf(b));
  return sorted[Math.floor(sorted.length / 2)] ?? null;
}

/** No time at all. */
export const kNoTime = Object.fromEntries(kParts.map((part) => [part, 0])) as unknown as Split;
