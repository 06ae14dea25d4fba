// What the session asks its shell to do, in order; and what it tells the page about itself.
import type { ClipEffect } from './clipboard.js';
import type { Figures } from './figures.js';
import type { MonitorList } from './monitors.js';
import type { SlowReason } from './slowness.js';
import type { NoticeLevel } from '../wire/messages.gen.js';

/** Where a session stands. */
export type Phase =
  /** no link yet */
  | 'connecting'
  /** linked; the desktop or its first picture is awaited */
  | 'waiting'
  /** the picture is current */
  | 'live'
  /** the picture shown is old */
  | 'stale'
  /** over; nothing happens by itself any more */
  | 'ended';

/** Why it stands there; the page has a sentence for each. */
export type Cause =
  | 'none'
  | 'link-failed'
  | 'link-cut'
  | 'silent'
  | 'gateway-restarts'
  | 'too-slow'
  | 'desktop-starting'
  | 'desktop-lost'
  | 'first-picture'
  | 'protocol'
  | 'ticket'
  | 'left'
  | 'signed-out'
  | 'forbidden'
  | 'unsupported'
  | 'replaced'
  | 'session-ended'
  | 'desktop-failed'
  | 'gone'
  | 'limit';

export interface Status {
  readonly phase: Phase;
  readonly cause: Cause;
  /** What the server said about it, for a person; may be empty. */
  readonly text: string;
  /** When the next attempt begins, or null when one runs or none will. */
  readonly retryAtMs: number | null;
  /** Whether a picture of this session has been shown. */
  readonly hasPicture: boolean;
  /** kMay bits. */
  readonly rights: number;
  /** When the picture shown was last known to be current; null while it is, and while there is none. */
  readonly currentAtMs: number | null;
}

export interface Quality {
  readonly roundTripMs: number | null;
  readonly inputToPictureMs: number | null;
  readonly slow: SlowReason | null;
}

/** One update to apply and put on the canvas; answered by Session.applied or Session.decodeFailed. */
export interface UpdateWork {
  readonly id: number;
  readonly body: Uint8Array;
  readonly complete: boolean;
  readonly exact: boolean;
  readonly receivedMs: number;
}

export interface OpeningEffect {
  readonly type: 'opening';
  /** As in HTTP. */
  readonly status: number;
  readonly body: string;
}

export type Effect =
  /** Open a new link; one that is open is dropped first. `words` go with its upgrade where that can carry them. */
  | { readonly type: 'open'; readonly words: Uint8Array | null }
  /** What the broker said to an opening; a ticket is asked for with it unless it is 200. */
  | OpeningEffect
  | { readonly type: 'send'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly type: 'drop' }
  /** Get a ticket; answered by Session.ticket or Session.ticketFailed. */
  | { readonly type: 'askTicket' }
  /** What it has seen may be kept with this key; the snapshot of this serial is loaded before the next message. */
  | { readonly type: 'snapshotKey'; readonly key: Uint8Array<ArrayBuffer>; readonly serial: number }
  /** From here on updates are about a new, black picture of this size, which is not shown yet. */
  | { readonly type: 'reset'; readonly width: number; readonly height: number }
  | { readonly type: 'update'; readonly update: UpdateWork }
  /** Show the new picture from now on. */
  | { readonly type: 'show' }
  /** The canvas stays as it is until the next 'show'; the picture goes on. */
  | { readonly type: 'hide' }
  /** Compare the picture's tiles with these hashes; answered by Session.checked. */
  | { readonly type: 'check'; readonly updateId: number; readonly tiles: Uint32Array; readonly hashes: Uint32Array }
  | {
      readonly type: 'cursor';
      readonly width: number;
      readonly height: number;
      readonly hotX: number;
      readonly hotY: number;
      readonly rgba: Uint8Array;
    }
  | { readonly type: 'pointer'; readonly x: number; readonly y: number }
  | { readonly type: 'notice'; readonly level: NoticeLevel; readonly text: string }
  /** What monitors the desktop has now. */
  | { readonly type: 'monitors'; readonly monitors: MonitorList }
  | ClipEffect
  | { readonly type: 'status'; readonly status: Status }
  | { readonly type: 'quality'; readonly quality: Quality }
  /** Once a second while somebody looks. */
  | { readonly type: 'figures'; readonly figures: Figures };
