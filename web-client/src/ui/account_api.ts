// The broker's API of second factors, passkeys and the person's own account.
import type { User } from './api.js';
import type { Credential, NewPasskeyQuestion, PasskeyQuestion } from './passkey.js';

export type Method = 'totp' | 'recovery' | 'passkey' | 'password';

/** What a sign-in wants after the password, or a step-up. */
export interface FactorQuestion {
  readonly challenge: string;
  readonly methods: readonly Method[];
  readonly passkeys?: PasskeyQuestion;
}

export type LoginAnswer =
  | { readonly next: 'signed_in'; readonly user: User; readonly recoveryCodes: readonly string[] }
  | ({ readonly next: 'second_factor' } & FactorQuestion)
  | { readonly next: 'enrolment'; readonly challenge: string };

/** One of the methods with what proves it. */
export interface Proof {
  readonly method: Method | 'enrol';
  readonly code?: string;
  readonly password?: string;
  readonly enrolment?: string;
  readonly credential?: Credential;
}

export interface TotpOffer {
  readonly enrolment: string;
  readonly secret: string;
  readonly uri: string;
  readonly qr: { readonly modules: number; readonly path: string };
}

export interface Passkey {
  readonly id: string;
  readonly name: string;
  readonly created_s: number;
  readonly used_s: number | null;
}

export interface PasskeyUse {
  readonly possible: boolean;
  readonly origin?: string;
  readonly why?: string;
}

export interface Account {
  readonly user: User;
  readonly provider: string;
  readonly has_password: boolean;
  readonly second_factor: {
    readonly on: boolean;
    readonly required: boolean;
    readonly totp_since_s: number | null;
    readonly recovery_codes: number;
  };
  readonly passkeys: readonly Passkey[];
  readonly passkey_use: PasskeyUse;
}

export interface WebSession {
  readonly id: string;
  readonly this_one: boolean;
  readonly browser: string;
  readonly address: string;
  readonly by_link: boolean;
  readonly created_s: number;
  readonly seen_s: number;
}

type Answer = Record<string, unknown>;
export type Send = (method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: object) => Promise<Answer>;

/** Recovery codes, when a change made new ones. */
const codes = (answer: Answer): readonly string[] => (answer['recovery_codes'] as string[] | undefined) ?? [];

/** `send` asks with the page's tokens, and lets the person prove themselves where the broker wants it. */
export class AccountApi {
  constructor(private readonly send: Send) {}

  async account(): Promise<Account> {
    return (await this.send('GET', '/api/me/account')) as unknown as Account;
  }

  async changePassword(old: string, wanted: string): Promise<void> {
    await this.send('PUT', '/api/me/password', { old, new: wanted });
  }

  async offerTotp(): Promise<TotpOffer> {
    return (await this.send('POST', '/api/me/totp', {})) as unknown as TotpOffer;
  }

  async confirmTotp(enrolment: string, code: string): Promise<readonly string[]> {
    return codes(await this.send('PUT', '/api/me/totp', { enrolment, code }));
  }

  async removeTotp(): Promise<void> {
    await this.send('DELETE', '/api/me/totp');
  }

  async newRecoveryCodes(): Promise<readonly string[]> {
    return codes(await this.send('POST', '/api/me/recovery-codes', {}));
  }

  async passkeyQuestion(): Promise<NewPasskeyQuestion> {
    return (await this.send('POST', '/api/me/passkeys/question', {})) as unknown as NewPasskeyQuestion;
  }

  async addPasskey(challenge: string, name: string, credential: Credential): Promise<readonly string[]> {
    return codes(await this.send('POST', '/api/me/passkeys', { challenge, name, credential }));
  }

  async renamePasskey(id: string, name: string): Promise<void> {
    await this.send('PUT', `/api/me/passkeys/${encodeURIComponent(id)}`, { name });
  }

  async removePasskey(id: string): Promise<void> {
    await this.send('DELETE', `/api/me/passkeys/${encodeURIComponent(id)}`);
  }

  async webSessions(): Promise<readonly WebSession[]> {
    return ((await this.send('GET', '/api/me/web-sessions'))['web_sessions'] ?? []) as readonly WebSession[];
  }

  async endWebSession(id: string): Promise<void> {
    await this.send('DELETE', `/api/me/web-sessions/${encodeURIComponent(id)}`);
  }

  async signOutEverywhere(keepThis: boolean): Promise<void> {
    await this.send('POST', '/api/me/web-sessions/sign-out', { keep_this: keepThis });
  }

  async stepUpQuestion(): Promise<FactorQuestion> {
    return (await this.send('POST', '/api/me/step-up/question', {})) as unknown as FactorQuestion;
  }

  async stepUp(challenge: string, proof: Proof): Promise<void> {
    await this.send('POST', '/api/me/step-up', { challenge, ...proof });
  }
}
