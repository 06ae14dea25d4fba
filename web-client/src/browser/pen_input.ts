// A pen over the stage, with all the points its digitiser made: a stroke is a curve, not the corners that frames leave.
import type { InputMessage } from '../core/session.js';
import { kMaxPenPressure, kPenSteps } from '../wire/messages.gen.js';
import { eventTimeMs } from './event_time.js';
import type { Stage } from './stage.js';

/** A hand lies on the glass for this long after the pen was last seen there. */
const kHandMs = 500;

export class PenInput {
  private seenAtMs = -Infinity;

  constructor(
    private readonly stage: Stage,
    private readonly send: (message: InputMessage, atMs: number) => void,
  ) {}

  /** Whether a touch now is the hand that holds the pen. */
  isNear(nowMs: number): boolean {
    return nowMs - this.seenAtMs < kHandMs;
  }

  handle(event: PointerEvent, kind: 'down' | 'move' | 'up' | 'cancel'): void {
    this.seenAtMs = eventTimeMs(event);
    const points = kind === 'move' ? event.getCoalescedEvents?.() ?? [] : [];
    if (points.length === 0) this.point(event, kind === 'cancel' ? 0 : event.buttons, kind !== 'cancel');
    else for (const one of points) this.point(one, one.buttons, true);
  }

  /** The pen went out of reach. */
  left(event: PointerEvent): void {
    this.point(event, 0, false);
  }

  private point(event: PointerEvent, buttons: number, near: boolean): void {
    const { x, y } = this.stage.toDesktopExact(this.stage.pointOf(event));
    const pressure = near ? Math.round(Math.min(Math.max(event.pressure, 0), 1) * kMaxPenPressure) : 0;
    this.send({ type: 'Pen', x: Math.round(x * kPenSteps), y: Math.round(y * kPenSteps), pressure, buttons, near }, eventTimeMs(event));
  }
}
