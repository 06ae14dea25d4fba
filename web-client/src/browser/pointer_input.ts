// Mouse, pen and fingers over the stage, to the desktop.
import type { Point } from '../core/geometry.js';
import { buttonChanges, MoveCoalescer } from '../core/pointer.js';
import type { InputMessage } from '../core/session.js';
import { GestureRecogniser, type FingerEvent, type Gesture } from '../core/touch.js';
import { DirectTouchPointer, type PointerAction } from '../core/touch_pointer.js';
import { WheelAccumulator } from '../core/wheel.js';
import { eventTimeMs, nowMs } from './event_time.js';
import type { Stage } from './stage.js';

export interface PointerTarget {
  send(message: InputMessage, atMs: number): void;
  /** A pointer went down at this point of the stage, CSS pixels: keys belong to the desktop again. */
  takeFocus(point: Point): void;
  toggleSoftKeyboard(): void;
  /** A finger acted at this point of the stage, CSS pixels. */
  touched(point: Point): void;
  /** A mouse or pen is at this point of the stage. */
  hovered(point: Point): void;
  /** Whether a Control key is really down; a pinch on a trackpad looks like Control and wheel. */
  controlHeld(): boolean;
}

const kNoButtons = 0;

export class PointerInput {
  private readonly stop = new AbortController();
  private readonly moves = new MoveCoalescer();
  private readonly wheel = new WheelAccumulator();
  private readonly gestures = new GestureRecogniser();
  private readonly touchPointer = new DirectTouchPointer();
  private buttons = kNoButtons;
  private framePending = false;
  private wheelAt: { point: Point; atMs: number } | null = null;
  private pressTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly stage: Stage,
    private readonly target: PointerTarget,
  ) {
    const { signal } = this.stop;
    const element = stage.element;
    const on = <K extends keyof HTMLElementEventMap>(type: K, handle: (event: HTMLElementEventMap[K]) => void): void => {
      element.addEventListener(type, handle, { signal, passive: false });
    };
    on('pointerdown', (event) => { this.pointer(event, 'down'); });
    on('pointermove', (event) => { this.pointer(event, 'move'); });
    on('pointerup', (event) => { this.pointer(event, 'up'); });
    on('pointercancel', (event) => { this.pointer(event, 'cancel'); });
    on('wheel', (event) => { this.wheeled(event); });
    // Everything the browser itself would do here belongs to the desktop: menu, selection, back by mouse button, drag.
    for (const type of ['contextmenu', 'mousedown', 'mouseup', 'auxclick', 'dragstart', 'selectstart'] as const) {
      on(type, (event) => { event.preventDefault(); });
    }
    // WebKit's own pinch.
    element.addEventListener('gesturestart', (event) => { event.preventDefault(); }, { signal });
  }

  close(): void {
    this.stop.abort();
    clearTimeout(this.pressTimer);
  }

  /** The desktop holds no button any more. */
  forget(): void {
    this.buttons = kNoButtons;
  }

  private pointer(event: PointerEvent, kind: FingerEvent['kind']): void {
    event.preventDefault();
    const point = this.stage.pointOf(event);
    if (kind === 'down') {
      this.target.takeFocus(point);
      this.stage.element.setPointerCapture(event.pointerId);
    }
    if (event.pointerType === 'touch') {
      this.finger({ kind, finger: event.pointerId, point, atMs: eventTimeMs(event) });
    } else {
      this.target.hovered(point);
      this.mouse(event, point, kind === 'cancel' ? kNoButtons : event.buttons);
    }
  }

  private mouse(event: PointerEvent, point: Point, buttons: number): void {
    const atMs = eventTimeMs(event);
    const changes = buttonChanges(this.buttons, buttons);
    this.buttons = buttons;
    for (const change of changes) this.button(point, change.button, change.down, atMs);
    if (changes.length === 0) this.move(point, atMs);
  }

  private button(point: Point, button: number, down: boolean, atMs: number): void {
    const place = this.stage.toDesktop(point);
    this.moves.overtaken(place);
    this.target.send({ type: 'PointerButton', ...place, button, down }, atMs);
  }

  private move(point: Point, atMs: number): void {
    const place = this.moves.offer(this.stage.toDesktop(point));
    if (place !== null) this.target.send({ type: 'PointerMove', ...place }, atMs);
    if (this.moves.waiting) this.requestFrame();
  }

  private wheeled(event: WheelEvent): void {
    event.preventDefault();
    if (event.ctrlKey && !this.target.controlHeld()) return;
    this.wheel.add(event);
    this.turnWheel(this.stage.pointOf(event), eventTimeMs(event));
  }

  /** What the wheel has gathered goes at once, and the rest of a frame's together at the next, as with moves. */
  private turnWheel(point: Point, atMs: number): void {
    this.wheelAt = { point, atMs };
    if (!this.framePending) this.sendWheel();
    this.requestFrame();
  }

  private sendWheel(): void {
    const at = this.wheelAt;
    this.wheelAt = null;
    if (at === null) return;
    const units = this.wheel.take();
    if (units === null) return;
    const place = this.stage.toDesktop(at.point);
    this.moves.overtaken(place);
    this.target.send({ type: 'Wheel', ...place, ...units }, at.atMs);
  }

  private requestFrame(): void {
    if (this.framePending) return;
    this.framePending = true;
    requestAnimationFrame(() => {
      this.framePending = false;
      const place = this.moves.frame();
      if (place !== null) this.target.send({ type: 'PointerMove', ...place }, nowMs());
      this.sendWheel();
      if (this.moves.waiting) this.requestFrame();
    });
  }

  private finger(event: FingerEvent): void {
    this.act(this.gestures.handle(event), event.atMs);
    this.schedulePress();
  }

  private schedulePress(): void {
    clearTimeout(this.pressTimer);
    const deadline = this.gestures.nextDeadline();
    if (deadline === Infinity) return;
    this.pressTimer = setTimeout(() => {
      const now = nowMs();
      this.act(this.gestures.tick(now), now);
      // A timer may fire a little early.
      this.schedulePress();
    }, Math.max(0, deadline - nowMs()));
  }

  private act(gestures: readonly Gesture[], atMs: number): void {
    for (const gesture of gestures) {
      for (const action of this.touchPointer.handle(gesture)) this.perform(action, atMs);
    }
  }

  private perform(action: PointerAction, atMs: number): void {
    switch (action.type) {
      case 'move':
        this.target.touched(action.point);
        return this.move(action.point, atMs);
      case 'button':
        return this.button(action.point, action.button, action.down, atMs);
      case 'wheel':
        this.target.touched(action.point);
        this.wheel.addUnits(action.dx, action.dy);
        return this.turnWheel(action.point, atMs);
      case 'keyboard':
        return this.target.toggleSoftKeyboard();
      case 'buzz':
        navigator.vibrate?.(12);
        return;
    }
  }
}
