// Keeps the text field at the desktop's caret: input methods open their window there, and what is being composed is
// shown there until it is sent. Tells others where it is, so that a soft keyboard does not cover it.
import { CaretGuess } from '../core/caret.js';
import type { Point, Rect } from '../core/geometry.js';
import type { Stage } from './stage.js';
import type { TextField } from './text_field.js';

export class CaretFollower {
  private readonly guess = new CaretGuess();
  /** The caret is here now, desktop pixels. */
  caretAt: (rect: Rect) => void = () => undefined;

  constructor(
    private readonly stage: Stage,
    private readonly field: TextField,
  ) {}

  typed(atMs: number): void {
    this.guess.typed(atMs);
  }

  /** A pointer went down at this point of the stage, CSS pixels. */
  clicked(point: Point): void {
    this.guess.clicked(this.stage.toDesktop(point));
    this.move();
  }

  /** These parts of the picture changed. */
  changed(rects: readonly Rect[], atMs: number): void {
    if (this.guess.changed(rects, atMs)) this.move();
  }

  /** The picture lies elsewhere, and the caret with it. */
  placed(): void {
    const caret = this.guess.caret;
    // What an input method shows stays where its composition began.
    if (caret === null || this.field.composing) return;
    const { x, y } = this.stage.fromDesktop(caret);
    const below = this.stage.fromDesktop({ x: caret.x, y: caret.y + caret.height });
    this.field.moveTo({ x, y }, below.y - y);
  }

  /** Tells where it is, to whom that begins to matter. */
  tell(): void {
    const { caret } = this.guess;
    if (caret !== null) this.caretAt(caret);
  }

  private move(): void {
    if (this.guess.caret === null || this.field.composing) return;
    this.placed();
    this.tell();
  }
}
