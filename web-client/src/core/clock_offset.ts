// How far the agent's clock is from the page's, from Ping and Pong as NTP does it (RFC 5905, section 8): the answer with
// the shortest round trip was delayed least, so it says best. Times are milliseconds.

/** Samples that are kept; at a ping every five seconds well over a minute. */
const kMostSamples = 16;
/** What two crystals drift apart, with some to spare: an old sample is off by this much for each millisecond. */
const kDrift = 100e-6;

interface Sample {
  readonly atMs: number;
  readonly roundTripMs: number;
  readonly offsetMs: number;
}

export class ClockOffset {
  private samples: Sample[] = [];

  /** A Ping that was sent at `sentMs` was answered at `clockMs` of the agent's clock and the answer is here. */
  add(sentMs: number, clockMs: number, nowMs: number): void {
    const roundTripMs = nowMs - sentMs;
    if (roundTripMs < 0) return;
    this.samples.push({ atMs: nowMs, roundTripMs, offsetMs: clockMs - (sentMs + nowMs) / 2 });
    if (this.samples.length > kMostSamples) this.samples.shift();
  }

  /** Another agent has another clock. */
  restart(): void {
    this.samples = [];
  }

  /** Agent's time of a moment of the page, or null before the first answer. */
  toAgent(ms: number): number | null {
    const best = this.best(ms);
    return best === null ? null : ms + best.offsetMs;
  }

  /** Page's time of a moment of the agent; `nowMs` says how old the samples are. */
  toPage(ms: number, nowMs: number): number | null {
    const best = this.best(nowMs);
    return best === null ? null : ms - best.offsetMs;
  }

  get shortestRoundTripMs(): number | null {
    return this.samples.length === 0 ? null : Math.min(...this.samples.map((one) => one.roundTripMs));
  }

  /** Whose bound on its own error is least: half its round trip, and what the clocks may have drifted since. */
  private best(nowMs: number): Sample | null {
    let best: Sample | null = null;
    let least = Infinity;
    for (const one of this.samples) {
      const bound = one.roundTripMs / 2 + Math.max(0, nowMs - one.atMs) * kDrift;
      if (bound > least) continue;
      least = bound;
      best = one;
    }
    return best;
  }
}
