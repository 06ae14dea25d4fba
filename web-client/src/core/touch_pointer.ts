// Gestures as pointer actions on the desktop, in direct mode: what a finger touches is what it means. trackpad_pointer.ts
// is the other mode.
import type { Point, Size } from './geometry.js';
import { kDoubleTapMs, type Gesture } from './touch.js';
import { kNotch } from './wheel.js';

/** `place` is a desktop pixel, `point` CSS pixels of the stage. */
export type PointerAction =
  | { readonly type: 'move'; readonly place: Point }
  | { readonly type: 'button'; readonly place: Point; readonly button: number; readonly down: boolean }
  | { readonly type: 'wheel'; readonly place: Point; readonly dx: number; readonly dy: number }
  // Not for the desktop:
  /** Show or hide the soft keyboard. */
  | { readonly type: 'keyboard' }
  /** A short buzz tells the finger that its long press was noticed. */
  | { readonly type: 'buzz' }
  /** The picture below the finger, enlarged; null: no more. */
  | { readonly type: 'magnify'; readonly at: { readonly point: Point; readonly place: Point } | null }
  | { readonly type: 'zoom'; readonly point: Point; readonly factor: number }
  | { readonly type: 'zoomEnd' }
  | { readonly type: 'pan'; readonly dx: number; readonly dy: number }
  | { readonly type: 'resetView' }
  /** Keep this place in sight. */
  | { readonly type: 'follow'; readonly place: Point };

/** What gestures have to know of the picture. */
export interface TouchView {
  toDesktop(point: Point): Point;
  readonly desktop: Size;
  /** CSS pixels for a desktop pixel. */
  readonly cssScale: number;
  readonly zoomed: boolean;
  canPan(dx: number, dy: number): boolean;
}

export interface TouchPointer {
  handle(gesture: Gesture, atMs: number): PointerAction[];
  /** When `tick` has something to do, or Infinity. */
  nextDeadline(): number;
  tick(nowMs: number): PointerAction[];
}

export const kLeft = 0;
export const kRight = 2;
/** CSS pixels of finger travel for one notch. Programs scroll about three lines, some 50 pixels, a notch. */
const kTravelPerNotch = 50;

/** The content follows the fingers. */
export class TouchScroll {
  private rest = { x: 0, y: 0 };

  turn(place: Point, moved: { dx: number; dy: number }): PointerAction[] {
    this.rest.x -= (moved.dx / kTravelPerNotch) * kNotch;
    this.rest.y -= (moved.dy / kTravelPerNotch) * kNotch;
    const dx = Math.trunc(this.rest.x);
    const dy = Math.trunc(this.rest.y);
    if (dx === 0 && dy === 0) return [];
    this.rest.x -= dx;
    this.rest.y -= dy;
    return [{ type: 'wheel', place, dx, dy }];
  }
}

export function click(place: Point, button: number): PointerAction[] {
  return [
    { type: 'move', place },
    { type: 'button', place, button, down: true },
    { type: 'button', place, button, down: false },
  ];
}

export function zoom(gesture: { point: Point; factor: number; dx: number; dy: number }): PointerAction[] {
  const { point, factor, dx, dy } = gesture;
  return [{ type: 'pan', dx, dy }, { type: 'zoom', point, factor }];
}

/** Taps of several fingers: two the right button, three the keyboard; two of two the whole picture again. */
export class ManyFingerTaps {
  /** A right click that waits to see whether a second tap makes a reset of it. */
  private waiting: { place: Point; untilMs: number } | null = null;

  handle(fingers: number, count: number, place: Point, atMs: number, zoomed: boolean): PointerAction[] {
    if (fingers !== 2) return fingers === 3 ? [{ type: 'keyboard' }] : [];
    this.waiting = null;
    // Also where a page was so busy that the first tap's click has gone out: the second came in time.
    if (count === 2 && zoomed) return [{ type: 'resetView' }];
    if (!zoomed) return click(place, kRight);
    this.waiting = { place, untilMs: atMs + kDoubleTapMs };
    return [];
  }

  nextDeadline(): number {
    return this.waiting?.untilMs ?? Infinity;
  }

  tick(nowMs: number): PointerAction[] {
    if (this.waiting === null || nowMs < this.waiting.untilMs) return [];
    const { place } = this.waiting;
    this.waiting = null;
    return click(place, kRight);
  }
}

export class DirectTouchPointer implements TouchPointer {
  private readonly scroll = new TouchScroll();
  private readonly taps = new ManyFingerTaps();
  /** Two fingers that began to move where a zoomed picture has more to show move the picture, until they leave. */
  private panning = false;

  constructor(private readonly view: TouchView) {}

  handle(gesture: Gesture, atMs: number): PointerAction[] {
    switch (gesture.type) {
      case 'tap': {
        const place = this.view.toDesktop(gesture.point);
        if (gesture.fingers === 1) return click(place, kLeft);
        return this.taps.handle(gesture.fingers, gesture.count, place, atMs, this.view.zoomed);
      }
      case 'press':
        return [{ type: 'buzz' }, ...this.aim(gesture.point)];
      case 'pressMove':
        return this.aim(gesture.point);
      case 'pressEnd':
        return [{ type: 'magnify', at: null }, ...click(this.view.toDesktop(gesture.point), kRight)];
      case 'pressCancel':
        return [{ type: 'magnify', at: null }];
      case 'dragStart': {
        const start = this.view.toDesktop(gesture.start);
        return [
          { type: 'move', place: start },
          { type: 'button', place: start, button: kLeft, down: true },
          { type: 'move', place: this.view.toDesktop(gesture.point) },
        ];
      }
      case 'dragMove':
        return [{ type: 'move', place: this.view.toDesktop(gesture.point) }];
      case 'dragEnd':
        return [{ type: 'button', place: this.view.toDesktop(gesture.point), button: kLeft, down: false }];
      case 'scroll':
        if (gesture.first) this.panning = this.view.canPan(gesture.dx, gesture.dy);
        if (this.panning) return [{ type: 'pan', dx: gesture.dx, dy: gesture.dy }];
        return this.scroll.turn(this.view.toDesktop(gesture.point), gesture);
      case 'pinch':
        return zoom(gesture);
      case 'pinchEnd':
        return [{ type: 'zoomEnd' }];
    }
  }

  nextDeadline(): number {
    return this.taps.nextDeadline();
  }

  tick(nowMs: number): PointerAction[] {
    return this.taps.tick(nowMs);
  }

  private aim(point: Point): PointerAction[] {
    const place = this.view.toDesktop(point);
    return [{ type: 'move', place }, { type: 'magnify', at: { point, place } }];
  }
}
