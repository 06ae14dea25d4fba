// When what the page holds is put on the device. Sans-IO. Once things are still, so that nobody waits for it; on a screen
// that is never still now and then; and at once when the page is hidden, as it may not come back.

/** Rest before a snapshot: longer than a person pauses while typing. */
export const kStillMs = 2_000;
/** A screen that blinks for ever is put aside this long after it changed. */
export const kAtLatestMs = 30_000;
/** Between two of them, so that work in short bursts does not write all the time. */
export const kBetweenMs = 10_000;
/** After one that could not be kept. */
export const kAfterFailureMs = 300_000;

export class SnapshotPlan {
  private firstChangeMs = Infinity;
  private lastChangeMs = -Infinity;
  private notBeforeMs = -Infinity;

  /** The picture or what was kept changed. */
  changed(nowMs: number): void {
    this.firstChangeMs = Math.min(this.firstChangeMs, nowMs);
    this.lastChangeMs = nowMs;
  }

  /** Whether there is something that no snapshot has. */
  get due(): boolean {
    return this.firstChangeMs !== Infinity;
  }

  dueMs(): number {
    if (!this.due) return Infinity;
    return Math.max(this.notBeforeMs, Math.min(this.lastChangeMs + kStillMs, this.firstChangeMs + kAtLatestMs));
  }

  taken(nowMs: number): void {
    this.firstChangeMs = Infinity;
    this.notBeforeMs = nowMs + kBetweenMs;
  }

  failed(nowMs: number): void {
    this.notBeforeMs = nowMs + kAfterFailureMs;
  }
}
