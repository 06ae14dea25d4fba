// Asks for something small while the link is away, and says when the server answers again.
import { kLookTimeoutMs, ReturnWatch } from '../core/return_watch.js';

/** No page of anybody; the gateway has it in memory. */
const kSmall = '/icon.svg';

export class ServerReturn {
  private watch: ReturnWatch | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly back: () => void) {}

  /** Whether the link is away. */
  follow(away: boolean): void {
    if (away === (this.watch !== null)) return;
    clearTimeout(this.timer);
    this.watch = away ? new ReturnWatch() : null;
    if (this.watch !== null) this.lookSoon(this.watch);
  }

  private lookSoon(watch: ReturnWatch): void {
    this.timer = setTimeout(() => {
      void this.look(watch);
      this.lookSoon(watch);
    }, watch.pauseMs);
  }

  private async look(watch: ReturnWatch): Promise<void> {
    const number = watch.look();
    if (number === 0) return;
    // Whoever comes back to the page wakes the link by that.
    const answered = document.visibilityState === 'visible' && await answers();
    const back = watch.looked(number, answered);
    if (watch === this.watch && back) this.back();
  }
}

async function answers(): Promise<boolean> {
  try {
    const { ok } = await fetch(kSmall, { method: 'HEAD', cache: 'no-store', credentials: 'omit', signal: AbortSignal.timeout(kLookTimeoutMs) });
    return ok;
  } catch {
    return false;
  }
}
