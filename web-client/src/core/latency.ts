// What a person feels, measured all the time: the link's round trip, and from each input event to the first picture
// that may show its effect, split into where the time went. Times are milliseconds of one clock.
import type { Update } from '../wire/messages.gen.js';
import { ClockOffset } from './clock_offset.js';

/** The median of the newest samples; a window this long follows a change within seconds and ignores one outlier. */
class Median {
  private readonly samples: number[] = [];
  constructor(private readonly longest: number) {}

  add(value: number): void {
    this.samples.push(value);
    if (this.samples.length > this.longest) this.samples.shift();
  }

  get value(): number | null {
    if (this.samples.length === 0) return null;
    const sorted = [...this.samples].sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)] ?? null;
  }
}

/** Where the time from an input to its picture goes, in the order of the way. */
export const kParts = ['network', 'agent', 'application', 'encode', 'transfer', 'decode', 'present'] as const;
export type Part = (typeof kParts)[number];
export type Split = Readonly<Record<Part, number>>;

export const totalOf = (split: Split): number => kParts.reduce((sum, part) => sum + split[part], 0);

/** Inputs that may wait for their picture; older ones are forgotten first. Nobody types 256 keys within a second. */
const kMostWaiting = 256;
/** An input whose picture came later than this had no effect that shows (a click beside everything). */
const kNoEffectAfterMs = 5_000;

interface Answer {
  readonly atMs: number;
  readonly agentMs: number;
  readonly applicationMs: number;
  readonly encodeMs: number;
  readonly handedOverMs: number;
  readonly receivedMs: number;
}

export class InputLatency {
  private waiting: { sequence: number; atMs: number }[] = [];
  /** Of the update that is being applied. */
  private answers: Answer[] = [];
  private readonly median = new Median(32);

  constructor(private readonly clock: ClockOffset) {}

  sent(sequence: number, atMs: number): void {
    this.waiting.push({ sequence, atMs });
    if (this.waiting.length > kMostWaiting) this.waiting.shift();
  }

  /** An update came; it is applied next. */
  received(update: Pick<Update, 'inputSequence' | 'inputs' | 'captureUs' | 'agentUs'>, receivedMs: number): void {
    const times = new Map<number, readonly [number, number]>();
    const { inputs } = update;
    for (let i = 0; i + 2 < inputs.length; i += 3) times.set(inputs[i] ?? 0, [inputs[i + 1] ?? 0, inputs[i + 2] ?? 0]);
    for (const one of this.waiting) {
      const known = times.get(one.sequence);
      if (known === undefined || one.sequence > update.inputSequence) continue;
      this.answers.push({
        atMs: one.atMs,
        agentMs: known[0] / 1_000,
        applicationMs: known[1] / 1_000,
        encodeMs: update.agentUs / 1_000,
        handedOverMs: (update.captureUs + update.agentUs) / 1_000,
        receivedMs,
      });
    }
    this.waiting = this.waiting.filter((one) => one.sequence > update.inputSequence);
  }

  /** The update is on the canvas, after this long for putting it there. The splits of the inputs that it answers. */
  shown(presentMs: number, nowMs: number): Split[] {
    const splits = this.answers
      .filter((one) => nowMs - one.atMs <= kNoEffectAfterMs)
      .map((one) => this.split(one, presentMs, nowMs));
    this.answers = [];
    for (const split of splits) this.median.add(totalOf(split));
    return splits;
  }

  /** Sequence numbers start again with a new link. */
  restart(): void {
    this.waiting = [];
    this.answers = [];
  }

  get medianMs(): number | null {
    return this.median.value;
  }

  /**
   * What each end measured by its own clock is certain. The rest was on the way: of the way down all that exceeds half
   * the shortest round trip went into the bytes and what they waited for; the remainder is the network's. An error of
   * the clocks therefore moves time between these two and changes no sum.
   */
  private split(one: Answer, presentMs: number, nowMs: number): Split {
    const total = Math.max(0, nowMs - one.atMs);
    const decode = Math.max(0, nowMs - one.receivedMs - presentMs);
    const elsewhere = one.agentMs + one.applicationMs + one.encodeMs + decode + presentMs;
    const onTheWay = Math.max(0, total - elsewhere);
    const shortest = this.clock.shortestRoundTripMs ?? onTheWay;
    const handedOver = this.clock.toPage(one.handedOverMs, nowMs);
    const down = handedOver === null ? onTheWay - shortest / 2 : one.receivedMs - handedOver;
    const transfer = Math.min(onTheWay, Math.max(0, down - shortest / 2));
    return {
      network: onTheWay - transfer,
      agent: one.agentMs,
      application: one.applicationMs,
      encode: one.encodeMs,
      transfer,
      decode,
      present: presentMs,
    };
  }
}

export class RoundTrip {
  private readonly median = new Median(5);

  add(ms: number): void {
    if (ms >= 0) this.median.add(ms);
  }

  get medianMs(): number | null {
    return this.median.value;
  }
}
