// Addresses of the page: what the part after # means.

/** The addresses of the page. */
export type Route =
  | { readonly to: 'catalogue' }
  | { readonly to: 'admin' }
  | { readonly to: 'resource'; readonly resource: string }
  | { readonly to: 'session'; readonly session: string }
  | { readonly to: 'redeem'; readonly code: string };

export function parseRoute(hash: string): Route {
  const match = /^#(?:open=(.+)|\/s\/(.+)|\/session\/(.+))$/.exec(hash);
  if (match?.[1] !== undefined) return { to: 'redeem', code: decode(match[1]) };
  if (match?.[2] !== undefined) return { to: 'resource', resource: decode(match[2]) };
  if (match?.[3] !== undefined) return { to: 'session', session: decode(match[3]) };
  return { to: hash === kAdminHash ? 'admin' : 'catalogue' };
}

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
