// The desktop's pointer as the browser's own cursor, which never lags; and a picture of it for places where there is
// no cursor to see (after a touch, or when a program moved the pointer).

/** Browsers refuse larger cursors (Chromium, Firefox: 128 CSS pixels). */
const kLargestCss = 128;

export interface CursorPicture {
  readonly width: number;
  readonly height: number;
  readonly hotX: number;
  readonly hotY: number;
  readonly rgba: Uint8Array<ArrayBuffer>;
}

export class CursorShape {
  private shape: CursorPicture | null = null;
  private drawn = '';

  constructor(
    /** Where the cursor applies. */
    private readonly element: HTMLElement,
    /** Shows the same picture as an image. */
    private readonly ghost: HTMLCanvasElement,
  ) {}

  set(shape: CursorPicture, scale: number, pixelRatio: number): void {
    this.shape = shape;
    this.drawn = '';
    this.draw(scale, pixelRatio);
  }

  /** Again at another scale. */
  draw(scale: number, pixelRatio: number): void {
    const shape = this.shape;
    const key = `${scale} ${pixelRatio}`;
    if (shape === null || key === this.drawn) return;
    this.drawn = key;
    if (shape.width === 0 || shape.height === 0) {
      this.element.style.cursor = 'none';
      this.ghost.width = 0;
      return;
    }
    const largest = Math.max(shape.width, shape.height) * scale;
    const factor = Math.min(scale, (scale * kLargestCss * pixelRatio) / Math.max(largest, 1));
    const picture = scaled(shape, factor);
    const hot = { x: (shape.hotX * factor) / pixelRatio, y: (shape.hotY * factor) / pixelRatio };
    this.apply(picture, hot, pixelRatio);
    this.drawGhost(picture, hot, pixelRatio);
  }

  private apply(picture: HTMLCanvasElement, hot: { x: number; y: number }, pixelRatio: number): void {
    const place = `${Math.round(hot.x)} ${Math.round(hot.y)}, default`;
    const url = `url("${picture.toDataURL('image/png')}")`;
    this.element.style.cursor = '';
    this.element.style.cursor =
      pixelRatio === 1 ? `${url} ${place}` : `image-set(${url} ${pixelRatio}x) ${place}`;
    // A browser without image-set for cursors keeps the property as it was.
    if (this.element.style.cursor === '') this.element.style.cursor = `${url} ${place}`;
  }

  private drawGhost(picture: HTMLCanvasElement, hot: { x: number; y: number }, pixelRatio: number): void {
    this.ghost.width = picture.width;
    this.ghost.height = picture.height;
    this.ghost.getContext('2d')?.drawImage(picture, 0, 0);
    this.ghost.style.width = `${picture.width / pixelRatio}px`;
    this.ghost.style.height = `${picture.height / pixelRatio}px`;
    this.ghost.style.marginLeft = `${-hot.x}px`;
    this.ghost.style.marginTop = `${-hot.y}px`;
  }
}

function scaled(shape: CursorPicture, factor: number): HTMLCanvasElement {
  const exact = document.createElement('canvas');
  exact.width = shape.width;
  exact.height = shape.height;
  const pixels = new ImageData(new Uint8ClampedArray(shape.rgba.buffer, shape.rgba.byteOffset, shape.rgba.length), shape.width, shape.height);
  exact.getContext('2d')?.putImageData(pixels, 0, 0);
  if (factor === 1) return exact;
  const result = document.createElement('canvas');
  result.width = Math.max(1, Math.round(shape.width * factor));
  result.height = Math.max(1, Math.round(shape.height * factor));
  const context = result.getContext('2d');
  if (context === null) return exact;
  context.imageSmoothingQuality = 'high';
  context.drawImage(exact, 0, 0, result.width, result.height);
  return result;
}
