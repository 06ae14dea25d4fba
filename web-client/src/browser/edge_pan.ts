// A mouse at the edge of the stage brings the part of the desktop that lies beyond into view.
import type { Point } from '../core/geometry.js';
import type { Stage } from './stage.js';

/** CSS pixels: how near is at the edge, and how far the picture moves in a frame of 60 a second at the very edge. */
const kZone = 28;
const kMostStep = 18;

export class EdgePan {
  private point: Point | null = null;
  private running = false;

  /** `moved`: the picture lies differently below the resting mouse. */
  constructor(
    private readonly stage: Stage,
    private readonly moved: (point: Point) => void,
  ) {}

  /** The mouse is here, CSS pixels of the stage. */
  at(point: Point): void {
    this.point = point;
    if (this.running || !this.wanted()) return;
    this.running = true;
    this.frame();
  }

  stop(): void {
    this.point = null;
  }

  private wanted(): boolean {
    const { dx, dy } = this.step();
    return (dx !== 0 && this.stage.canPan(dx, 0)) || (dy !== 0 && this.stage.canPan(0, dy));
  }

  private frame(): void {
    if (this.point === null || !this.wanted()) {
      this.running = false;
      return;
    }
    const { dx, dy } = this.step();
    this.stage.pan(dx, dy);
    this.moved(this.point);
    requestAnimationFrame(() => { this.frame(); });
  }

  private step(): { dx: number; dy: number } {
    if (this.point === null) return { dx: 0, dy: 0 };
    const { clientWidth, clientHeight } = this.stage.element;
    return { dx: towards(this.point.x, clientWidth), dy: towards(this.point.y, clientHeight) };
  }
}

/** What the picture moves by along one side; the nearer the edge the faster. */
function towards(at: number, length: number): number {
  if (at < kZone) return Math.min(1, (kZone - at) / kZone) * kMostStep;
  if (at > length - kZone) return -Math.min(1, (at - length + kZone) / kZone) * kMostStep;
  return 0;
}
