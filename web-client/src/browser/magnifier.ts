// A round glass above a finger that rests: the part of the desktop that the finger hides, enlarged, with the very pixel
// it means marked.
import type { Point } from '../core/geometry.js';
import type { Stage } from './stage.js';

/** CSS pixels. */
const kDiameter = 132;
/** From the finger to the middle of the glass: above the fingertip. */
const kLift = 104;
const kEdge = 6;
/** Of what the stage shows; at least so many device pixels for a desktop pixel, so that single ones can be told. */
const kEnlarge = 2.2;
const kLeastScale = 3;

export class Magnifier {
  private readonly canvas = document.createElement('canvas');
  private at: { point: Point; place: Point } | null = null;
  private drawing = false;

  constructor(private readonly stage: Stage) {
    this.canvas.className = 'magnifier';
    this.canvas.hidden = true;
    this.canvas.setAttribute('aria-hidden', 'true');
    stage.element.append(this.canvas);
  }

  /** `point`: CSS pixels of the stage; `place`: the desktop pixel there. */
  show(point: Point, place: Point): void {
    this.at = { point, place };
    this.canvas.hidden = false;
    this.settle(point);
    // The desktop goes on below the finger: drawn anew with each frame.
    if (!this.drawing) this.frame();
  }

  hide(): void {
    this.at = null;
    this.canvas.hidden = true;
  }

  /** Above the finger; beside it where there is no room above. */
  private settle(point: Point): void {
    const half = kDiameter / 2;
    const width = this.stage.element.clientWidth;
    const above = point.y - kLift - half >= kEdge;
    const side = point.x > width / 2 ? -kLift : kLift;
    const x = Math.min(Math.max(above ? point.x : point.x + side, half + kEdge), width - half - kEdge);
    const y = above ? point.y - kLift : Math.max(point.y, half + kEdge);
    this.canvas.style.transform = `translate(${Math.round(x - half)}px, ${Math.round(y - half)}px)`;
  }

  private frame(): void {
    this.drawing = this.at !== null;
    if (this.at === null) return;
    this.draw(this.at.place);
    requestAnimationFrame(() => { this.frame(); });
  }

  private draw(place: Point): void {
    const { pixelRatio, scale, canvas: source } = this.stage;
    const side = Math.round(kDiameter * pixelRatio);
    if (this.canvas.width !== side) {
      this.canvas.width = side;
      this.canvas.height = side;
    }
    const context = this.canvas.getContext('2d');
    if (context === null || source.width === 0) return;
    const enlarged = Math.max(Math.round(scale * kEnlarge), kLeastScale);
    const shown = side / enlarged;
    context.fillStyle = '#000';
    context.fillRect(0, 0, side, side);
    context.imageSmoothingEnabled = false;
    context.drawImage(source, place.x + 0.5 - shown / 2, place.y + 0.5 - shown / 2, shown, shown, 0, 0, side, side);
    // Light within dark is seen on any ground.
    const box = Math.max(enlarged, 6 * pixelRatio);
    for (const [colour, width] of [['#000', 3], ['#fff', 1]] as const) {
      context.strokeStyle = colour;
      context.lineWidth = width * pixelRatio;
      context.strokeRect((side - box) / 2, (side - box) / 2, box, box);
    }
  }
}
