// The part of the window where the desktop is shown: the canvas, its place, and how points of it map to the desktop.
import { fitView, fromDesktop, pictureBox, toDesktop, toDesktopBeyond, type Point, type Size, type View } from '../core/geometry.js';

/** While a window edge is dragged sizes come many times a second; the desktop follows once it rests this long. */
const kSettleMs = 120;

export interface StageListener {
  /** The area has come to rest at this size, device pixels. */
  settled(area: Size, pixelRatio: number): void;
  /** The picture has another place or scale. */
  placed(): void;
}

export class Stage {
  readonly canvas = document.createElement('canvas');
  private view: View;
  /** Beside this window lies another monitor of the desktop, over which a drag goes on. */
  goesOn = false;
  private readonly observer: ResizeObserver;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly element: HTMLElement,
    private readonly listener: StageListener,
  ) {
    this.element.append(this.canvas);
    this.view = fitView({ width: 0, height: 0 }, devicePixelRatio, { width: 0, height: 0 });
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
  }

  close(): void {
    this.observer.disconnect();
    clearTimeout(this.timer);
  }

  /** The picture has this size from now on. */
  setDesktop(desktop: Size): void {
    this.canvas.dataset['width'] = String(desktop.width);
    this.canvas.dataset['height'] = String(desktop.height);
    this.place(fitView(this.view.area, this.view.pixelRatio, desktop));
  }

  /** Device pixels; measured on the spot before the observer has reported. */
  get area(): Size {
    return this.view.area.width > 0 ? this.view.area : measure(this.element);
  }

  /** CSS pixels. */
  get width(): number {
    return this.view.area.width / this.view.pixelRatio;
  }

  /** Device pixels per desktop pixel, as shown. */
  get scale(): number {
    return this.view.scale;
  }

  get pixelRatio(): number {
    return this.view.pixelRatio;
  }

  /** A point given relative to the element, CSS pixels, as a desktop pixel. */
  toDesktop(point: Point): Point {
    return this.goesOn ? toDesktopBeyond(this.view, point) : toDesktop(this.view, point);
  }

  fromDesktop(pixel: Point): Point {
    return fromDesktop(this.view, pixel);
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

  private resized(area: Size): void {
    if (area.width === 0 || area.height === 0) return;
    const first = this.view.area.width === 0;
    this.place(fitView(area, devicePixelRatio, this.view.desktop));
    clearTimeout(this.timer);
    const tell = (): void => {
      this.listener.settled(this.view.area, this.view.pixelRatio);
    };
    if (first) tell();
    else this.timer = setTimeout(tell, kSettleMs);
  }

  private place(view: View): void {
    this.view = view;
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
