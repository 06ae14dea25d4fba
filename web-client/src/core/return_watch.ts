// Notices that the server can be reached again while a link waits for its next attempt. Attempts themselves grow rare, because
// browsers delay WebSockets of pages whose last ones failed; a small request may be tried often.

/** Between two requests while somebody is likely to sit there and wait. */
export const kLookMs = 600;
/** Later; a laptop may lie there for a night. */
export const kLateLookMs = 3_000;
/** Requests until it is late: two minutes or more. */
export const kEarlyLooks = 200;
/** A request takes no longer; a new one takes a new connection. */
export const kLookTimeoutMs = 2_000;

export class ReturnWatch {
  private looks = 0;
  private reached = false;

  /** A request was answered or was not; whether a link is worth an attempt now. Answers in a row are worth one. */
  looked(answered: boolean): boolean {
    this.looks += 1;
    const back = answered && !this.reached;
    this.reached = answered;
    return back;
  }

  get pauseMs(): number {
    return this.looks < kEarlyLooks ? kLookMs : kLateLookMs;
  }
}
