// What goes to the desktop's pointer, at most one move and one turn of the wheel for each animation frame.
import type { Point } from '../core/geometry.js';
import { MoveCoalescer } from '../core/pointer.js';
import type { InputMessage } from '../core/session.js';
import { WheelAccumulator, type WheelEventFacts } from '../core/wheel.js';
import { nowMs } from './event_time.js';

export class PointerOutput {
  private readonly moves = new MoveCoalescer();
  private readonly wheel = new WheelAccumulator();
  private framePending = false;
  private wheelAt: { place: Point; atMs: number } | null = null;

  constructor(private readonly send: (message: InputMessage, atMs: number) => void) {}

  button(place: Point, button: number, down: boolean, atMs: number): void {
    this.moves.overtaken(place);
    this.send({ type: 'PointerButton', ...place, button, down }, atMs);
  }

  move(place: Point, atMs: number): void {
    const now = this.moves.offer(place);
    if (now !== null) this.send({ type: 'PointerMove', ...now }, atMs);
    if (this.moves.waiting) this.requestFrame();
  }

  /** A program put the pointer elsewhere: the same place again is a move. */
  displaced(place: Point): void {
    this.moves.overtaken(place);
  }

  wheelEvent(place: Point, event: WheelEventFacts, atMs: number): void {
    this.wheel.add(event);
    this.turnWheel(place, atMs);
  }

  wheelUnits(place: Point, dx: number, dy: number, atMs: number): void {
    this.wheel.addUnits(dx, dy);
    this.turnWheel(place, atMs);
  }

  /** What the wheel has gathered goes at once, and the rest of a frame's together at the next, as with moves. */
  private turnWheel(place: Point, atMs: number): void {
    this.wheelAt = { place, atMs };
    if (!this.framePending) this.sendWheel();
    this.requestFrame();
  }

  private sendWheel(): void {
    const at = this.wheelAt;
    this.wheelAt = null;
    if (at === null) return;
    const units = this.wheel.take();
    if (units === null) return;
    this.moves.overtaken(at.place);
    this.send({ type: 'Wheel', ...at.place, ...units }, at.atMs);
  }

  private requestFrame(): void {
    if (this.framePending) return;
    this.framePending = true;
    requestAnimationFrame(() => {
      this.framePending = false;
      const place = this.moves.frame();
      if (place !== null) this.send({ type: 'PointerMove', ...place }, nowMs());
      this.sendWheel();
      if (this.moves.waiting) this.requestFrame();
    });
  }
}
