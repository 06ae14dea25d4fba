// Pictures that were held up on their way. When a link that stood still moves again, what was on its way comes first,
// seconds old, and the newest follows a round trip later. Showing the old ones only delays the eye, so they are kept
// from the canvas until one comes that is on time. Times are milliseconds; only differences of the two clocks matter.

/** So much longer than the shortest way, an update was held up: no link that is used with care makes pictures this old. */
export const kLateMs = 400;
/** What is late all the same is shown after this: a round trip and what lies in the link's queue. */
export const kLongestHoldMs = 300;

export class LatePictures {
  /** Least difference between the time of receiving and that of capturing. */
  private leastMs = Infinity;
  private lastMs = 0;
  private untilMs = Infinity;

  /** Another agent, and so another clock. */
  restart(): void {
    this.leastMs = Infinity;
    this.untilMs = Infinity;
  }

  /** An update came. */
  take(captureMs: number, nowMs: number): void {
    this.lastMs = nowMs - captureMs;
    this.leastMs = Math.min(this.leastMs, this.lastMs);
    if (this.lastMs - this.leastMs <= kLateMs) this.untilMs = Infinity;
    else if (this.untilMs === Infinity) this.untilMs = nowMs + kLongestHoldMs;
  }

  /** Whether what came last is to be kept from the canvas. */
  holds(nowMs: number): boolean {
    if (this.untilMs === Infinity) return false;
    if (nowMs < this.untilMs) return true;
    // Late for so long, it is the usual time now: a longer way, or a clock that was set.
    this.leastMs = this.lastMs;
    this.untilMs = Infinity;
    return false;
  }

  /** When to ask again. */
  get dueMs(): number {
    return this.untilMs;
  }
}
