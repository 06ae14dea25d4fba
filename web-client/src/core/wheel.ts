// Wheel events, whose units differ by browser and device, as 1/120 of a notch, which the desktop understands.

/** What a browser reports for one notch of a plain mouse wheel, CSS pixels (Chromium and Firefox on all systems: 100-120). */
const kPixelsPerNotch = 100;
/** The common setting of systems: three lines a notch. */
const kLinesPerNotch = 3;
/** One notch: what X11's smooth scrolling and Windows call 120. */
export const kNotch = 120;
/** The most of one batch: ten notches. More is a fault of a device or a page zoomed absurdly. */
const kMostUnits = 10 * kNotch;

export interface WheelEventFacts {
  readonly deltaX: number;
  readonly deltaY: number;
  /** WheelEvent.deltaMode: 0 pixels, 1 lines, 2 pages. */
  readonly deltaMode: number;
}

export class WheelAccumulator {
  private x = 0;
  private y = 0;

  add(event: WheelEventFacts): void {
    this.x += toUnits(event.deltaX, event.deltaMode);
    this.y += toUnits(event.deltaY, event.deltaMode);
  }

  addUnits(dx: number, dy: number): void {
    this.x += dx;
    this.y += dy;
  }

  /** Whole units gathered so far, which are taken out; fractions stay for the next time. Null when there are none. */
  take(): { dx: number; dy: number } | null {
    const dx = clamp(whole(this.x));
    const dy = clamp(whole(this.y));
    if (dx === 0 && dy === 0) return null;
    this.x = Math.abs(this.x) > kMostUnits ? 0 : this.x - dx;
    this.y = Math.abs(this.y) > kMostUnits ? 0 : this.y - dy;
    return { dx, dy };
  }
}

function toUnits(delta: number, mode: number): number {
  if (!Number.isFinite(delta)) return 0;
  if (mode === 1) return (delta / kLinesPerNotch) * kNotch;
  if (mode === 2) return delta * 3 * kNotch;
  // A whole number of 120 pixels is a notched wheel in Chromium; one of 100 is one elsewhere.
  if (delta % 120 === 0) return delta;
  return (delta / kPixelsPerNotch) * kNotch;
}

/** Towards zero; sums of fractions that miss a whole number by rounding count as that. */
function whole(units: number): number {
  return Math.trunc(units + Math.sign(units) * 1e-6);
}

function clamp(units: number): number {
  return Math.min(Math.max(units, -kMostUnits), kMostUnits);
}
