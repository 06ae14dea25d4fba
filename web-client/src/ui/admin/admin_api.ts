// The administrators' part of the REST API.
import type { WebSession } from '../account_api.js';
import { Api, ApiError, list, type Answer } from '../api.js';
import type { LiveAnswer, LiveSession } from './live_model.js';

export interface AdminUser {
  readonly name: string;
  readonly display_name: string;
  readonly admin: boolean;
  readonly groups: readonly string[];
  readonly created_s: number;
  readonly provider?: string;
  readonly disabled?: boolean;
}

export interface AdminGroup {
  readonly name: string;
  readonly built_in: boolean;
  readonly members: readonly string[];
}

export interface Subject {
  readonly user?: string;
  readonly group?: string;
}

export interface AdminResource {
  readonly id: string;
  readonly kind: 'app' | 'pool';
  readonly pool: string;
  readonly name: string;
  readonly description: string;
  readonly command: readonly string[];
  readonly desktop_entry: string;
  readonly package: string;
  readonly opengl: boolean;
  readonly provisioner: string;
  readonly terms: { readonly target_ms: number; readonly ceiling_kbit: number; readonly quality_floor: number };
  readonly grants: readonly Subject[];
  readonly unavailable: string | null;
}

export interface Program {
  readonly desktop_entry: string;
  readonly name: string;
  readonly description: string;
  readonly command: readonly string[];
}

export interface AppDraft {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly pool: string;
  readonly command: readonly string[];
  readonly desktop_entry: string;
  readonly package: string;
  readonly opengl: boolean;
}

export interface Factors {
  readonly on: boolean;
  readonly required: boolean;
  readonly totp_since_s: number | null;
  readonly recovery_codes: number;
  readonly passkeys: number;
}

export interface SiteSetting {
  readonly key: string;
  readonly value: number;
  readonly default: number;
  readonly least: number;
  readonly most: number;
}

/** Rows the pages hold of one list: beyond it the command line and the API are the better tools, and the page says so. */
export const kMostRows = 20_000;
const kPageSize = 1_000;

const part = encodeURIComponent;

/** A person or a group as addresses name it. */
export const subjectPath = (subject: Subject): string =>
  (subject.group === undefined ? `user/${part(subject.user ?? '')}` : `group/${part(subject.group)}`);

export class AdminApi extends Api {
  async live(since: number, audit: number, after = ''): Promise<LiveAnswer> {
    const query = new URLSearchParams({ since: String(since), audit: String(audit), ...(after === '' ? {} : { after }) });
    return (await this.get(`/api/admin/live?${query.toString()}`)) as unknown as LiveAnswer;
  }

  async liveSession(id: string): Promise<LiveSession> {
    return (await this.get(`/api/admin/live/${part(id)}`))['session'] as LiveSession;
  }

  async message(session: string, sentence: string): Promise<void> {
    await this.request('POST', `/api/admin/sessions/${part(session)}/message`, { text: sentence });
  }

  async disconnect(session: string): Promise<void> {
    await this.request('POST', `/api/admin/sessions/${part(session)}/disconnect`, {});
  }

  async endAnySession(session: string): Promise<void> {
    await this.request('DELETE', `/api/admin/sessions/${part(session)}`);
  }

  users(): Promise<readonly AdminUser[]> {
    return this.all<AdminUser>('/api/admin/users', 'users');
  }

  async addUser(user: { name: string; display_name: string; admin: boolean; groups: readonly string[]; password?: string }): Promise<string | null> {
    const answer = await this.request('POST', '/api/admin/users', user);
    return typeof answer['password'] === 'string' ? answer['password'] : null;
  }

  async removeUser(name: string): Promise<void> {
    await this.request('DELETE', `/api/admin/users/${part(name)}`);
  }

  /** The new password when the server made it up. */
  async setPassword(name: string, password: string): Promise<string | null> {
    const answer = await this.request('POST', `/api/admin/users/${part(name)}/password`, password === '' ? {} : { password });
    return typeof answer['password'] === 'string' ? answer['password'] : null;
  }

  groups(): Promise<readonly AdminGroup[]> {
    return this.all<AdminGroup>('/api/admin/groups', 'groups');
  }

  async addGroup(name: string): Promise<void> {
    await this.request('POST', '/api/admin/groups', { name });
  }

  async removeGroup(name: string): Promise<void> {
    await this.request('DELETE', `/api/admin/groups/${part(name)}`);
  }

  async setMember(group: string, user: string, member: boolean): Promise<void> {
    await this.request(member ? 'PUT' : 'DELETE', `/api/admin/groups/${part(group)}/members/${part(user)}`);
  }

  resources(): Promise<readonly AdminResource[]> {
    return this.all<AdminResource>('/api/admin/resources', 'resources');
  }

  async programs(): Promise<readonly Program[]> {
    return list<Program>(await this.get('/api/admin/programs'), 'programs');
  }

  async checkApp(draft: AppDraft): Promise<{ problem: string | null; warning: string | null }> {
    return (await this.request('POST', '/api/admin/resources/check', draft)) as { problem: string | null; warning: string | null };
  }

  async publishApp(draft: AppDraft): Promise<void> {
    await this.request('POST', '/api/admin/resources', { kind: 'app', ...draft });
  }

  async addPool(pool: { id: string; name: string; description: string; opengl: boolean }): Promise<void> {
    await this.request('POST', '/api/admin/resources', { kind: 'pool', ...pool });
  }

  async changeResource(id: string, change: object): Promise<void> {
    await this.request('PUT', `/api/admin/resources/${part(id)}`, change);
  }

  async removeResource(id: string): Promise<void> {
    await this.request('DELETE', `/api/admin/resources/${part(id)}`);
  }

  async setResourceTerms(id: string, terms: object): Promise<void> {
    await this.request('PUT', `/api/admin/resources/${part(id)}/terms`, terms);
  }

  async setGrant(resource: string, subject: Subject, granted: boolean): Promise<void> {
    await this.request(granted ? 'PUT' : 'DELETE', `/api/admin/resources/${part(resource)}/grants/${subjectPath(subject)}`);
  }

  async setDisabled(user: string, disabled: boolean): Promise<void> {
    await this.request('POST', `/api/admin/users/${part(user)}/${disabled ? 'disable' : 'enable'}`, {});
  }

  /** The browsers a user is signed in with, the last used first. */
  async browsers(user: string): Promise<readonly WebSession[]> {
    return list<WebSession>(await this.get(`/api/admin/users/${part(user)}/web-sessions`), 'web_sessions');
  }

  async endBrowser(user: string, browser: string): Promise<void> {
    await this.request('DELETE', `/api/admin/users/${part(user)}/web-sessions/${part(browser)}`);
  }

  async signOutUser(user: string): Promise<void> {
    await this.request('POST', `/api/admin/users/${part(user)}/sign-out`, {});
  }

  async factors(user: string): Promise<Factors> {
    return (await this.get(`/api/admin/users/${part(user)}/factors`))['second_factor'] as Factors;
  }

  async resetFactors(user: string): Promise<void> {
    await this.request('DELETE', `/api/admin/users/${part(user)}/factors`);
  }

  async factorsRequired(): Promise<readonly Subject[]> {
    return list<Subject>(await this.get('/api/admin/second-factor'), 'required');
  }

  async requireFactor(subject: Subject, required: boolean): Promise<void> {
    await this.request(required ? 'PUT' : 'DELETE', `/api/admin/second-factor/${subjectPath(subject)}`);
  }

  async settings(): Promise<readonly SiteSetting[]> {
    return list<SiteSetting>(await this.get('/api/admin/settings'), 'settings');
  }

  async setSetting(key: string, value: number): Promise<void> {
    await this.request('PUT', `/api/admin/settings/${part(key)}`, { value });
  }

  get(path: string): Promise<Answer> {
    return this.request('GET', path);
  }

  send(method: 'POST' | 'PUT' | 'DELETE', path: string, body?: object): Promise<Answer> {
    return this.request(method, path, body);
  }

  /** The whole list, page by page where the server gives it in pages. */
  async all<T>(path: string, name: string): Promise<readonly T[]> {
    const rows: T[] = [];
    let after = '';
    do {
      const query = new URLSearchParams({ limit: String(kPageSize), ...(after === '' ? {} : { after }) });
      const answer = await this.get(`${path}?${query.toString()}`);
      rows.push(...list<T>(answer, name));
      after = typeof answer['next'] === 'string' ? answer['next'] : '';
    } while (after !== '' && rows.length < kMostRows);
    return rows;
  }

  /**
   * What of this page the server can do. It describes itself; an older one is asked for each, and answers that there is
   * no such address.
   */
  async features(): Promise<ReadonlySet<Feature>> {
    const names = Object.keys(kFeatures) as Feature[];
    const described = await this.found('/api/openapi.json');
    if (described !== null) {
      const paths = described['paths'];
      return new Set(names.filter((name) => typeof paths === 'object' && paths !== null && kFeatures[name] in paths));
    }
    const found = await Promise.all(names.map(async (name) => (await this.found(kFeatures[name])) !== null));
    return new Set(names.filter((_, i) => found[i]));
  }

  private async found(path: string): Promise<Answer | null> {
    try {
      return await this.get(path);
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return null;
      throw error;
    }
  }
}

/** What not every server can do, by the address that says so. */
const kFeatures = {
  policies: '/api/admin/policies',
  audit: '/api/admin/audit',
  providers: '/api/admin/providers',
  tokens: '/api/admin/tokens',
  factors: '/api/admin/second-factor',
  pools: '/api/admin/pools',
} as const;

export type Feature = keyof typeof kFeatures;
