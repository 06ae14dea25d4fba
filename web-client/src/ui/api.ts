// The broker's REST API as the page uses it. Every failure is an ApiError with a sentence for the person.
import { AccountApi, type LoginAnswer, type PasskeyUse, type Proof, type TotpOffer } from './account_api.js';
import { fromServer } from './language/server.js';
import type { PasskeyQuestion } from './passkey.js';
import { text } from './text.js';

export interface User {
  readonly name: string;
  readonly display_name: string;
  readonly admin: boolean;
}

export interface SignInService {
  readonly id: string;
  readonly name: string;
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
  /** Why the policy does not let it be opened now. */
  readonly refused?: { readonly code: string; readonly detail: string } | null;
  /** Why a desktop for it cannot be had at once. */
  readonly busy?: PoolBusy | null;
}

export type PoolBusy =
  | { readonly code: 'full'; readonly in_use: number; readonly most: number }
  | { readonly code: 'draining'; readonly message: string };

/** A place in the line for a desktop of a full pool. */
export interface WaitingInLine {
  /** 1: the next. */
  readonly place: number;
  readonly of: number;
  readonly in_use: number;
  readonly most: number;
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
  /** None where a link used it already. */
  readonly ticket?: string;
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

  /** No answer came at all. */
  get unreached(): boolean {
    return this.status === 0;
  }

  /** The way to the broker is interrupted; the same request may work soon. */
  get passing(): boolean {
    const codes = ['broker_unavailable', 'broker_timeout', 'busy'];
    return this.unreached || this.status === 502 || this.status === 504 || codes.includes(this.code);
  }
}

const kTimeoutMs = 20_000;
/** Other sites' pages cannot send it. */
const kSignIn = { 'X-Vitrine': '1' } as const;
/** What the broker answers when the person is to prove themselves anew. */
const kProofs = ['step_up_required', 'password_required'];

export class Api {
  private csrf: string;
  /** The question who is signed in, while it is on its way: changes wait for the token it brings. */
  private asking: Promise<User> | null = null;

  /**
   * `csrf` is the token that an earlier page of this browser was given, '' for none: with it a change need not wait for
   * the question who is signed in. `changed` is told every new one. It opens nothing without the cookie, which scripts
   * cannot read.
   */
  constructor(csrf: string, private readonly changed: (csrf: string) => void) {
    this.csrf = csrf;
  }

  /** The person's own account. */
  readonly account = new AccountApi((method, path, body) => this.request(method, path, body));
  /** Lets the person prove themselves; whether they did. Set by whoever owns the page. */
  prove: (code: string) => Promise<boolean> = () => Promise.resolve(false);

  async login(username: string, password: string): Promise<LoginAnswer> {
    return this.loginAnswer(await this.request('POST', '/api/login', { username, password }, kSignIn));
  }

  async secondStep(challenge: string, proof: Proof): Promise<LoginAnswer> {
    return this.loginAnswer(await this.request('POST', '/api/login/second-step', { challenge, ...proof }, kSignIn));
  }

  async offerTotpAtSignIn(challenge: string): Promise<TotpOffer> {
    return (await this.request('POST', '/api/login/enrolment', { challenge }, kSignIn)) as unknown as TotpOffer;
  }

  async passkeyUse(): Promise<PasskeyUse> {
    return (await this.request('GET', '/api/login/passkey')) as unknown as PasskeyUse;
  }

  async passkeyQuestion(): Promise<{ challenge: string; passkeys: PasskeyQuestion }> {
    const answer = await this.request('POST', '/api/login/passkey', {}, kSignIn);
    return answer as unknown as { challenge: string; passkeys: PasskeyQuestion };
  }

  async passkeySignIn(challenge: string, credential: object): Promise<LoginAnswer> {
    return this.loginAnswer(await this.request('POST', '/api/login/passkey/answer', { challenge, credential }, kSignIn));
  }

  async redeem(code: string): Promise<{ user: User; session: string }> {
    const answer = await this.request('POST', '/api/redeem', { code }, kSignIn);
    return { user: this.signedIn(answer), session: string(answer, 'session') };
  }

  /** The sign-in services that are a button. */
  async signInServices(): Promise<readonly SignInService[]> {
    return list<SignInService>(await this.request('GET', '/api/sign-in'), 'redirects');
  }

  /** Where to go to sign in at this service. */
  async beginSignIn(service: string): Promise<string> {
    const path = `/api/sign-in/${encodeURIComponent(service)}/begin`;
    return string(await this.request('POST', path, {}, { 'X-Vitrine': '1' }), 'location');
  }

  /** With what the service sent back. */
  async finishSignIn(provider: string, answer: URLSearchParams): Promise<User> {
    const body = { ...Object.fromEntries(answer), provider };
    return this.signedIn(await this.request('POST', '/api/sign-in/finish', body, { 'X-Vitrine': '1' }));
  }

  async me(): Promise<User> {
    this.asking = this.request('GET', '/api/me').then((answer) => this.signedIn(answer));
    try {
      return await this.asking;
    } finally {
      this.asking = null;
    }
  }

  /** Gives where to go to sign out at the sign-in service too; empty when there is no such place. */
  async logout(): Promise<string> {
    const { location } = await this.request('POST', '/api/logout', {});
    this.csrf = '';
    this.changed('');
    return typeof location === 'string' ? location : '';
  }

  async catalogue(): Promise<readonly Resource[]> {
    const answer = await this.request('GET', '/api/catalogue');
    return list<Resource>(answer, 'resources');
  }

  async openResource(
    resource: string,
    size: { width: number; height: number; scalePercent: number },
    place: { timeZone: string; locale: string },
    first?: Answered,
  ): Promise<OpenedSession | { readonly waiting: WaitingInLine }> {
    const { width, height, scalePercent } = size;
    return (await this.request('POST', '/api/sessions', {
      resource,
      width,
      height,
      scale_percent: scalePercent,
      time_zone: place.timeZone,
      language: place.locale,
      wait: true,
    }, {}, first)) as unknown as OpenedSession | { readonly waiting: WaitingInLine };
  }

  /** Gives up the place in the line; also while the page goes away. */
  async leaveLine(resource: string): Promise<void> {
    await this.request('DELETE', `/api/waiting/${encodeURIComponent(resource)}`);
  }

  async session(id: string): Promise<SessionInfo> {
    const answer = await this.request('GET', `/api/sessions/${encodeURIComponent(id)}`);
    return answer['session'] as SessionInfo;
  }

  async sessions(): Promise<readonly SessionInfo[]> {
    return list<SessionInfo>(await this.request('GET', '/api/sessions'), 'sessions');
  }

  async ticket(session: string, first?: Answered): Promise<OpenedSession> {
    const answer = await this.request('POST', `/api/sessions/${encodeURIComponent(session)}/ticket`, {}, {}, first);
    return answer as unknown as OpenedSession;
  }

  async endSession(id: string): Promise<void> {
    await this.request('DELETE', `/api/sessions/${encodeURIComponent(id)}`);
  }

  async setTerms(terms: { targetMs: number; ceilingKbit: number; qualityFloor: number }): Promise<void> {
    const body: WireTerms = { target_ms: terms.targetMs, ceiling_kbit: terms.ceilingKbit, quality_floor: terms.qualityFloor };
    await this.request('PUT', '/api/me/terms', body);
  }

  private loginAnswer(answer: Answer): LoginAnswer {
    if (answer['next'] !== undefined) return answer as unknown as LoginAnswer;
    const recoveryCodes = (answer['recovery_codes'] as string[] | undefined) ?? [];
    return { next: 'signed_in', user: this.signedIn(answer), recoveryCodes };
  }

  private signedIn(answer: Answer): User {
    this.csrf = string(answer, 'csrf');
    this.changed(this.csrf);
    return answer['user'] as User;
  }

  /** The token that goes with changes; '' while there is none. */
  get token(): string {
    return this.csrf;
  }

  /**
   * Asks; where the broker wants a fresh proof or the page's token is from before, once more after that. `first`: what it
   * said to the same question asked by another way.
   */
  protected async request(
    method: HttpMethod,
    path: string,
    body?: object,
    headers: Readonly<Record<string, string>> = {},
    first?: Answered,
  ): Promise<Answer> {
    const before = this.csrf;
    try {
      return first === undefined ? await this.requestOnce(method, path, body, headers) : answerOf(first);
    } catch (error) {
      if (!(error instanceof ApiError) || !(await this.worthAnother(error, method, before, headers))) throw error;
      return this.requestOnce(method, path, body, headers);
    }
  }

  private async worthAnother(error: ApiError, method: HttpMethod, before: string, headers: object): Promise<boolean> {
    if (kProofs.includes(error.code)) return this.prove(error.code);
    // The token was renewed while this request was on its way.
    if (error.status === 401 && before !== '' && before !== this.csrf) return true;
    if (error.code !== 'forbidden' || method === 'GET' || headers === kSignIn || before === '') return false;
    // Another tab renewed it.
    await this.me();
    return this.csrf !== before;
  }

  private async requestOnce(
    method: HttpMethod,
    path: string,
    body: object | undefined,
    headers: Readonly<Record<string, string>>,
  ): Promise<Answer> {
    const all: Record<string, string> = { Accept: 'application/json', ...headers };
    if (method !== 'GET' && this.csrf === '' && this.asking !== null) await this.asking;
    if (method !== 'GET' && this.csrf !== '') all['X-CSRF-Token'] = this.csrf;
    if (body !== undefined) all['Content-Type'] = 'application/json';
    let response: Response;
    try {
      response = await fetch(path, {
        method,
        headers: all,
        credentials: 'same-origin',
        cache: 'no-store',
        keepalive: method === 'DELETE',
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
    // Whatever renews the browser's token brings the one that goes with it.
    const { csrf } = answer as Answer;
    if (typeof csrf === 'string') this.csrf = csrf;
    return answer as Answer;
  }
}

export type Answer = Record<string, unknown>;
/** An answer of the broker that came by a session's link. */
export interface Answered {
  readonly status: number;
  readonly body: string;
}
type HttpMethod = 'GET' | 'POST' | 'PUT' | 'DELETE';

async function failure(response: Response): Promise<ApiError> {
  const problem = ((await response.json().catch(() => null)) ?? {}) as Problem;
  const retryAfterS = Number.parseInt(response.headers.get('Retry-After') ?? '', 10);
  return failureOf(response.status, problem, Number.isFinite(retryAfterS) ? retryAfterS : 0);
}

function failureOf(status: number, problem: Problem, retryAfterS: number): ApiError {
  const sentence = fromServer(problem.detail ?? problem.title ?? '') || text.errors.status(status);
  return new ApiError(status, problem.code ?? '', sentence, retryAfterS);
}

function answerOf({ status, body }: Answered): Answer {
  let answer: unknown = null;
  try {
    answer = JSON.parse(body);
  } catch {
    // A gateway that could not read it left it out.
  }
  const read = typeof answer === 'object' && answer !== null ? answer : {};
  if (status < 200 || status > 299) throw failureOf(status, read, 0);
  return read as Answer;
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
