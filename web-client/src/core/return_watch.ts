// Notices that the server can be reached again while a link waits for its next attempt. Attempts themselves grow rare, because
// browsers delay WebSockets of pages whose last ones failed; a small request may be tried often.

/** Between the first requests: most links that break are back within half a minute, and somebody is looking. */
export const kFirstLookMs = 250;
export const kFirstLooks = 120;
/** Between two requests while somebody is likely to sit there and wait. */
export const kLookMs = 600;
/** Later; a laptop may lie there for a night. */
export const kLateLookMs = 3_000;
/** Requests until it is late: two minutes or more. */
export const kEarlyLooks = 300;
/** A request takes no longer; a new one takes a new connection. */
export const kLookTimeoutMs = 2_000;
/**
 * Requests on their way. Where packets are lost instead of refused each hangs, and only one that begins after the link is back
 * is answered soon. Browsers open six connections to a server.
 */
export const kMostLooks = 4;

export class ReturnWatch {
  private looks = 0;
  private waiting = 0;
  private answered = 0;
  private reached = false;

  /** A request is sent, which gets this number; 0: too many are on their way. */
  look(): number {
    if (this.waiting >= kMostLooks) return 0;
    this.waiting += 1;
    this.looks += 1;
    return this.looks;
  }

  /** It was answered or was not; whether a link is worth an attempt now. Answers in a row are worth one. */
  looked(number: number, answered: boolean): boolean {
    this.waiting -= 1;
    // One that hung since before another was answered tells nothing new.
    if (!answered && number < this.answered) return false;
    const back = answered && !this.reached;
    this.reached = answered;
    if (answered) this.answered = Math.max(this.answered, number);
    return back;
  }

  get pauseMs(): number {
    if (this.looks < kFirstLooks) return kFirstLookMs;
    return this.looks < kEarlyLooks ? kLookMs : kLateLookMs;
  }
}
