// Gets the session and its tickets from the broker, and says in the session's terms what went wrong.
import { viewerFacts } from '../browser/facts.js';
import { canBeOpened, type Opens } from '../core/opening.js';
import type { TicketFailure, WindowSize } from '../core/session.js';
import { ApiError, type Answered, type Api, type OpenedSession, type SessionInfo, type TermsAnswer, type WaitingInLine } from './api.js';

/** How often somebody who waits for a desktop asks again. */
const kAskAgainMs = 2_000;

export type Target =
  | { readonly kind: 'resource'; readonly resource: string }
  | { readonly kind: 'session'; readonly session: string };

export type TicketAnswer =
  /** `bytes`: none where the link has opened the session itself. */
  | { readonly ok: true; readonly bytes: Uint8Array | null; readonly session: SessionInfo; readonly terms: TermsAnswer | undefined }
  | { readonly ok: false; readonly failure: TicketFailure; readonly text: string };

/** A broker that can be reached answers sooner. */
const kSlowMs = 2_500;

export class TicketSource {
  private sessionId: string | null;

  constructor(
    private readonly api: Api,
    private readonly target: Target,
    private readonly size: () => WindowSize,
    /** Told the place in the line while there is no free desktop, and null when there is one. */
    private readonly waits: (line: WaitingInLine | null) => void,
    private readonly stop: AbortSignal,
  ) {
    this.sessionId = target.kind === 'session' ? target.session : null;
  }

  get session(): string | null {
    return this.sessionId;
  }

  /** What the session's links may open by themselves; null while the page has no token. */
  opens(): Opens | null {
    const csrf = this.api.token;
    const resource = this.target.kind === 'resource' ? this.target.resource : '';
    const opens = this.sessionId !== null ? { resource: '', session: this.sessionId, csrf } : { resource, session: '', csrf };
    return csrf !== '' && canBeOpened(opens) ? opens : null;
  }

  /**
   * A ticket. `first`: what the broker said to a link that asked by itself; only what that does not settle is asked anew.
   * A link may be older than the cookie, so that it is refused for this says nothing.
   */
  async next(first?: Answered): Promise<TicketAnswer> {
    try {
      const opened = await this.ask(first?.status === 401 ? undefined : first);
      this.sessionId = opened.session.id;
      const bytes = opened.ticket === undefined ? null : fromBase64Url(opened.ticket);
      return { ok: true, bytes, session: opened.session, terms: opened.terms };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return { ok: false, failure: this.failure(error), text: error.message };
    }
  }

  private ask(first: Answered | undefined): Promise<OpenedSession> {
    if (this.sessionId === null && this.target.kind === 'resource') return this.open(this.target.resource, first);
    return twiceIfSlow((known) => this.api.ticket(this.sessionId ?? '', known), first);
  }

  /** Keeps the place in the line until there is a desktop or the page goes. */
  private async open(resource: string, first: Answered | undefined): Promise<OpenedSession> {
    const leave = (): void => { void this.api.leaveLine(resource).catch(() => undefined); };
    try {
      for (let known = first; ; known = undefined) {
        const answer = await twiceIfSlow((told) => this.api.openResource(resource, this.size(), viewerFacts(), told), known);
        if (!('waiting' in answer)) return answer;
        if (!this.stop.aborted) {
          this.waits(answer.waiting);
          window.addEventListener('pagehide', leave, { once: true });
          await pause(kAskAgainMs, this.stop);
          window.removeEventListener('pagehide', leave);
        }
        // Whoever left must not ask once more: a desktop that is free by now would be theirs.
        if (this.stop.aborted) throw new ApiError(0, 'left', '', 0);
      }
    } finally {
      if (this.stop.aborted) leave();
      else this.waits(null);
    }
  }

  private failure(error: ApiError): TicketFailure {
    if (error.passing) return 'retry';
    if (error.signedOut) return 'signed-out';
    if (error.status === 429) return 'retry';
    // What policy says no to may be there all the same; the sentence says when or from where.
    if (error.status === 403) return 'forbidden';
    // Before there was a session it is not for this person, or cannot start; afterwards it is gone.
    return this.sessionId === null && error.status !== 409 ? 'forbidden' : 'gone';
  }
}

/** Ends early when the page goes. */
function pause(ms: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    stop.addEventListener('abort', () => { clearTimeout(timer); resolve(); }, { once: true });
  });
}

/**
 * A connection that died in silence, as while the machine slept, gives no answer for long. A second request takes another
 * one; asking twice for a session or its ticket does no harm.
 */
async function twiceIfSlow<T>(ask: (known: Answered | undefined) => Promise<T>, known: Answered | undefined): Promise<T> {
  const first = ask(known);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const slow = new Promise<null>((resolve) => { timer = setTimeout(() => { resolve(null); }, kSlowMs); });
  const winner = await Promise.race([first.then((value) => ({ value })), slow]);
  clearTimeout(timer);
  if (winner !== null) return winner.value;
  return known === undefined ? Promise.race([first, ask(undefined)]) : first;
}

/** RFC 4648 section 5, without padding. */
function fromBase64Url(encoded: string): Uint8Array {
  const binary = atob(encoded.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}
