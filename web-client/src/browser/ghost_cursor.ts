// A picture of the desktop's pointer over the canvas where the browser's own cursor cannot show it: for moments, where a
// finger has just acted and where a program or another viewer moved the pointer; and all the time in trackpad mode and
// while the pointer is captured.
import type { Point } from '../core/geometry.js';

const kVisibleMs = 1_200;

export class GhostCursor {
  readonly canvas = document.createElement('canvas');
  private timer: ReturnType<typeof setTimeout> | undefined;
  private place: Point | null = null;
  private stays = false;

  /** `toStage` gives the CSS pixels of the stage for a desktop pixel. */
  constructor(private readonly toStage: (place: Point) => Point) {
    this.canvas.className = 'ghost-cursor';
    this.canvas.hidden = true;
    this.canvas.setAttribute('aria-hidden', 'true');
  }

  /** Whether it is shown all the time. */
  stay(stays: boolean): void {
    this.stays = stays;
    if (!stays) this.hide();
    else if (this.place !== null) this.showAt(this.place);
  }

  showAt(place: Point): void {
    this.place = place;
    this.canvas.hidden = false;
    this.draw();
    clearTimeout(this.timer);
    if (!this.stays) this.timer = setTimeout(() => { this.hide(); }, kVisibleMs);
  }

  /** Again where the picture has moved. */
  draw(): void {
    if (this.place === null || this.canvas.hidden) return;
    const { x, y } = this.toStage(this.place);
    this.canvas.style.left = `${x}px`;
    this.canvas.style.top = `${y}px`;
  }

  hide(): void {
    if (this.canvas.hidden || this.stays) return;
    clearTimeout(this.timer);
    this.canvas.hidden = true;
  }
}
