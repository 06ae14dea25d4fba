// Gestures as pointer actions on the desktop, in trackpad mode: the whole screen is a trackpad. A finger moves the pointer
// from where it is, a tap clicks there; a tap and then a drag, or a long press and then a drag, drags with the left button.
import type { Point } from './geometry.js';
import type { Gesture } from './touch.js';
import { click, kLeft, kRight, ManyFingerTaps, TouchScroll, zoom, type PointerAction, type TouchPointer, type TouchView } from './touch_pointer.js';

/** A slow finger aims: pixel for pixel. A fast one crosses the screen: so many times as far, from so many CSS pixels an event. */
const kMostGain = 2.6;
const kFastStep = 24;

export class TrackpadPointer implements TouchPointer {
  private readonly scroll = new TouchScroll();
  private readonly taps = new ManyFingerTaps();
  /** With fractions of a desktop pixel, or null before it is known. */
  private cursor: Point | null = null;
  private lastPoint: Point | null = null;
  private holding = false;

  constructor(private readonly view: TouchView) {}

  /** The desktop's pointer is there, whoever moved it. */
  pointerIsAt(place: Point): void {
    if (this.cursor !== null && samePixel(place, this.place)) return;
    this.cursor = { x: place.x + 0.5, y: place.y + 0.5 };
  }

  /** The pointer as a desktop pixel. */
  get place(): Point {
    const { width, height } = this.view.desktop;
    const at = this.cursor ?? { x: width / 2, y: height / 2 };
    return { x: Math.floor(clamp(at.x, width)), y: Math.floor(clamp(at.y, height)) };
  }

  handle(gesture: Gesture, atMs: number): PointerAction[] {
    switch (gesture.type) {
      case 'tap':
        if (gesture.fingers === 1) return click(this.place, kLeft);
        return this.taps.handle(gesture.fingers, gesture.count, this.place, atMs, this.view.zoomed);
      case 'press':
        this.lastPoint = gesture.point;
        return [{ type: 'buzz' }];
      case 'pressMove':
        return [...this.hold(), ...this.move(gesture.point)];
      case 'pressEnd':
        return this.holding ? this.release() : click(this.place, kRight);
      case 'pressCancel':
        return this.release();
      case 'dragStart': {
        this.lastPoint = gesture.start;
        const held = gesture.count === 2 ? this.hold() : [];
        return [...held, ...this.move(gesture.point)];
      }
      case 'dragMove':
        return this.move(gesture.point);
      case 'dragEnd':
        return this.release();
      case 'scroll':
        return this.scroll.turn(this.place, gesture);
      case 'pinch':
        return zoom(gesture);
      case 'pinchEnd':
        return [{ type: 'zoomEnd' }, { type: 'follow', place: this.place }];
    }
  }

  nextDeadline(): number {
    return this.taps.nextDeadline();
  }

  tick(nowMs: number): PointerAction[] {
    return this.taps.tick(nowMs);
  }

  private move(point: Point): PointerAction[] {
    const last = this.lastPoint ?? point;
    this.lastPoint = point;
    const step = { x: point.x - last.x, y: point.y - last.y };
    const speed = Math.min(Math.hypot(step.x, step.y) / kFastStep, 1);
    const gain = (1 + (kMostGain - 1) * speed) / this.view.cssScale;
    const { width, height } = this.view.desktop;
    const from = this.cursor ?? { x: width / 2, y: height / 2 };
    this.cursor = { x: clamp(from.x + step.x * gain, width), y: clamp(from.y + step.y * gain, height) };
    return [{ type: 'move', place: this.place }, { type: 'follow', place: this.place }];
  }

  private hold(): PointerAction[] {
    if (this.holding) return [];
    this.holding = true;
    return [{ type: 'button', place: this.place, button: kLeft, down: true }];
  }

  private release(): PointerAction[] {
    if (!this.holding) return [];
    this.holding = false;
    return [{ type: 'button', place: this.place, button: kLeft, down: false }];
  }
}

/** Inside of the desktop, its last pixel included. */
function clamp(at: number, length: number): number {
  return Math.min(Math.max(at, 0), Math.max(length - 1e-3, 0));
}

function samePixel(a: Point, b: Point): boolean {
  return a.x === b.x && a.y === b.y;
}
