// The broker's REST API as the page uses it. Every failure is an ApiError with a sentence for the person.
import { text } from './text.js';

export interface User {
  readonly name: string;
  readonly display_name: string;
  readonly admin: boolean;
}

export interface SessionInfo {
  readonly id: string;
  readonly resource: string;
  readonly name: string;
  readonly state: string;
  readonly detail: string;
}

export interface Resource {
  readonly id: string;
  readonly kind: 'desktop' | 'app';
  readonly name: string;
  readonly description: string;
  readonly icon: string;
  readonly session: { readonly id: string; readonly state: string } | null;
}

export interface WireTerms {
  readonly target_ms: number;
  readonly ceiling_kbit: number;
  readonly quality_floor: number;
}

export interface TermsAnswer {
  readonly resource: WireTerms;
  readonly user: WireTerms | null;
}

export interface OpenedSession {
  readonly session: SessionInfo;
  readonly ticket: string;
  readonly terms?: TermsAnswer;
}

interface Problem {
  readonly title?: string;
  readonly detail?: string;
  readonly code?: string;
}

export class ApiError extends Error {
  override readonly name = 'ApiError';
  constructor(
    /** HTTP status; 0 when no answer came. */
    readonly status: number,
    readonly code: string,
    message: string,
    /** How long the server wants to be left alone, seconds. */
    readonly retryAfterS: number,
  ) {
    super(message);
  }

  /** Nobody is signed in any more. */
  get signedOut(): boolean {
    return this.status === 401;
  }

  /** The way to the broker is interrupted; the same request may work soon. */
  get passing(): boolean {
    const codes = ['broker_unavailable', 'broker_timeout', 'busy'];
    return this.status === 0 || this.status === 502 || this.status === 504 || codes.includes(this.code);
  }
}

const kTimeoutMs = 20_000;

export class Api {
  private csrf = '';
  /** The question who is signed in, while it is on its way: changes wait for the token it brings. */
  private asking: Promise<User> | null = null;

  async login(username: string, password: string): Promise<User> {
    return this.signedIn(await this.request('POST', '/api/login', { username, password }, { 'X-Vitrine': '1' }));
  }

  async redeem(code: string): Promise<{ user: User; session: string }> {
    const answer = await this.request('POST', '/api/redeem', { code }, { 'X-Vitrine': '1' });
    return { user: this.signedIn(answer), session: string(answer, 'session') };
  }

  async me(): Promise<User> {
    this.asking = this.request('GET', '/api/me').then((answer) => this.signedIn(answer));
    try {
      return await this.asking;
    } finally {
      this.asking = null;
    }
  }

  async logout(): Promise<void> {
    await this.request('POST', '/api/logout', {});
    this.csrf = '';
  }

  async catalogue(): Promise<readonly Resource[]> {
    const answer = await this.request('GET', '/api/catalogue');
    return list<Resource>(answer, 'resources');
  }

  async openResource(
    resource: string,
    size: { width: number; height: number; scalePercent: number },
  ): Promise<OpenedSession> {
    const { width, height, scalePercent } = size;
    return (await this.request('POST', '/api/sessions', {
      resource,
      width,
      height,
      scale_percent: scalePercent,
    })) as unknown as OpenedSession;
  }

  async session(id: string): Promise<SessionInfo> {
    const answer = await this.request('GET', `/api/sessions/${encodeURIComponent(id)}`);
    return answer['session'] as SessionInfo;
  }

  async sessions(): Promise<readonly SessionInfo[]> {
    return list<SessionInfo>(await this.request('GET', '/api/sessions'), 'sessions');
  }

  async ticket(session: string): Promise<OpenedSession> {
    const answer = await this.request('POST', `/api/sessions/${encodeURIComponent(session)}/ticket`, {});
    return answer as unknown as OpenedSession;
  }

  async endSession(id: string): Promise<void> {
    await this.request('DELETE', `/api/sessions/${encodeURIComponent(id)}`);
  }

  async setTerms(terms: { targetMs: number; ceilingKbit: number; qualityFloor: number }): Promise<void> {
    const body: WireTerms = { target_ms: terms.targetMs, ceiling_kbit: terms.ceilingKbit, quality_floor: terms.qualityFloor };
    await this.request('PUT', '/api/me/terms', body);
  }

  private signedIn(answer: Answer): User {
    this.csrf = string(answer, 'csrf');
    return answer['user'] as User;
  }

  protected async request(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    body?: object,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const all: Record<string, string> = { Accept: 'application/json', ...headers };
    if (method !== 'GET' && this.asking !== null) await this.asking;
    if (method !== 'GET' && this.csrf !== '') all['X-CSRF-Token'] = this.csrf;
    if (body !== undefined) all['Content-Type'] = 'application/json';
    let response: Response;
    try {
      response = await fetch(path, {
        method,
        headers: all,
        credentials: 'same-origin',
        cache: 'no-store',
        signal: AbortSignal.timeout(kTimeoutMs),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    } catch {
      throw new ApiError(0, 'unreachable', text.errors.unreachable, 0);
    }
    if (!response.ok) throw await failure(response);
    if (response.status === 204) return {};
    const answer: unknown = await response.json().catch(() => null);
    if (typeof answer !== 'object' || answer === null) throw new ApiError(response.status, 'answer', text.errors.answer, 0);
    return answer as Answer;
  }
}

export type Answer = Record<string, unknown>;

async function failure(response: Response): Promise<ApiError> {
  const problem = ((await response.json().catch(() => null)) ?? {}) as Problem;
  const sentence = problem.detail ?? problem.title ?? text.errors.status(response.status);
  const retryAfterS = Number.parseInt(response.headers.get('Retry-After') ?? '', 10);
  return new ApiError(response.status, problem.code ?? '', sentence, Number.isFinite(retryAfterS) ? retryAfterS : 0);
}

function string(answer: Answer, name: string): string {
  const value = answer[name];
  if (typeof value !== 'string') throw new ApiError(200, 'answer', text.errors.answer, 0);
  return value;
}

export function list<T>(answer: Answer, name: string): readonly T[] {
  const value = answer[name];
  if (!Array.isArray(value)) throw new ApiError(200, 'answer', text.errors.answer, 0);
  return value as T[];
}
