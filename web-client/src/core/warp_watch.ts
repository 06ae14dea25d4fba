// Notices programs that steer by the pointer's motion: they hide it and put it back again and again. With a pointer that
// has a place at the edge of the window such a program stops turning; captured it goes on.

/** So many times within this span: what a person does once, a menu or a dialog may do too. */
const kTimes = 4;
const kSpanMs = 1_500;
/** Somebody who said no is left alone for a while. */
const kPauseMs = 120_000;

export class WarpWatch {
  private hidden = false;
  private times: number[] = [];
  private quietUntilMs = -Infinity;

  /** The desktop's cursor changed; hidden ones have no size. */
  cursor(hidden: boolean): void {
    this.hidden = hidden;
    if (!hidden) this.times = [];
  }

  /** The pointer was moved, not by this page. True when capturing it should be offered. */
  displaced(nowMs: number): boolean {
    if (!this.hidden || nowMs < this.quietUntilMs) return false;
    this.times = [...this.times.filter((at) => nowMs - at < kSpanMs), nowMs];
    if (this.times.length < kTimes) return false;
    this.quietUntilMs = nowMs + kPauseMs;
    this.times = [];
    return true;
  }
}
