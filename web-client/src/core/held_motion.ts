// The newest pointer motion while the network is behind: what was held is replaced by what comes after, so that never a
// queue of old places waits in the socket.
import { kNoButton } from '../wire/messages.gen.js';
import type { InputMessage } from './session.js';

export interface HeldInput {
  readonly message: InputMessage;
  readonly atMs: number;
}

const kCheckMs = 16;

/** What a later one of its kind can take the place of, or be added to. A pen's stroke needs all its points. */
export function isMotion(message: InputMessage): boolean {
  const { type } = message;
  return type === 'PointerMove' || type === 'Wheel' || (type === 'RelativePointer' && message.button === kNoButton);
}

export class HeldMotion {
  private held: HeldInput | null = null;
  private checkMs = Infinity;

  /** When to look whether the network has caught up. */
  get dueMs(): number {
    return this.checkMs;
  }

  /** Holds a move or a turn of the wheel. What was held of the other kind is returned: it has to go first. */
  add(message: InputMessage, atMs: number, nowMs: number): HeldInput | null {
    const before = this.held;
    this.checkMs = nowMs + kCheckMs;
    if (before?.message.type === 'Wheel' && message.type === 'Wheel') {
      this.held = { message: { ...message, dx: before.message.dx + message.dx, dy: before.message.dy + message.dy }, atMs };
      return null;
    }
    if (before?.message.type === 'RelativePointer' && message.type === 'RelativePointer') {
      this.held = { message: sum(before.message, message), atMs };
      return null;
    }
    this.held = { message, atMs };
    return before !== null && before.message.type !== message.type ? before : null;
  }

  wait(nowMs: number): void {
    this.checkMs = nowMs + kCheckMs;
  }

  take(): HeldInput | null {
    const { held } = this;
    this.drop();
    return held;
  }

  drop(): void {
    this.held = null;
    this.checkMs = Infinity;
  }

  /** A newer place of the pointer makes the one that was held pointless. */
  forgetMotion(): void {
    this.held = null;
  }
}

type Relative = Extract<InputMessage, { type: 'RelativePointer' }>;

function sum(a: Relative, b: Relative): Relative {
  return { ...b, dx: a.dx + b.dx, dy: a.dy + b.dy, wheelX: a.wheelX + b.wheelX, wheelY: a.wheelY + b.wheelY };
}
