// The worker's end of the canvas. Puts only what changed; the compositor takes the canvas as it is when the task ends,
// so an update is never seen half done.
import type { Rect } from '../core/geometry.js';

export class CanvasPainter {
  private readonly context: OffscreenCanvasRenderingContext2D;

  constructor(private readonly canvas: OffscreenCanvas) {
    const context = canvas.getContext('2d', { alpha: false });
    if (context === null) throw new Error('this browser gave no 2d context for an OffscreenCanvas');
    this.context = context;
  }

  /** Takes the size of this picture and shows all of it. */
  show(image: ImageData): void {
    if (this.canvas.width !== image.width) this.canvas.width = image.width;
    if (this.canvas.height !== image.height) this.canvas.height = image.height;
    this.context.putImageData(image, 0, 0);
  }

  put(image: ImageData, rects: readonly Rect[]): void {
    for (const { x, y, width, height } of rects) this.context.putImageData(image, 0, 0, x, y, width, height);
  }

  /** All of it as it is now, films too; null when nothing was shown yet. */
  async png(): Promise<Blob | null> {
    try {
      return await this.canvas.convertToBlob({ type: 'image/png' });
    } catch {
      return null;
    }
  }

  /** Draws a frame there and puts back what the picture keeps of the place, in one task: nothing over a film flickers. */
  drawFrame(frame: VideoFrame, { x, y, width, height }: Rect, image: ImageData, kept: readonly Rect[]): void {
    this.context.drawImage(frame, x, y, width, height);
    this.put(image, kept);
  }
}
