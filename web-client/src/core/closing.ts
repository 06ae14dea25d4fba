// What a Close of the other end means for a session.
import { CloseCode } from '../wire/messages.gen.js';
import type { Cause } from './effects.js';

export interface Closing {
  readonly cause: Cause;
  /** 'ends': nothing happens by itself any more. 'again': a new link is tried. 'fault': likewise, but not for ever. */
  readonly then: 'ends' | 'again' | 'fault';
}

const byCode: { readonly [code in CloseCode]: Closing } = {
  // Used or expired on the way; the next attempt brings a new one.
  [CloseCode.BadTicket]: { cause: 'ticket', then: 'fault' },
  [CloseCode.ProtocolError]: { cause: 'protocol', then: 'fault' },
  [CloseCode.Unsupported]: { cause: 'unsupported', then: 'ends' },
  [CloseCode.Forbidden]: { cause: 'forbidden', then: 'ends' },
  [CloseCode.SessionEnded]: { cause: 'session-ended', then: 'ends' },
  [CloseCode.Normal]: { cause: 'session-ended', then: 'ends' },
  [CloseCode.Replaced]: { cause: 'replaced', then: 'ends' },
  [CloseCode.DesktopFailed]: { cause: 'desktop-failed', then: 'ends' },
  [CloseCode.Limit]: { cause: 'limit', then: 'ends' },
  [CloseCode.TooSlow]: { cause: 'too-slow', then: 'again' },
  [CloseCode.Timeout]: { cause: 'silent', then: 'again' },
  [CloseCode.ShuttingDown]: { cause: 'gateway-restarts', then: 'again' },
  [CloseCode.DesktopLost]: { cause: 'desktop-lost', then: 'again' },
};

export const closingOf = (code: CloseCode): Closing => byCode[code];
