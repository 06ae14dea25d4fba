// What the page and its worker say to each other.
import type { Clip, ClipEffect } from '../core/clipboard.js';
import type { Cause, OpeningEffect, Quality, Status } from '../core/effects.js';
import type { Figures } from '../core/figures.js';
import type { MonitorList } from '../core/monitors.js';
import type { Opens } from '../core/opening.js';
import type { Rect } from '../core/geometry.js';
import type { Terms } from '../core/terms.js';
import type { InputMessage, TicketFailure, ViewerFacts, WindowSize } from '../core/session.js';
import type { NoticeLevel } from '../wire/messages.gen.js';

export type ToWorker =
  /** The decoder, sent once as soon as it is compiled. */
  | { readonly type: 'module'; readonly module: WebAssembly.Module }
  /** A session is likely to be opened at this address soon. */
  | { readonly type: 'expect'; readonly url: string }
  /** Nobody is signed in: what is kept on this device goes. */
  | { readonly type: 'forgetDevice' }
  /** Opens a session on this canvas; one that runs ends. `number` tells its answers from those of others. */
  | {
      readonly type: 'start';
      readonly number: number;
      readonly url: string;
      readonly canvas: OffscreenCanvas;
      readonly facts: ViewerFacts;
      readonly size: WindowSize;
      readonly opens: Opens | null;
    }
  /** What links may open by themselves from now on. */
  | { readonly type: 'mayOpen'; readonly opens: Opens | null }
  | { readonly type: 'ticket'; readonly bytes: Uint8Array; readonly session: string }
  | { readonly type: 'ticketFailed'; readonly failure: TicketFailure; readonly text: string }
  /** `atMs`: when the event happened, since the Unix epoch. */
  | { readonly type: 'input'; readonly message: InputMessage; readonly atMs: number }
  | { readonly type: 'resize'; readonly size: WindowSize }
  | { readonly type: 'visibility'; readonly visible: boolean }
  | { readonly type: 'wantCopy'; readonly formats: number }
  | { readonly type: 'paste'; readonly clips: readonly Clip[] }
  | { readonly type: 'cancelClip' }
  | { readonly type: 'followPrimary'; readonly follow: boolean }
  /** Asks for the picture as a PNG file. */
  | { readonly type: 'screenshot' }
  | { readonly type: 'wake' }
  | { readonly type: 'prefer'; readonly terms: Terms | null }
  /** Whether figures are wanted, once a second. */
  | { readonly type: 'watch'; readonly watched: boolean }
  | { readonly type: 'finish'; readonly cause: Cause; readonly text: string };

export type FromWorker = { readonly number: number } & FromWorkerBody;

export type FromWorkerBody =
  | { readonly type: 'status'; readonly status: Status }
  | { readonly type: 'quality'; readonly quality: Quality }
  | { readonly type: 'figures'; readonly figures: Figures }
  | { readonly type: 'askTicket' }
  | OpeningEffect
  /** The canvas now has this size. */
  | { readonly type: 'surface'; readonly width: number; readonly height: number }
  /**
   * The canvas now shows the desktop after this update. `exact`: every pixel is the desktop's. `frames` of video so far.
   * `changed`: where, when that is in few places.
   */
  | { readonly type: 'shown'; readonly update: number; readonly exact: boolean; readonly frames: number; readonly video: string; readonly changed: readonly Rect[] }
  | {
      readonly type: 'cursor';
      readonly width: number;
      readonly height: number;
      readonly hotX: number;
      readonly hotY: number;
      readonly rgba: Uint8Array<ArrayBuffer>;
    }
  /** The canvas as it was when it was asked for; null: there was none. */
  | { readonly type: 'screenshot'; readonly picture: Blob | null }
  | { readonly type: 'pointer'; readonly x: number; readonly y: number }
  | { readonly type: 'monitors'; readonly monitors: MonitorList }
  | ClipEffect
  | { readonly type: 'notice'; readonly level: NoticeLevel; readonly text: string }
  /** The worker cannot go on; a sentence. */
  | { readonly type: 'broken'; readonly text: string };
