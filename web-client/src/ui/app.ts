// What all pages share, and what a page is.
import type { SessionWorker } from '../browser/session_worker.js';
import type { Api, User } from './api.js';
import type { Toasts } from './toasts.js';

export interface Page {
  readonly name: 'sign-in' | 'catalogue' | 'session' | 'message';
  readonly title: string;
  readonly element: HTMLElement;
  /** It is in the document now. */
  shown?(): void;
  /** It has left the document. */
  close?(): void;
}

export interface App {
  readonly api: Api;
  readonly worker: SessionWorker;
  readonly toasts: Toasts;
  user: User | null;
  /** Goes to the page of this hash; "" is the catalogue. */
  go(hash: string): void;
  /** Shows the page of the present hash anew. */
  reload(): void;
  /** Nobody is signed in any more. `note` is shown above the form. */
  signedOut(note: string): void;
  signOut(): Promise<void>;
  setTitle(title: string): void;
}

/** The addresses of the page. */
export type Route =
  | { readonly to: 'catalogue' }
  | { readonly to: 'resource'; readonly resource: string }
  | { readonly to: 'session'; readonly session: string }
  | { readonly to: 'redeem'; readonly code: string };

export function parseRoute(hash: string): Route {
  const match = /^#(?:open=(.+)|\/s\/(.+)|\/session\/(.+))$/.exec(hash);
  if (match?.[1] !== undefined) return { to: 'redeem', code: decode(match[1]) };
  if (match?.[2] !== undefined) return { to: 'resource', resource: decode(match[2]) };
  if (match?.[3] !== undefined) return { to: 'session', session: decode(match[3]) };
  return { to: 'catalogue' };
}

export const resourceHash = (resource: string): string => `#/s/${encodeURIComponent(resource)}`;
export const sessionHash = (session: string): string => `#/session/${encodeURIComponent(session)}`;

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
