// Wheel events, whose units differ by browser and device, as 1/120 of a notch, which the desktop understands. One notch is
// 120 pixels in Chromium, 6 lines in Firefox and 90 pixels in WebKit on the same machine; the old wheelDelta says -120 in all.

/** About what a browser reports for one notch of a plain mouse wheel, CSS pixels. */
const kPixelsPerNotch = 100;
/** Fewer CSS pixels are a part of a notch, though Chromium calls some of them a whole one. */
const kLeastNotchPixels = 40;
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
  /** Notches times 120 the other way round; of a trackpad three times its pixels, or nothing. No standard, yet everywhere. */
  readonly wheelDeltaX?: number;
  readonly wheelDeltaY?: number;
}

export class WheelAccumulator {
  private x = 0;
  private y = 0;

  add(event: WheelEventFacts): void {
    // The mode first: Firefox gives pixels, which depend on its fonts, to whoever looks at a delta before it.
    const { deltaMode } = event;
    this.x += toUnits(event.deltaX, deltaMode, event.wheelDeltaX);
    this.y += toUnits(event.deltaY, deltaMode, event.wheelDeltaY);
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

function toUnits(delta: number, mode: number, wheelDelta = 0): number {
  if (!Number.isFinite(delta)) return 0;
  const notched = (mode !== 0 || Math.abs(delta) >= kLeastNotchPixels) && wheelDelta !== 0 && wheelDelta % kNotch === 0 && wheelDelta !== -3 * delta;
  if (notched) return -wheelDelta;
  if (mode === 1) return (delta / kLinesPerNotch) * kNotch;
  if (mode === 2) return delta * 3 * kNotch;
  // A whole number of 120 pixels is a notched wheel in Chromium.
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
