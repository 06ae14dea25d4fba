// Rules of grants, pools and the site as the server keeps them, and as people write them.
import type { Subject } from './admin_api.js';
import { subjectPath, type AdminApi } from './admin_api.js';

export interface PolicySetting {
  readonly name: string;
  readonly kind: 'choice' | 'duration' | 'count' | 'hours' | 'networks' | 'kinds';
  /** False: the server knows the name and refuses to take a value, because nothing would keep to it. */
  readonly enforced: boolean;
  readonly sentence: string;
}

export type PolicyValue = boolean | number | string | readonly string[];
export type Policy = Readonly<Record<string, PolicyValue>>;

export type PolicyPlace =
  | { readonly of: 'site' }
  | { readonly of: 'pool'; readonly pool: string }
  | ({ readonly of: 'grant'; readonly resource: string } & Subject);

export interface Policies {
  readonly policies: readonly { readonly place: PolicyPlace; readonly policy: Policy }[];
  readonly settings: readonly PolicySetting[];
  readonly rule: string;
}

export interface Explanation {
  readonly rule: string;
  readonly granted: boolean;
  readonly sources: readonly { readonly source: string; readonly says: string }[];
  readonly settings: readonly { readonly name: string; readonly shown: string; readonly why: string }[];
  readonly outcome: { readonly allowed: boolean; readonly reason: string };
}

export async function readPolicies(api: AdminApi): Promise<Policies> {
  return (await api.get('/api/admin/policies')) as unknown as Policies;
}

/** A value of null leaves the setting to what is less specific again. */
export async function writePolicy(api: AdminApi, place: PolicyPlace, change: Readonly<Record<string, PolicyValue | null>>): Promise<void> {
  await api.send('PUT', `/api/admin/policies/${pathOf(place)}`, change);
}

export async function explain(api: AdminApi, question: { user: string; resource: string; at: string; from: string }): Promise<Explanation> {
  const given = Object.entries(question).filter(([, value]) => value !== '');
  return (await api.get(`/api/admin/explain?${given.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&')}`)) as unknown as Explanation;
}

function pathOf(place: PolicyPlace): string {
  if (place.of === 'site') return 'site';
  if (place.of === 'pool') return `pools/${encodeURIComponent(place.pool)}`;
  return `grants/${encodeURIComponent(place.resource)}/${subjectPath(place)}`;
}

export const samePlace = (a: PolicyPlace, b: PolicyPlace): boolean => pathOf(a) === pathOf(b);

export function policyAt(policies: Policies, place: PolicyPlace): Policy {
  return policies.policies.find((one) => samePlace(one.place, place))?.policy ?? {};
}

const kUnits = [['d', 86_400], ['h', 3_600], ['m', 60]] as const;

/** A value as the form shows it and the server takes it back: 900 seconds are "15m". */
export function valueText(kind: PolicySetting['kind'], value: PolicyValue | undefined): string {
  if (value === undefined) return '';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return value.length === 0 ? 'any' : value.join(', ');
  if (kind !== 'duration' || typeof value !== 'number') return String(value);
  if (value === 0) return 'none';
  const [unit, size] = kUnits.find(([, seconds]) => value % seconds === 0) ?? ['s', 1];
  return `${value / size}${unit}`;
}
