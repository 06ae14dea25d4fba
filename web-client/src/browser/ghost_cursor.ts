// A picture of the desktop's pointer over the canvas, for moments: where a finger has just acted, and where a program or
// another viewer moved the pointer. The browser's own cursor cannot be moved.
import type { Point } from '../core/geometry.js';

const kVisibleMs = 1_200;

export class GhostCursor {
  readonly canvas = document.createElement('canvas');
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    this.canvas.className = 'ghost-cursor';
    this.canvas.hidden = true;
    this.canvas.setAttribute('aria-hidden', 'true');
  }

  /** CSS pixels of the stage. */
  showAt(point: Point): void {
    this.canvas.hidden = false;
    this.canvas.style.left = `${point.x}px`;
    this.canvas.style.top = `${point.y}px`;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => { this.hide(); }, kVisibleMs);
  }

  hide(): void {
    if (this.canvas.hidden) return;
    clearTimeout(this.timer);
    this.canvas.hidden = true;
  }
}
