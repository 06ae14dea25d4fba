// What the administrators' pages share, and what a page is.
import type { User } from '../api.js';
import type { Toasts } from '../toasts.js';
import type { AdminApi, Feature } from './admin_api.js';
import type { LiveModel } from './live_model.js';

export interface AdminPage {
  readonly title: string;
  readonly element: HTMLElement;
  /** It is in the document now, or what it shows may have changed elsewhere. */
  load?(): Promise<void>;
  /** Kinds of changes recorded by the server; null: unknown, perhaps everything. True when the page wants to load again. */
  concerns?(actions: readonly string[] | null): boolean;
  /** The running sessions changed. */
  live?(): void;
  close?(): void;
}

export interface AdminApp {
  readonly api: AdminApi;
  readonly toasts: Toasts;
  readonly live: LiveModel;
  readonly user: User;
  can(feature: Feature): boolean;
  /** Goes to a page of this place: "/users/ada". */
  go(path: string): void;
  /** Does it and shows what went wrong as a notice. Whether it worked. */
  attempt(action: () => Promise<void>, done?: string): Promise<boolean>;
  /** Asks the server at once what changed. */
  refresh(): Promise<void>;
}

/** A predicate for AdminPage.concerns: any of these kinds, by how they begin. */
export function about(...beginnings: readonly string[]): (actions: readonly string[] | null) => boolean {
  return (actions) => actions === null || actions.some((action) => beginnings.some((beginning) => action.startsWith(beginning)));
}
