// Fingers on the screen, recognised as gestures. Pure: finger events and the time go in, gestures come out; what a
// gesture does to the desktop's pointer is another matter (touch_pointer.ts). Points are CSS pixels.
import type { Point } from './geometry.js';

export interface FingerEvent {
  readonly kind: 'down' | 'move' | 'up' | 'cancel';
  readonly finger: number;
  readonly point: Point;
  readonly atMs: number;
}

export type Gesture =
  /** Fingers came down and left without moving. `count` is 2 for the second tap of a double tap. */
  | { readonly type: 'tap'; readonly fingers: number; readonly count: number; readonly point: Point }
  /** One finger has rested long; then it moves, and leaves or is taken away, or did not rest after all. */
  | { readonly type: 'press'; readonly point: Point }
  | { readonly type: 'pressMove'; readonly point: Point }
  | { readonly type: 'pressEnd'; readonly point: Point }
  | { readonly type: 'pressCancel' }
  /** One finger moves; `start` is where it came down. `count` is 2 when a tap went just before. */
  | { readonly type: 'dragStart'; readonly start: Point; readonly count: number; readonly point: Point }
  | { readonly type: 'dragMove'; readonly point: Point }
  | { readonly type: 'dragEnd'; readonly point: Point }
  /** Two fingers moved side by side by this much; `first` with the first motion of the two. */
  | { readonly type: 'scroll'; readonly point: Point; readonly dx: number; readonly dy: number; readonly first: boolean }
  /** Two fingers moved apart (factor > 1) or together, and by this much side by side. */
  | { readonly type: 'pinch'; readonly point: Point; readonly factor: number; readonly dx: number; readonly dy: number }
  | { readonly type: 'pinchEnd' };

/** A finger that stays within this is at rest; a fingertip covers about 40 CSS pixels and rolls by a few. */
const kSlop = 10;
/** Platforms agree on about half a second for a long press. */
export const kLongPressMs = 500;
/** A second tap within this time and distance makes a double tap. */
export const kDoubleTapMs = 350;
const kDoubleTapSlop = 32;
/** Two fingers zoom when their distance changed by more than they moved together. */
const kPinchSlop = 16;

type State = 'idle' | 'maybeTap' | 'drag' | 'press' | 'two' | 'scroll' | 'pinch' | 'done';

interface Finger {
  readonly start: Point;
  now: Point;
}

export class GestureRecogniser {
  private readonly fingers = new Map<number, Finger>();
  private state: State = 'idle';
  /** The most fingers at once since the first came down. */
  private mostFingers = 0;
  private moved = false;
  private downAtMs = 0;
  private lastTap: { fingers: number; point: Point; atMs: number } | null = null;
  private tapBeforePress: typeof this.lastTap = null;
  private scrolled = false;
  private lastCentre: Point = { x: 0, y: 0 };
  private lastSpread = 0;

  /** Fingers are down of which the browser may never tell the end: it lost the focus, or the link went. */
  reset(): Gesture[] {
    const ended = this.interrupted();
    this.fingers.clear();
    this.state = 'idle';
    this.lastTap = null;
    return ended;
  }

  /** When `tick` has something to do, or Infinity. */
  nextDeadline(): number {
    return this.state === 'maybeTap' && this.fingers.size === 1 ? this.downAtMs + kLongPressMs : Infinity;
  }

  tick(nowMs: number): Gesture[] {
    if (nowMs < this.nextDeadline()) return [];
    this.state = 'press';
    this.tapBeforePress = this.lastTap;
    this.lastTap = null;
    return [{ type: 'press', point: this.first().now }];
  }

  handle(event: FingerEvent): Gesture[] {
    return [...this.takeBackPress(event), ...this.handleInTime(event)];
  }

  /**
   * A page that was busy hears of its timer first, and then what the finger had done before the time was up: by the finger's
   * own time it did not rest.
   */
  private takeBackPress(event: FingerEvent): Gesture[] {
    if (this.state !== 'press' || event.atMs >= this.downAtMs + kLongPressMs) return [];
    const rests = event.kind === 'move' && distance(this.first().start, event.point) <= kSlop;
    if (rests || event.kind === 'cancel') return [];
    this.state = 'maybeTap';
    this.lastTap = this.tapBeforePress;
    return [{ type: 'pressCancel' }];
  }

  private handleInTime(event: FingerEvent): Gesture[] {
    switch (event.kind) {
      case 'down':
        return this.down(event);
      case 'move':
        return this.move(event);
      case 'up':
        return this.up(event);
      case 'cancel':
        return this.cancel(event);
    }
  }

  private down(event: FingerEvent): Gesture[] {
    this.fingers.set(event.finger, { start: event.point, now: event.point });
    this.mostFingers = Math.max(this.mostFingers, this.fingers.size);
    if (this.fingers.size === 1) {
      this.state = 'maybeTap';
      this.mostFingers = 1;
      this.moved = false;
      this.downAtMs = event.atMs;
      return [];
    }
    const ended = this.interrupted();
    if (this.state === 'maybeTap' || this.state === 'two') {
      this.state = 'two';
      this.lastCentre = this.centre();
      this.lastSpread = this.spread();
      this.scrolled = false;
    } else {
      this.state = 'done';
    }
    return ended;
  }

  private move(event: FingerEvent): Gesture[] {
    const finger = this.fingers.get(event.finger);
    if (finger === undefined) return [];
    finger.now = event.point;
    if (distance(finger.start, finger.now) > kSlop) this.moved = true;
    switch (this.state) {
      case 'maybeTap':
        if (!this.moved) return [];
        this.state = 'drag';
        return [
          { type: 'dragStart', start: finger.start, count: this.tapCount(1, finger.start, this.downAtMs), point: event.point },
        ];
      case 'drag':
        return [{ type: 'dragMove', point: event.point }];
      case 'press':
        return this.moved ? [{ type: 'pressMove', point: event.point }] : [];
      case 'two':
      case 'scroll':
      case 'pinch':
        return this.moveTwo();
      default:
        return [];
    }
  }

  private moveTwo(): Gesture[] {
    if (this.fingers.size !== 2) return [];
    const centre = this.centre();
    const spread = this.spread();
    if (this.state === 'two') {
      const apart = Math.abs(spread - this.lastSpread);
      const together = distance(centre, this.lastCentre);
      if (apart > kPinchSlop && apart > together) this.state = 'pinch';
      else if (together > kSlop) this.state = 'scroll';
      else return [];
      // What was moved until the decision is not made up for: the content would jump.
      this.lastCentre = centre;
      this.lastSpread = spread;
      return [];
    }
    const before = this.lastCentre;
    const factor = this.lastSpread > 0 ? spread / this.lastSpread : 1;
    this.lastCentre = centre;
    this.lastSpread = spread;
    const moved = { dx: centre.x - before.x, dy: centre.y - before.y };
    if (this.state === 'pinch') return [{ type: 'pinch', point: centre, factor, ...moved }];
    const first = !this.scrolled;
    this.scrolled = true;
    return [{ type: 'scroll', point: centre, ...moved, first }];
  }

  private up(event: FingerEvent): Gesture[] {
    const finger = this.fingers.get(event.finger);
    if (finger === undefined) return [];
    const centre = this.centre();
    this.fingers.delete(event.finger);
    const state = this.state;
    if (this.fingers.size > 0) {
      // The others of a many-finger tap follow within moments; any other gesture is over.
      if (state === 'scroll' || state === 'pinch') this.state = 'done';
      else if (state === 'two') this.lastCentre = centre;
      return state === 'pinch' ? [{ type: 'pinchEnd' }] : [];
    }
    this.state = 'idle';
    if (state === 'drag') return [{ type: 'dragEnd', point: event.point }];
    if (state === 'press') return [{ type: 'pressEnd', point: this.moved ? event.point : finger.start }];
    const short = event.atMs - this.downAtMs < kLongPressMs;
    if (this.moved || !short) return [];
    if (state === 'maybeTap') return [this.tap(1, finger.start, event.atMs)];
    if (state === 'two') return [this.tap(this.mostFingers, this.lastCentre, event.atMs)];
    return [];
  }

  private tap(fingers: number, point: Point, atMs: number): Gesture {
    const count = this.tapCount(fingers, point, this.downAtMs);
    const place = count === 2 && this.lastTap !== null ? this.lastTap.point : point;
    this.lastTap = count === 2 ? null : { fingers, point, atMs };
    return { type: 'tap', fingers, count, point: place };
  }

  private tapCount(fingers: number, point: Point, atMs: number): number {
    const last = this.lastTap;
    if (last === null || last.fingers !== fingers || atMs - last.atMs > kDoubleTapMs) return 1;
    return distance(point, last.point) <= kDoubleTapSlop ? 2 : 1;
  }

  private cancel(event: FingerEvent): Gesture[] {
    if (!this.fingers.has(event.finger)) return [];
    const ended = this.interrupted();
    this.fingers.delete(event.finger);
    this.state = this.fingers.size === 0 ? 'idle' : 'done';
    this.lastTap = null;
    return ended;
  }

  /** What is under way ends here and now. */
  private interrupted(): Gesture[] {
    if (this.state === 'drag') return [{ type: 'dragEnd', point: this.first().now }];
    if (this.state === 'press') return [{ type: 'pressCancel' }];
    return this.state === 'pinch' ? [{ type: 'pinchEnd' }] : [];
  }

  private first(): Finger {
    const finger = this.fingers.values().next().value;
    if (finger === undefined) throw new Error('no finger is down');
    return finger;
  }

  private centre(): Point {
    let x = 0;
    let y = 0;
    for (const finger of this.fingers.values()) {
      x += finger.now.x;
      y += finger.now.y;
    }
    return { x: x / this.fingers.size, y: y / this.fingers.size };
  }

  private spread(): number {
    const [a, b] = [...this.fingers.values()];
    return a === undefined || b === undefined ? 0 : distance(a.now, b.now);
  }
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}
