// How the desktop lies in the window: fitted, at its own size or zoomed by fingers, and which part of it is seen. Pure:
// sizes and gestures go in, a View comes out (geometry.ts). Lengths are device pixels unless a name says CSS.
import { fitView, fromDesktop, toDesktop, type Point, type Rect, type Size, type View } from './geometry.js';

/**
 * follow: the desktop takes the window's size. fit: it keeps its own and is shown whole. actual: it keeps its own and is
 * shown one device pixel for each of its pixels.
 */
export const viewModes = ['follow', 'fit', 'actual'] as const;
export type ViewMode = (typeof viewModes)[number];

/** More shows a handful of letters. */
export const kMostZoom = 4;
/** A zoom let go this near to none, or to whole pixels, meant that: both are sharp. */
const kNearNone = 0.06;
const kNearWhole = 0.04;
/** Room kept around what must be seen, CSS pixels. */
const kMargin = 12;
const kNothing: Size = { width: 0, height: 0 };

export class ViewTransform {
  private area: Size = kNothing;
  private pixelRatio = 1;
  private desktop: Size = kNothing;
  private viewMode: ViewMode = 'follow';
  private zoom = 1;
  private offset: Point = { x: 0, y: 0 };
  /** At the lower edge, by the soft keyboard. */
  private covered = 0;
  /** What was in the middle, as parts of the desktop, before the window or the desktop changed; until fingers choose anew. */
  private middleWas: Point | null = null;
  private kept: Rect | null = null;

  get view(): View {
    const { area, pixelRatio, desktop, scale } = this;
    // A corner between device pixels would blur every one of them.
    return { area, pixelRatio, desktop, scale, offset: { x: Math.round(this.offset.x), y: Math.round(this.offset.y) } };
  }

  get mode(): ViewMode {
    return this.viewMode;
  }

  /** Whether fingers have changed what the mode shows. */
  get zoomed(): boolean {
    return this.zoom !== 1;
  }

  private get scale(): number {
    const scale = this.baseScale * this.zoom;
    const whole = Math.round(scale);
    // What sums of fractions miss by must not blur.
    return Math.abs(scale - whole) < 1e-9 ? whole : scale;
  }

  private get baseScale(): number {
    return this.viewMode === 'actual' ? 1 : fitView(this.area, this.pixelRatio, this.desktop).scale;
  }

  private get seen(): Size {
    return { width: this.area.width, height: Math.max(0, this.area.height - this.covered) };
  }

  setMode(mode: ViewMode): void {
    this.viewMode = mode;
    this.reset();
  }

  /** What was in the middle stays there. */
  setArea(area: Size, pixelRatio: number): void {
    this.keepingMiddle(() => {
      this.area = area;
      this.pixelRatio = pixelRatio;
    });
    this.seeKept();
  }

  setDesktop(desktop: Size): void {
    this.keepingMiddle(() => { this.desktop = desktop; });
    this.seeKept();
  }

  /** The soft keyboard lies over this much of the lower edge. */
  setCovered(covered: number): void {
    this.covered = Math.min(Math.max(0, Math.round(covered)), this.area.height);
    this.clamp();
    this.seeKept();
  }

  /** Shows this part of the desktop from now on, also when window, desktop or soft keyboard change; null: any. */
  keep(rect: Rect | null): void {
    this.kept = rect;
    this.seeKept();
  }

  private seeKept(): void {
    if (this.kept !== null) this.keepVisible(this.kept);
  }

  /** Fingers around this point, CSS pixels of the area, moved apart by this factor: what lies below them stays there. */
  zoomAt(point: Point, factor: number): void {
    this.middleWas = null;
    const before = this.scale;
    const anchor = { x: point.x * this.pixelRatio, y: point.y * this.pixelRatio };
    this.zoom = Math.min(Math.max(this.zoom * factor, this.leastZoom), kMostZoom);
    const grown = this.scale / before;
    this.offset = { x: anchor.x - (anchor.x - this.offset.x) * grown, y: anchor.y - (anchor.y - this.offset.y) * grown };
    this.clamp();
  }

  /** The fingers let go. */
  zoomEnded(): void {
    const { width, height } = this.seen;
    const middle = { x: width / 2 / this.pixelRatio, y: height / 2 / this.pixelRatio };
    const whole = Math.round(this.scale);
    if (Math.abs(this.zoom - 1) < kNearNone) this.reset();
    else if (whole >= 1 && Math.abs(this.scale / whole - 1) < kNearWhole) this.zoomAt(middle, whole / this.scale);
  }

  /** Moves the picture; CSS pixels. */
  pan(dx: number, dy: number): void {
    this.middleWas = null;
    this.offset = { x: this.offset.x + dx * this.pixelRatio, y: this.offset.y + dy * this.pixelRatio };
    this.clamp();
  }

  /** Whether there is more to see that way; of a slanting motion its longer part counts. */
  canPan(dx: number, dy: number): boolean {
    const [least, most] = this.limits();
    const along = (delta: number, at: number, low: number, high: number): boolean =>
      delta > 0 ? at < high - 0.5 : at > low + 0.5;
    if (Math.abs(dx) > Math.abs(dy)) return along(dx, this.offset.x, least.x, most.x);
    return dy !== 0 && along(dy, this.offset.y, least.y, most.y);
  }

  /** As the mode shows it. */
  reset(): void {
    this.middleWas = null;
    this.zoom = 1;
    this.offset = this.middle();
    this.clamp();
  }

  /** Moves the picture by no more than it takes to see this part of the desktop. Too large a part shows its start. */
  keepVisible(rect: Rect): void {
    this.middleWas = null;
    const margin = kMargin * this.pixelRatio;
    const along = (offset: number, start: number, length: number, seen: number): number => {
      const low = start * this.scale - margin;
      const high = (start + length) * this.scale + margin;
      return Math.max(Math.min(offset, seen - high), -low);
    };
    this.offset = {
      x: along(this.offset.x, rect.x, rect.width, this.seen.width),
      y: along(this.offset.y, rect.y, rect.height, this.seen.height),
    };
    this.clamp();
  }

  /** CSS pixels of the area, to the desktop pixel below it. */
  toDesktop(point: Point): Point {
    return toDesktop(this.view, point);
  }

  fromDesktop(pixel: Point): Point {
    return fromDesktop(this.view, pixel);
  }

  /** At its own size a large desktop can be made smaller until all of it is seen, and no more. */
  private get leastZoom(): number {
    return Math.min(1, fitView(this.area, this.pixelRatio, this.desktop).scale / this.baseScale);
  }

  private keepingMiddle(change: () => void): void {
    this.middleWas ??= this.middleNow();
    const { x, y } = this.middleWas;
    change();
    if (!this.zoomed && this.viewMode !== 'actual') return this.reset();
    this.zoom = Math.min(Math.max(this.zoom, this.leastZoom), kMostZoom);
    this.offset = {
      x: this.seen.width / 2 - x * this.desktop.width * this.scale,
      y: this.seen.height / 2 - y * this.desktop.height * this.scale,
    };
    this.clamp();
  }

  private middleNow(): Point {
    const { seen, desktop, scale } = this;
    const part = (offset: number, length: number, of: number): number => (of > 0 ? (length / 2 - offset) / (of * scale) : 0.5);
    return { x: part(this.offset.x, seen.width, desktop.width), y: part(this.offset.y, seen.height, desktop.height) };
  }

  private middle(): Point {
    return {
      x: Math.floor((this.area.width - this.desktop.width * this.scale) / 2),
      y: Math.floor((this.area.height - this.desktop.height * this.scale) / 2),
    };
  }

  /** No empty room where there is picture; a picture with room around it lies in the middle, or above the keyboard. */
  private limits(): [Point, Point] {
    const middle = this.middle();
    const width = this.desktop.width * this.scale;
    const height = this.desktop.height * this.scale;
    const most = { x: width > this.area.width ? 0 : middle.x, y: height > this.area.height ? 0 : middle.y };
    const least = { x: Math.min(most.x, this.seen.width - width), y: Math.min(most.y, this.seen.height - height) };
    if (width <= this.area.width) least.x = middle.x;
    return [least, most];
  }

  private clamp(): void {
    const [least, most] = this.limits();
    this.offset = {
      x: Math.min(Math.max(this.offset.x, least.x), most.x),
      y: Math.min(Math.max(this.offset.y, least.y), most.y),
    };
  }
}
