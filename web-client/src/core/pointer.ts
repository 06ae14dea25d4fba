// Pointer events as the desktop wants them: at most one move for each animation frame, and each button's edges.
import type { Point } from './geometry.js';

/**
 * Lets the first move of a frame pass at once and keeps the newest of those that follow until the next frame. Browsers
 * deliver moves aligned to frames, so as a rule none is ever held.
 */
export class MoveCoalescer {
  private sentThisFrame = false;
  private held: Point | null = null;
  private last: Point | null = null;

  /** The move to send now, or null when it has to wait for `frame()` or goes nowhere. */
  offer(point: Point): Point | null {
    if (this.last !== null && point.x === this.last.x && point.y === this.last.y) {
      this.held = null;
      return null;
    }
    if (this.sentThisFrame) {
      this.held = point;
      return null;
    }
    return this.send(point);
  }

  /** An animation frame has begun: the move that waited, if any. */
  frame(): Point | null {
    this.sentThisFrame = false;
    return this.held === null ? null : this.send(this.held);
  }

  /** A button or the wheel carries the place itself: what was held is overtaken. */
  overtaken(point: Point): void {
    this.held = null;
    this.last = point;
  }

  /** Whether `frame()` has to be called at the next frame. */
  get waiting(): boolean {
    return this.sentThisFrame || this.held !== null;
  }

  private send(point: Point): Point {
    this.held = null;
    this.sentThisFrame = true;
    this.last = point;
    return point;
  }
}

/** MouseEvent.button for each bit of MouseEvent.buttons (UI Events, 3.4): left, right, middle, back, forward. */
const kButtonOfBit = [0, 2, 1, 3, 4] as const;

/** The buttons whose state differs between two values of MouseEvent.buttons; releases come first. */
export function buttonChanges(before: number, after: number): { button: number; down: boolean }[] {
  const changes: { button: number; down: boolean }[] = [];
  for (const down of [false, true]) {
    kButtonOfBit.forEach((button, bit) => {
      const was = ((before >> bit) & 1) === 1;
      const is = ((after >> bit) & 1) === 1;
      if (was !== is && is === down) changes.push({ button, down });
    });
  }
  return changes;
}

/** Motion without a place, as whole desktop pixels; fractions stay for the next time. */
export class RelativeMotion {
  private rest = { x: 0, y: 0 };

  add(x: number, y: number, gain: number): Point | null {
    this.rest.x += x * gain;
    this.rest.y += y * gain;
    const whole = { x: Math.trunc(this.rest.x), y: Math.trunc(this.rest.y) };
    if (whole.x === 0 && whole.y === 0) return null;
    this.rest.x -= whole.x;
    this.rest.y -= whole.y;
    return whole;
  }
}
