// Mouse, pen and fingers over the stage, to the desktop.
import type { Point } from '../core/geometry.js';
import { buttonChanges, RelativeMotion } from '../core/pointer.js';
import type { InputMessage } from '../core/session.js';
import type { FingerEvent } from '../core/touch.js';
import { WheelAccumulator } from '../core/wheel.js';
import { kNoButton } from '../wire/messages.gen.js';
import { EdgePan } from './edge_pan.js';
import { eventTimeMs, nowMs } from './event_time.js';
import { PenInput } from './pen_input.js';
import { PointerLock } from './pointer_lock.js';
import { PointerOutput } from './pointer_output.js';
import type { Stage } from './stage.js';
import { TouchInput, type TouchMode } from './touch_input.js';

export interface PointerTarget {
  send(message: InputMessage, atMs: number): void;
  /** A pointer went down at this point of the stage, CSS pixels: keys belong to the desktop again. */
  takeFocus(point: Point): void;
  toggleSoftKeyboard(): void;
  /** A finger moved the pointer to this desktop pixel. */
  touched(place: Point): void;
  /** A mouse or pen is at this point of the stage. */
  hovered(point: Point): void;
  /** Whether a Control key is really down; a pinch on a trackpad looks like Control and wheel. */
  controlHeld(): boolean;
  captureChanged(captured: boolean): void;
  captureRefused(): void;
}

const kNoButtons = 0;
/** A trackpad's pinch comes as wheel events; their sum over a doubling is about this. */
const kPinchUnits = 100;

export class PointerInput {
  private readonly stop = new AbortController();
  private readonly output: PointerOutput;
  private readonly fingers: TouchInput;
  private readonly pen: PenInput;
  private readonly lock: PointerLock;
  private readonly edges: EdgePan;
  private readonly relative = new RelativeMotion();
  private readonly lockedWheel = new WheelAccumulator();
  private buttons = kNoButtons;

  constructor(
    private readonly stage: Stage,
    private readonly target: PointerTarget,
  ) {
    const { signal } = this.stop;
    const send = (message: InputMessage, atMs: number): void => { target.send(message, atMs); };
    this.output = new PointerOutput(send);
    this.fingers = new TouchInput(stage, this.output, target);
    this.pen = new PenInput(stage, send);
    this.edges = new EdgePan(stage, (point) => { this.output.move(stage.toDesktop(point), nowMs()); });
    this.lock = new PointerLock(stage.element, {
      changed: (captured) => { this.captureChanged(captured); },
      refused: () => { target.captureRefused(); },
    }, signal);
    this.listen(signal);
  }

  close(): void {
    this.lock.leave();
    this.stop.abort();
    this.edges.stop();
    this.fingers.close();
  }

  /** The desktop is away and holds no button any more. */
  forget(): void {
    this.buttons = kNoButtons;
    this.fingers.lost();
    this.lock.suspend(nowMs());
  }

  /** It is back. Resolves to whether the pointer, which was captured, should be offered to be captured again. */
  resume(): Promise<boolean> {
    return this.lock.resume(nowMs());
  }

  setTouchMode(mode: TouchMode): void {
    this.fingers.setMode(mode);
  }

  /** A program or another viewer moved the desktop's pointer. */
  pointerIsAt(place: Point): void {
    this.fingers.pointerIsAt(place);
    this.output.displaced(place);
  }

  /** In answer to a click or a key. */
  capture(): void {
    void this.lock.enter();
  }

  private listen(signal: AbortSignal): void {
    const element = this.stage.element;
    const on = <K extends keyof HTMLElementEventMap>(type: K, handle: (event: HTMLElementEventMap[K]) => void): void => {
      element.addEventListener(type, handle, { signal, passive: false });
    };
    on('pointerdown', (event) => { this.pointer(event, 'down'); });
    on('pointermove', (event) => { this.pointer(event, 'move'); });
    on('pointerup', (event) => { this.pointer(event, 'up'); });
    on('pointercancel', (event) => { this.pointer(event, 'cancel'); });
    on('pointerleave', (event) => {
      this.edges.stop();
      if (event.pointerType === 'pen') this.pen.left(event);
    });
    on('wheel', (event) => { this.wheeled(event); });
    // Everything the browser itself would do here belongs to the desktop: menu, selection, back by mouse button, drag.
    for (const type of ['contextmenu', 'mousedown', 'mouseup', 'auxclick', 'dragstart', 'selectstart'] as const) {
      on(type, (event) => { event.preventDefault(); });
    }
    // WebKit's own pinch.
    element.addEventListener('gesturestart', (event) => { event.preventDefault(); }, { signal });
    const lost = (): void => { this.fingers.lost(); };
    window.addEventListener('blur', lost, { signal });
    document.addEventListener('visibilitychange', lost, { signal });
  }

  private pointer(event: PointerEvent, kind: FingerEvent['kind']): void {
    event.preventDefault();
    if (this.lock.locked) return this.captured(event, kind);
    const point = this.stage.pointOf(event);
    if (kind === 'down') {
      this.target.takeFocus(point);
      this.stage.element.setPointerCapture(event.pointerId);
    }
    const atMs = eventTimeMs(event);
    if (event.pointerType === 'touch') {
      // What was down before the pen came ends as it will; the hand that holds the pen begins nothing.
      if (kind === 'down' && this.pen.isNear(atMs)) return;
      return this.fingers.finger({ kind, finger: event.pointerId, point, atMs });
    }
    this.target.hovered(point);
    if (event.pointerType === 'pen') {
      if (kind === 'down') this.fingers.lost();
      return this.pen.handle(event, kind);
    }
    this.edges.at(point);
    this.mouse(point, kind === 'cancel' ? kNoButtons : event.buttons, atMs);
  }

  private mouse(point: Point, buttons: number, atMs: number): void {
    const changes = buttonChanges(this.buttons, buttons);
    this.buttons = buttons;
    const place = this.stage.toDesktop(point);
    for (const change of changes) this.output.button(place, change.button, change.down, atMs);
    if (changes.length === 0) this.output.move(place, atMs);
  }

  private captured(event: PointerEvent, kind: FingerEvent['kind']): void {
    const atMs = eventTimeMs(event);
    const buttons = kind === 'cancel' ? kNoButtons : event.buttons;
    const changes = buttonChanges(this.buttons, buttons);
    this.buttons = buttons;
    const moved = this.relative.add(event.movementX, event.movementY, this.lock.gain(this.stage.cssScale));
    if (moved !== null) this.sendRelative({ dx: moved.x, dy: moved.y }, atMs);
    for (const { button, down } of changes) this.sendRelative({ button, down }, atMs);
  }

  private sendRelative(part: { dx?: number; dy?: number; button?: number; down?: boolean; wheelX?: number; wheelY?: number }, atMs: number): void {
    const nothing = { dx: 0, dy: 0, button: kNoButton, down: false, wheelX: 0, wheelY: 0 };
    this.target.send({ type: 'RelativePointer', ...nothing, ...part }, atMs);
  }

  private captureChanged(captured: boolean): void {
    // Whatever was held is released where it is; a button that goes up later means nothing then.
    if (!captured) for (const { button } of buttonChanges(this.buttons, kNoButtons)) this.sendRelative({ button, down: false }, nowMs());
    if (!captured) this.buttons = kNoButtons;
    this.target.captureChanged(captured);
  }

  private wheeled(event: WheelEvent): void {
    event.preventDefault();
    const atMs = eventTimeMs(event);
    if (this.lock.locked) {
      this.lockedWheel.add(event);
      const units = this.lockedWheel.take();
      if (units !== null) this.sendRelative({ wheelX: units.dx, wheelY: units.dy }, atMs);
      return;
    }
    const point = this.stage.pointOf(event);
    if (event.ctrlKey && !this.target.controlHeld()) return this.stage.zoomAt(point, 2 ** (-event.deltaY / kPinchUnits));
    this.output.wheelEvent(this.stage.toDesktop(point), event, atMs);
  }
}
