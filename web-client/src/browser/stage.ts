// The part of the window where the desktop is shown: the canvas, its place, and how points of it map to the desktop.
import { pictureBox, toDesktopBeyond, toDesktopExact, type Point, type Rect, type Size } from '../core/geometry.js';
import type { TouchView } from '../core/touch_pointer.js';
import { ViewTransform, type ViewMode } from '../core/view.js';

/** While a window edge is dragged sizes come many times a second; the desktop follows once it rests this long. */
const kSettleMs = 120;

export interface StageListener {
  /** The area has come to rest at this size, device pixels. */
  settled(area: Size, pixelRatio: number): void;
  /** The picture has another place or scale. */
  placed(): void;
}

export class Stage implements TouchView {
  readonly canvas = document.createElement('canvas');
  /** Beside this window lies another monitor of the desktop, over which a drag goes on. */
  goesOn = false;
  private readonly transform = new ViewTransform();
  private readonly observer: ResizeObserver;
  private readonly stop = new AbortController();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private placing = false;
  private told: Size = { width: 0, height: 0 };
  private softKeyboard = false;

  constructor(
    readonly element: HTMLElement,
    private readonly listener: StageListener,
  ) {
    this.element.append(this.canvas);
    this.transform.setArea({ width: 0, height: 0 }, devicePixelRatio);
    this.observer = new ResizeObserver((entries) => {
      const entry = entries[entries.length - 1];
      if (entry !== undefined) this.resized(deviceSize(entry));
    });
    try {
      this.observer.observe(this.element, { box: 'device-pixel-content-box' });
    } catch {
      // WebKit measures in CSS pixels only.
      this.observer.observe(this.element);
    }
    this.watchRatio();
  }

  close(): void {
    this.observer.disconnect();
    this.stop.abort();
    clearTimeout(this.timer);
  }

  /** The picture has this size from now on. */
  setDesktop(desktop: Size): void {
    this.canvas.dataset['width'] = String(desktop.width);
    this.canvas.dataset['height'] = String(desktop.height);
    this.transform.setDesktop(desktop);
    this.place();
  }

  /** Device pixels; measured on the spot before the observer has reported. */
  get area(): Size {
    const { area } = this.transform.view;
    return area.width > 0 ? area : measure(this.element);
  }

  /** CSS pixels. */
  get width(): number {
    const { area, pixelRatio } = this.transform.view;
    return area.width / pixelRatio;
  }

  /** Device pixels per desktop pixel, as shown. */
  get scale(): number {
    return this.transform.view.scale;
  }

  get pixelRatio(): number {
    return this.transform.view.pixelRatio;
  }

  get cssScale(): number {
    return this.scale / this.pixelRatio;
  }

  get desktop(): Size {
    return this.transform.view.desktop;
  }

  // --- what is seen ----------------------------------------------------------------------------------------------

  get mode(): ViewMode {
    return this.transform.mode;
  }

  get zoomed(): boolean {
    return this.transform.zoomed;
  }

  setMode(mode: ViewMode): void {
    this.transform.setMode(mode);
    this.place();
  }

  canPan(dx: number, dy: number): boolean {
    return this.transform.canPan(dx, dy);
  }

  pan(dx: number, dy: number): void {
    this.transform.pan(dx, dy);
    this.placeSoon();
  }

  zoomAt(point: Point, factor: number): void {
    this.transform.zoomAt(point, factor);
    this.placeSoon();
  }

  zoomEnded(): void {
    this.transform.zoomEnded();
    this.place();
  }

  resetView(): void {
    this.transform.reset();
    this.place();
  }

  /**
   * The soft keyboard has come or gone, and lies over so many CSS pixels of the lower edge. The desktop keeps its size
   * also where the browser makes the window smaller for it.
   */
  setSoftKeyboard(shown: boolean, coveredCss: number): void {
    const gone = this.softKeyboard && !shown;
    this.softKeyboard = shown;
    this.transform.setCovered(coveredCss * this.pixelRatio);
    this.place();
    if (gone) this.tellSoon();
  }

  /** Shows this part of the desktop from now on, also when the window turns or the soft keyboard comes; null: any. */
  keepVisible(rect: Rect | null): void {
    this.transform.keep(rect);
    this.placeSoon();
  }

  /** Shows this part of the desktop now. */
  reveal(rect: Rect): void {
    this.transform.keepVisible(rect);
    this.placeSoon();
  }

  // --- points ----------------------------------------------------------------------------------------------------

  /** A point given relative to the element, CSS pixels, as a desktop pixel. */
  toDesktop(point: Point): Point {
    return this.goesOn ? toDesktopBeyond(this.transform.view, point) : this.transform.toDesktop(point);
  }

  /** The same with fractions of a pixel. */
  toDesktopExact(point: Point): Point {
    return toDesktopExact(this.transform.view, point);
  }

  fromDesktop(pixel: Point): Point {
    return this.transform.fromDesktop(pixel);
  }

  /** Of an event, relative to the element. */
  pointOf(event: { clientX: number; clientY: number }): Point {
    const box = this.element.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  /** The pixel ratio is another one, which not every browser's observer tells. */
  measureAgain(): void {
    this.resized(measure(this.element));
  }

  // --- the window ------------------------------------------------------------------------------------------------

  private resized(area: Size): void {
    if (area.width === 0 || area.height === 0) return;
    const first = this.transform.view.area.width === 0;
    this.transform.setArea(area, devicePixelRatio);
    this.place();
    if (first) this.tell();
    else this.tellSoon();
  }

  /** On a screen of another ratio the window may keep its size in CSS pixels, which is all that some browsers observe. */
  private watchRatio(): void {
    const changed = (): void => {
      this.resized(measure(this.element));
      this.watchRatio();
    };
    matchMedia(`(resolution: ${devicePixelRatio}dppx)`).addEventListener('change', changed, { once: true, signal: this.stop.signal });
  }

  private tellSoon(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => { this.tell(); }, kSettleMs);
  }

  private tell(): void {
    const { area, pixelRatio } = this.transform.view;
    const byKeyboard = this.softKeyboard && area.width === this.told.width && area.height < this.told.height;
    if (byKeyboard) return;
    this.told = area;
    this.listener.settled(area, pixelRatio);
  }

  /** Fingers move the picture more often than it is drawn. */
  private placeSoon(): void {
    if (this.placing) return;
    this.placing = true;
    requestAnimationFrame(() => {
      if (this.placing) this.place();
    });
  }

  private place(): void {
    this.placing = false;
    const { view } = this.transform;
    const box = pictureBox(view);
    const style = this.canvas.style;
    style.left = `${box.left}px`;
    style.top = `${box.top}px`;
    style.width = `${box.width}px`;
    style.height = `${box.height}px`;
    // Whole factors keep their edges; anything else is smoothed.
    style.imageRendering = Number.isInteger(view.scale) ? 'pixelated' : 'auto';
    this.listener.placed();
  }
}

function deviceSize(entry: ResizeObserverEntry): Size {
  const { width, height } = entry.contentRect;
  const rounded = { width: Math.round(width * devicePixelRatio), height: Math.round(height * devicePixelRatio) };
  // Absent in WebKit, whatever the type says.
  const exact = (entry as Partial<ResizeObserverEntry>).devicePixelContentBoxSize?.[0];
  if (exact === undefined) return rounded;
  // It differs from the product by rounding alone; more than that is Chromium pretending another pixel ratio (device
  // emulation), which this box does not know of.
  const credible = (a: number, b: number): boolean => Math.abs(a - b) <= 2;
  const { inlineSize, blockSize } = exact;
  if (!credible(inlineSize, rounded.width) || !credible(blockSize, rounded.height)) return rounded;
  return { width: inlineSize, height: blockSize };
}

function measure(element: HTMLElement): Size {
  const box = element.getBoundingClientRect();
  return { width: Math.round(box.width * devicePixelRatio), height: Math.round(box.height * devicePixelRatio) };
}
