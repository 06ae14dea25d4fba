// The order of a picture's updates, and when a new picture takes the place of the old one: the old one stays on the
// canvas until the new one is whole, so that a resize or a reconnect never flashes black. So does the newest picture of
// before while what comes was held up on its way (late_pictures.ts).
import { LatePictures } from './late_pictures.js';
import { kMaxScreenSide, kUpdateComplete, type SurfaceReset, type Update } from '../wire/messages.gen.js';

/** A new picture is shown after this long even when parts of it are still to come. */
export const kShowAfterMs = 1_000;

export class SurfaceGate {
  private lastId = 0;
  private open = false;
  private empty = true;
  private shown = false;
  private showAtMs = Infinity;
  private readonly late = new LatePictures();
  /** Kept from the canvas although it is the picture that was shown. */
  private hidden = false;

  /** The next updates come from another encoder: numbers start again. What is shown stays. */
  restart(): void {
    this.lastId = 0;
    this.open = false;
    this.shown = false;
    this.showAtMs = Infinity;
    this.hidden = false;
    this.late.restart();
  }

  /** A sentence when the reset breaks the protocol. */
  reset(message: SurfaceReset, nowMs: number): string | null {
    const side = (length: number): boolean => length >= 1 && length <= kMaxScreenSide;
    if (!side(message.width) || !side(message.height)) return `SurfaceReset to ${message.width}x${message.height}`;
    this.open = true;
    this.empty = true;
    this.shown = false;
    this.hidden = false;
    this.showAtMs = nowMs + kShowAfterMs;
    return null;
  }

  /** A sentence when the update breaks the protocol. */
  update(message: Update): string | null {
    if (!this.open) return `Update ${message.id} before SurfaceReset`;
    if (message.id !== this.lastId + 1) return `Update ${message.id} after ${this.lastId}`;
    this.lastId = message.id;
    this.empty = false;
    return null;
  }

  /** Whether the picture is to be kept from the canvas from this update on, which comes next: it was held up. */
  takeHide(message: Pick<Update, 'captureUs'>, nowMs: number): boolean {
    this.late.take(message.captureUs / 1_000, nowMs);
    if (!this.shown || this.hidden || !this.late.holds(nowMs)) return false;
    this.hidden = true;
    return true;
  }

  /** Whether the picture is to be shown from now on: once for each reset and takeHide. `flags` of the update just handled. */
  takeShow(flags: number, nowMs: number): boolean {
    if (this.hidden) {
      this.hidden = this.late.holds(nowMs);
      return !this.hidden;
    }
    if (!this.open || this.shown || this.empty) return false;
    if ((flags & kUpdateComplete) === 0 && nowMs < this.showAtMs) return false;
    this.shown = true;
    this.showAtMs = Infinity;
    return true;
  }

  get lastUpdateId(): number {
    return this.lastId;
  }

  /** Whether the newest picture is the one on the canvas. */
  get current(): boolean {
    return this.open && this.shown;
  }

  /** When a picture that is not whole yet, or late, is to be shown. Not before anything of it has come. */
  nextDeadline(): number {
    if (this.empty) return Infinity;
    return this.hidden ? this.late.dueMs : this.showAtMs;
  }
}
