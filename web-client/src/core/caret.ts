// Where the caret of the desktop's program is. No program tells; but what is typed appears there, and a caret blinks: the
// small part of the picture that changes right after a key, or again and again by itself. Else, where was last clicked.
import type { Point, Rect } from './geometry.js';

/** A change later than this after a key answers something else; a slow link with a slow program takes this long. */
const kAnswerMs = 700;
/** A taller change is no line of text, even at twice the size. */
const kTallest = 64;
/** A caret that blinks is at most this wide at twice the size, and at least this tall. */
const kCaretWidth = 4;
const kCaretHeight = 8;
/** A line of text where nothing is known of it yet. */
const kLineHeight = 20;
/** How far a caret goes by one key on its line, and how many lines; farther away a change is something else's. */
const kNearX = 400;
const kNearY = 120;

const middle = (rect: Rect): Point => ({ x: rect.x + rect.width / 2, y: rect.y + rect.height / 2 });

export class CaretGuess {
  private place: Rect | null = null;
  private typedAtMs = -Infinity;

  /** Desktop pixels; null before the first key or click. */
  get caret(): Rect | null {
    return this.place;
  }

  typed(atMs: number): void {
    this.typedAtMs = atMs;
  }

  clicked(at: Point): void {
    this.typedAtMs = -Infinity;
    this.place = { x: at.x, y: at.y - kLineHeight / 2, width: 1, height: kLineHeight };
  }

  /** The picture changed here. True when the caret is somewhere else now. */
  changed(rects: readonly Rect[], atMs: number): boolean {
    const answers = atMs - this.typedAtMs <= kAnswerMs;
    const blinks = (rect: Rect): boolean => rect.width <= kCaretWidth && rect.height >= kCaretHeight;
    const lines = rects.filter((rect) => rect.height <= kTallest && (answers || blinks(rect)));
    const near = lines.filter((rect) => this.near(rect));
    // A click beside the text puts the caret at its end: what answers the first key, or blinks, alone, is there.
    const likely = near.length === 0 && rects.length === 1 ? lines : near;
    // Of several lines the last one: Enter and wrapped words leave the line above.
    const found = likely.reduce<Rect | null>((best, rect) => (best === null || rect.y > best.y || (rect.y === best.y && rect.x > best.x) ? rect : best), null);
    if (found === null) return false;
    const before = this.place;
    // What was typed ends at the caret.
    this.place = { x: found.x + found.width - 1, y: found.y, width: 1, height: found.height };
    return before === null || before.x !== this.place.x || before.y !== this.place.y || before.height !== this.place.height;
  }

  private near(rect: Rect): boolean {
    if (this.place === null) return true;
    const a = middle(this.place);
    const dx = Math.max(0, rect.x - a.x, a.x - rect.x - rect.width);
    return dx <= kNearX && Math.abs(middle(rect).y - a.y) <= kNearY;
  }
}
