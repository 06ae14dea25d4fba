// Notices that the machine slept or the page was frozen: a timer that comes much too late, or a wall clock that ran while
// the page's own stood still (some systems stop that one during sleep). Links that were open before are as a rule dead then.

/** Timers of a busy page are late too, by less than this. */
const kJumpMs = 4_000;

export class SleepWatch {
  constructor(
    /** How often look() is called. */
    private readonly everyMs: number,
    private monotonicMs: number,
    private wallMs: number,
  ) {}

  /** Whether there was a sleep since the last look. A clock that was set forward counts as one; that costs a ping. */
  look(monotonicMs: number, wallMs: number): boolean {
    const ran = monotonicMs - this.monotonicMs;
    const passed = wallMs - this.wallMs;
    this.monotonicMs = monotonicMs;
    this.wallMs = wallMs;
    return Math.max(ran, passed) >= this.everyMs + kJumpMs;
  }
}
