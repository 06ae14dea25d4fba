// Gets the session and its tickets from the broker, and says in the session's terms what went wrong.
import { viewerFacts } from '../browser/facts.js';
import type { TicketFailure, WindowSize } from '../core/session.js';
import { ApiError, type Api, type SessionInfo, type TermsAnswer } from './api.js';

export type Target =
  | { readonly kind: 'resource'; readonly resource: string }
  | { readonly kind: 'session'; readonly session: string };

export type TicketAnswer =
  | { readonly ok: true; readonly bytes: Uint8Array; readonly session: SessionInfo; readonly terms: TermsAnswer | undefined }
  | { readonly ok: false; readonly failure: TicketFailure; readonly text: string };

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
      const opened =
        this.sessionId === null && this.target.kind === 'resource'
          ? await this.api.openResource(this.target.resource, this.size(), viewerFacts())
          : await this.api.ticket(this.sessionId ?? '');
      this.sessionId = opened.session.id;
      return { ok: true, bytes: fromBase64Url(opened.ticket), session: opened.session, terms: opened.terms };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return { ok: false, failure: this.failure(error), text: error.message };
    }
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

/** RFC 4648 section 5, without padding. */
function fromBase64Url(encoded: string): Uint8Array {
  const binary = atob(encoded.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}
