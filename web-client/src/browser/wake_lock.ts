// Keeps the device's screen on while somebody watches the desktop, and no longer: a page that was left open must not keep
// a laptop awake all night.

/** Without any input for this long nobody is taken to watch. */
const kWatchedMs = 15 * 60_000;
/** A browser that refused (an empty battery, a page that was not quite shown yet) or let go is asked again after this. */
const kAgainMs = 5_000;

export const hasWakeLock = (): boolean => 'wakeLock' in navigator;

export class ScreenWakeLock {
  private sentinel: WakeLockSentinel | null = null;
  private wanted = false;
  private asking = false;
  private unwatchedMs = performance.now() + kWatchedMs;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** `changed` is told whether the screen is being kept on. */
  constructor(private readonly changed: (held: boolean) => void, signal: AbortSignal) {
    // The browser lets go when the page is hidden, and gives it back to no one.
    document.addEventListener('visibilitychange', () => { void this.settle(); }, { signal });
    for (const name of ['pointerdown', 'pointermove', 'keydown'] as const) {
      window.addEventListener(name, () => { this.noticed(); }, { capture: true, passive: true, signal });
    }
    signal.addEventListener('abort', () => { this.want(false); });
  }

  /** Whether there is something to watch, and the person chose this. */
  want(wanted: boolean): void {
    if (wanted === this.wanted) return;
    this.wanted = wanted;
    this.unwatchedMs = performance.now() + kWatchedMs;
    void this.settle();
  }

  private noticed(): void {
    const now = performance.now();
    const wasUnwatched = now >= this.unwatchedMs;
    this.unwatchedMs = now + kWatchedMs;
    if (wasUnwatched) void this.settle();
  }

  private async settle(): Promise<void> {
    const leftMs = this.unwatchedMs - performance.now();
    const due = this.wanted && leftMs > 0 && document.visibilityState === 'visible';
    if (due) this.settleIn(leftMs + 1);
    else clearTimeout(this.timer);
    if (!due) {
      const held = this.sentinel;
      this.sentinel = null;
      if (held !== null) this.changed(false);
      return void (await held?.release().catch(() => undefined));
    }
    if (this.sentinel !== null || this.asking || !hasWakeLock()) return;
    this.asking = true;
    try {
      const sentinel = await navigator.wakeLock.request('screen');
      this.sentinel = sentinel;
      sentinel.addEventListener('release', () => {
        if (this.sentinel !== sentinel) return;
        this.sentinel = null;
        this.changed(false);
        this.settleIn(kAgainMs);
      });
      this.changed(true);
    } catch {
      this.settleIn(kAgainMs);
    } finally {
      this.asking = false;
    }
    // It may have been given up meanwhile.
    if (!this.wanted) void this.settle();
  }
  private settleIn(ms: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => { void this.settle(); }, ms);
  }
}
