// Gestures as pointer actions on the desktop, in direct mode: what a finger touches is what it means.
import type { Point } from './geometry.js';
import type { Gesture } from './touch.js';
import { kNotch } from './wheel.js';

export type PointerAction =
  | { readonly type: 'move'; readonly point: Point }
  | { readonly type: 'button'; readonly point: Point; readonly button: number; readonly down: boolean }
  | { readonly type: 'wheel'; readonly point: Point; readonly dx: number; readonly dy: number }
  /** Not for the desktop: show or hide the soft keyboard. */
  | { readonly type: 'keyboard' }
  /** Not for the desktop: a short buzz tells the finger that its long press was noticed. */
  | { readonly type: 'buzz' };

const kLeft = 0;
const kRight = 2;
/** CSS pixels of finger travel for one notch. Programs scroll about three lines, some 50 pixels, a notch. */
const kTravelPerNotch = 50;

export class DirectTouchPointer {
  private scrollRest = { x: 0, y: 0 };

  handle(gesture: Gesture): PointerAction[] {
    switch (gesture.type) {
      case 'tap':
        if (gesture.fingers === 1) return click(gesture.point, kLeft);
        return gesture.fingers === 2 ? click(gesture.point, kRight) : [{ type: 'keyboard' }];
      case 'press':
        return [{ type: 'buzz' }, ...click(gesture.point, kRight)];
      case 'pressMove':
        return [{ type: 'move', point: gesture.point }];
      case 'dragStart':
        return [
          { type: 'move', point: gesture.start },
          { type: 'button', point: gesture.start, button: kLeft, down: true },
          { type: 'move', point: gesture.point },
        ];
      case 'dragMove':
        return [{ type: 'move', point: gesture.point }];
      case 'dragEnd':
        return [{ type: 'button', point: gesture.point, button: kLeft, down: false }];
      case 'scroll':
        return this.scroll(gesture);
      case 'pinch':
        return [];
    }
  }

  /** The content follows the fingers. */
  private scroll(gesture: { point: Point; dx: number; dy: number }): PointerAction[] {
    this.scrollRest.x -= (gesture.dx / kTravelPerNotch) * kNotch;
    this.scrollRest.y -= (gesture.dy / kTravelPerNotch) * kNotch;
    const dx = Math.trunc(this.scrollRest.x);
    const dy = Math.trunc(this.scrollRest.y);
    if (dx === 0 && dy === 0) return [];
    this.scrollRest.x -= dx;
    this.scrollRest.y -= dy;
    return [{ type: 'wheel', point: gesture.point, dx, dy }];
  }
}

function click(point: Point, button: number): PointerAction[] {
  return [
    { type: 'move', point },
    { type: 'button', point, button, down: true },
    { type: 'button', point, button, down: false },
  ];
}
