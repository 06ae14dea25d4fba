// The newest pointer motion while the network is behind: what was held is replaced by what comes after, so that never a
// queue of old places waits in the socket.
import type { InputMessage } from './session.js';

export interface HeldInput {
  readonly message: InputMessage;
  readonly atMs: number;
}

const kCheckMs = 16;

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
