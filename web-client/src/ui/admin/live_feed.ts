// Asks the server every few seconds what changed, while somebody looks.
import { ApiError } from '../api.js';
import type { AdminApi } from './admin_api.js';
import { LiveModel, type LiveAnswer } from './live_model.js';

export interface LiveListener {
  changed(actions: readonly string[] | null): void;
  live(): void;
  /** Whether what is shown is of now. */
  state(live: boolean): void;
  failed(error: ApiError): void;
}

const kEveryMs = 3_000;
/** A server that does not answer is asked less and less often, up to this. */
const kSlowestMs = 30_000;
/** 50,000 sessions of the first answer; each takes a thousand. */
const kMostParts = 50;

export class LiveFeed {
  readonly model = new LiveModel();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private watched = true;
  private failures = 0;
  private asking: Promise<void> | null = null;

  constructor(
    private readonly api: AdminApi,
    private readonly listener: LiveListener,
  ) {}

  start(): Promise<void> {
    return this.ask();
  }

  setWatched(watched: boolean): void {
    this.watched = watched;
    if (watched) void this.ask();
    else clearTimeout(this.timer);
  }

  /** Now; one question is on its way at a time. */
  ask(): Promise<void> {
    this.asking ??= this.askOnce().finally(() => {
      this.asking = null;
      clearTimeout(this.timer);
      const waitMs = Math.min(kEveryMs * 2 ** this.failures, kSlowestMs);
      if (this.watched) this.timer = setTimeout(() => { void this.ask(); }, waitMs);
    });
    return this.asking;
  }

  private async askOnce(): Promise<void> {
    try {
      const first = this.model.audit < 0;
      const parts = await this.parts();
      if (parts.some((part) => !part.whole)) this.model.clear();
      const moved = this.model.apply(parts);
      this.failures = 0;
      this.listener.state(true);
      if (moved || first) this.listener.live();
      const actions = parts[0]?.actions ?? null;
      if (!first && (actions === null || actions.length > 0)) this.listener.changed(actions);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.failures += 1;
      this.listener.state(false);
      if (!error.passing) this.listener.failed(error);
    }
  }

  private async parts(): Promise<LiveAnswer[]> {
    const parts: LiveAnswer[] = [];
    const { since, audit } = this.model;
    let after: string | null = '';
    while (after !== null && parts.length < kMostParts) {
      const part: LiveAnswer = await this.api.live(since, audit, after);
      parts.push(part);
      after = part.next;
    }
    return parts;
  }
}
