// Gets the session and its tickets from the broker, and says in the session's terms what went wrong.
import { viewerFacts } from '../browser/facts.js';
import type { TicketFailure, WindowSize } from '../core/session.js';
import { ApiError, type Api, type OpenedSession, type SessionInfo, type TermsAnswer } from './api.js';

export type Target =
  | { readonly kind: 'resource'; readonly resource: string }
  | { readonly kind: 'session'; readonly session: string };

export type TicketAnswer =
  | { readonly ok: true; readonly bytes: Uint8Array; readonly session: SessionInfo; readonly terms: TermsAnswer | undefined }
  | { readonly ok: false; readonly failure: TicketFailure; readonly text: string };

/** A broker that can be reached answers sooner. */
const kSlowMs = 2_500;

export class TicketSource {
  private sessionId: string | null;
  private prepared: Promise<TicketAnswer> | null = null;

  constructor(
    private readonly api: Api,
    private readonly target: Target,
    private readonly size: () => WindowSize,
  ) {
    this.sessionId = target.kind === 'session' ? target.session : null;
  }

  get session(): string | null {
    return this.sessionId;
  }

  /** Asks for the first ticket before the worker, which still loads, does; a ticket is good for a minute. */
  prepare(): void {
    this.prepared = this.ask();
  }

  next(): Promise<TicketAnswer> {
    const answer = this.prepared ?? this.ask();
    this.prepared = null;
    return answer;
  }

  private async ask(): Promise<TicketAnswer> {
    try {
      const opened = await twiceIfSlow(() => this.request());
      this.sessionId = opened.session.id;
      return { ok: true, bytes: fromBase64Url(opened.ticket), session: opened.session, terms: opened.terms };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return { ok: false, failure: this.failure(error), text: error.message };
    }
  }

  private request(): Promise<OpenedSession> {
    const { sessionId, target } = this;
    if (sessionId === null && target.kind === 'resource') return this.api.openResource(target.resource, this.size(), viewerFacts());
    return this.api.ticket(sessionId ?? '');
  }

  private failure(error: ApiError): TicketFailure {
    if (error.passing) return 'retry';
    if (error.signedOut) return 'signed-out';
    if (error.status === 429) return 'retry';
    // Before there was a session it is not for this person, or cannot start; afterwards it is gone.
    const known = this.sessionId !== null;
    if (error.status === 403 || error.status === 404) return known ? 'gone' : 'forbidden';
    return 'gone';
  }
}

/**
 * A connection that died in silence, as while the machine slept, gives no answer for long. A second request takes another
 * one; asking twice for a session or its ticket does no harm.
 */
async function twiceIfSlow<T>(ask: () => Promise<T>): Promise<T> {
  const first = ask();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const slow = new Promise<null>((resolve) => { timer = setTimeout(() => { resolve(null); }, kSlowMs); });
  const winner = await Promise.race([first.then((value) => ({ value })), slow]);
  clearTimeout(timer);
  if (winner !== null) return winner.value;
  return Promise.race([first, ask()]);
}

/** RFC 4648 section 5, without padding. */
function fromBase64Url(encoded: string): Uint8Array {
  const binary = atob(encoded.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}
