// Addresses of the page: what the part after # means.
import { withoutMonitor } from '../core/monitors.js';

/** The addresses of the page. */
export type Route =
  | { readonly to: 'catalogue' }
  | { readonly to: 'account' }
  | { readonly to: 'admin' }
  | { readonly to: 'resource'; readonly resource: string }
  | { readonly to: 'session'; readonly session: string }
  | { readonly to: 'redeem'; readonly code: string }
  /** Back from a sign-in service, with what it sent. */
  | { readonly to: 'return'; readonly provider: string; readonly answer: URLSearchParams };

export function parseRoute(address: string): Route {
  const hash = withoutMonitor(address);
  if (hash === accountHash) return { to: 'account' };
  const back = /^#\/return\/([^/?]+)\?(.*)$/.exec(hash);
  if (back?.[1] !== undefined) return { to: 'return', provider: decode(back[1]), answer: new URLSearchParams(back[2]) };
  const match = /^#(?:open=(.+)|\/s\/(.+)|\/session\/(.+))$/.exec(hash);
  if (match?.[1] !== undefined) return { to: 'redeem', code: decode(match[1]) };
  if (match?.[2] !== undefined) return { to: 'resource', resource: decode(match[2]) };
  if (match?.[3] !== undefined) return { to: 'session', session: decode(match[3]) };
  return { to: hash === kAdminHash ? 'admin' : 'catalogue' };
}

export const accountHash = '#/account';
/** Signs in first where that is missing, then leaves for the administrators' page. */
export const kAdminHash = '#/admin';
export const resourceHash = (resource: string): string => `#/s/${encodeURIComponent(resource)}`;
export const sessionHash = (session: string): string => `#/session/${encodeURIComponent(session)}`;

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
