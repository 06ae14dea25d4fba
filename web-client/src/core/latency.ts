// What a person feels, measured all the time: the link's round trip, and from each input event to the first picture
// that may show its effect. Times are milliseconds of one clock.

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

/** Inputs that may wait for their picture; older ones are forgotten first. Nobody types 256 keys within a second. */
const kMostWaiting = 256;
/** An input whose picture came later than this had no effect that shows (a click beside everything). */
const kNoEffectAfterMs = 5_000;

export class InputLatency {
  private waiting: { sequence: number; atMs: number }[] = [];
  private readonly median = new Median(32);

  sent(sequence: number, atMs: number): void {
    this.waiting.push({ sequence, atMs });
    if (this.waiting.length > kMostWaiting) this.waiting.shift();
  }

  /** A picture is shown that was captured after the input `sequence` was injected. */
  shown(sequence: number, nowMs: number): void {
    const answered = this.waiting.filter((one) => one.sequence <= sequence);
    if (answered.length === 0) return;
    this.waiting = this.waiting.filter((one) => one.sequence > sequence);
    for (const one of answered) {
      if (nowMs - one.atMs <= kNoEffectAfterMs) this.median.add(Math.max(0, nowMs - one.atMs));
    }
  }

  /** Sequence numbers start again with a new link. */
  restart(): void {
    this.waiting = [];
  }

  get medianMs(): number | null {
    return this.median.value;
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
