// What all pages share, and what a page is.
import type { DeviceSettings } from '../core/settings.js';
import type { SessionWorker } from '../browser/session_worker.js';
import type { Api, User } from './api.js';
import type { Installer } from './install.js';
import type { Toasts } from './toasts.js';

export interface Page {
  readonly name: 'sign-in' | 'catalogue' | 'account' | 'session' | 'message';
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
  readonly settings: DeviceSettings;
  readonly installer: Installer;
  user: User | null;
  /** What resources are called, as far as this page was told. */
  readonly names: Map<string, string>;
  /** Goes to the page of this hash; "" is the catalogue. */
  go(hash: string): void;
  /** Shows the page of the present hash anew. */
  reload(): void;
  /** Nobody is signed in any more. `note` is shown above the form. */
  signedOut(note: string): void;
  signOut(): Promise<void>;
  setTitle(title: string): void;
}
