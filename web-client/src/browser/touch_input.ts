// Fingers over the stage: recognised as gestures, which the chosen mode turns into pointer and view.
import type { Point } from '../core/geometry.js';
import { GestureRecogniser, type FingerEvent, type Gesture } from '../core/touch.js';
import { DirectTouchPointer, type PointerAction, type TouchPointer } from '../core/touch_pointer.js';
import { TrackpadPointer } from '../core/trackpad_pointer.js';
import { nowMs } from './event_time.js';
import { Magnifier } from './magnifier.js';
import type { PointerOutput } from './pointer_output.js';
import type { Stage } from './stage.js';

export const touchModes = ['direct', 'trackpad'] as const;
export type TouchMode = (typeof touchModes)[number];

export interface TouchTarget {
  toggleSoftKeyboard(): void;
  /** A finger moved the pointer to this desktop pixel. */
  touched(place: Point): void;
}

/** Long enough to feel, short enough not to be heard. */
const kBuzzMs = 12;

export class TouchInput {
  private readonly gestures = new GestureRecogniser();
  private readonly trackpad: TrackpadPointer;
  private readonly direct: DirectTouchPointer;
  private readonly magnifier: Magnifier;
  private pointer: TouchPointer;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly stage: Stage,
    private readonly output: PointerOutput,
    private readonly target: TouchTarget,
  ) {
    this.trackpad = new TrackpadPointer(stage);
    this.direct = new DirectTouchPointer(stage);
    this.pointer = this.direct;
    this.magnifier = new Magnifier(stage);
  }

  close(): void {
    clearTimeout(this.timer);
    this.magnifier.hide();
  }

  setMode(mode: TouchMode): void {
    this.lost();
    this.pointer = mode === 'trackpad' ? this.trackpad : this.direct;
    if (mode === 'trackpad') this.target.touched(this.trackpad.place);
  }

  /** The desktop's pointer is there, moved by whatever. */
  pointerIsAt(place: Point): void {
    this.trackpad.pointerIsAt(place);
  }

  finger(event: FingerEvent): void {
    this.act(this.gestures.handle(event), event.atMs);
    this.schedule();
  }

  /** The browser will not tell of these fingers any more. */
  lost(): void {
    this.act(this.gestures.reset(), nowMs());
    this.schedule();
  }

  private schedule(): void {
    clearTimeout(this.timer);
    const deadline = Math.min(this.gestures.nextDeadline(), this.pointer.nextDeadline());
    if (deadline === Infinity) return;
    this.timer = setTimeout(() => {
      const now = nowMs();
      this.perform(this.pointer.tick(now), now);
      this.act(this.gestures.tick(now), now);
      // A timer may fire a little early.
      this.schedule();
    }, Math.max(0, deadline - nowMs()));
  }

  private act(gestures: readonly Gesture[], atMs: number): void {
    for (const gesture of gestures) this.perform(this.pointer.handle(gesture, atMs), atMs);
  }

  private perform(actions: readonly PointerAction[], atMs: number): void {
    for (const action of actions) this.performOne(action, atMs);
  }

  private performOne(action: PointerAction, atMs: number): void {
    switch (action.type) {
      case 'move':
        this.at(action.place);
        return this.output.move(action.place, atMs);
      case 'button':
        return this.output.button(action.place, action.button, action.down, atMs);
      case 'wheel':
        this.at(action.place);
        return this.output.wheelUnits(action.place, action.dx, action.dy, atMs);
      case 'keyboard':
        return this.target.toggleSoftKeyboard();
      case 'buzz':
        navigator.vibrate?.(kBuzzMs);
        return;
      case 'magnify':
        return action.at === null ? this.magnifier.hide() : this.magnifier.show(action.at.point, action.at.place);
      case 'zoom':
        return this.stage.zoomAt(action.point, action.factor);
      case 'zoomEnd':
        return this.stage.zoomEnded();
      case 'pan':
        return this.stage.pan(action.dx, action.dy);
      case 'resetView':
        return this.stage.resetView();
      case 'follow':
        return this.stage.reveal({ ...action.place, width: 1, height: 1 });
    }
  }

  private at(place: Point): void {
    this.trackpad.pointerIsAt(place);
    this.target.touched(place);
  }
}
