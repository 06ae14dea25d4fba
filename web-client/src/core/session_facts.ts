// What a session is told by its shell, and what it asks of it.
import type {
  Holdings,
  Key,
  Pen,
  PointerButton,
  PointerMove,
  RelativePointer,
  ReleaseAll,
  TextInput,
  Wheel,
} from '../wire/messages.gen.js';

/** What the browser is; told in the hello. */
export interface ViewerFacts {
  /** Asked for when the hello is sent. */
  readonly capabilities: number;
  readonly browser: string;
  readonly timeZone: string;
  readonly locale: string;
  /** How much content that was seen before may be kept, KiB. */
  readonly cacheKib: number;
  /** Which of the desktop's monitors this window is; the first where it says nothing. */
  readonly monitor?: number;
}

/** What the page has from an earlier link, for the agent to build on. */
export type Held = Omit<Holdings, 'type' | 'cache'>;
export const kNothing: Held = { width: 0, height: 0, tiles: new Uint8Array(0), entries: 0, checksum: 0, snapshot: 0 };

/** The page's picture and cache. */
export interface Keeper {
  /** Random and the same over all links. */
  readonly cache: Uint8Array<ArrayBuffer>;
  held(): Held | null;
}

export interface WindowSize {
  readonly width: number;
  readonly height: number;
  readonly scalePercent: number;
  /** Where it stands on the device's screens, CSS pixels; 0 where that is not known. */
  readonly left?: number;
  readonly top?: number;
}

type WithoutSequence<M> = M extends unknown ? Omit<M, 'sequence'> : never;
export type InputMessage = WithoutSequence<Key | TextInput | PointerMove | PointerButton | Wheel | RelativePointer | Pen | ReleaseAll>;

/** An update as far as it is known when it was applied; milliseconds. */
export interface AppliedUpdate {
  readonly id: number;
  readonly receivedMs: number;
  readonly decodeMs: number;
  readonly presentMs: number;
  /** Whether it changed anything of the picture, beside its video packets. */
  readonly changed: boolean;
}

/** Why no ticket could be had. `retry` is worth another attempt; the others are final. */
export type TicketFailure = 'retry' | 'signed-out' | 'gone' | 'forbidden';
