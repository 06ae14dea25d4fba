// The way to the menu for a finger: a small tab at the edge of the desktop, tapped or swiped inwards. Held and moved along
// the edge it goes where it is in nobody's way, and stays there on this device.
import { recall, remember } from '../browser/preferences.js';
import { h } from './dom.js';
import { text } from './text.js';

/** CSS pixels a finger swipes inwards, or moves along before it takes the tab with it. */
const kSwipe = 18;
const kAlong = 14;
/** Of the stage's height, so that it is found again after the window turned. */
const kUsualPlace = 0.36;
const kBounds = { least: 0.08, most: 0.92 };

export class EdgeHandle {
  readonly element: HTMLButtonElement;
  private place = Number(recall('handle-place') ?? kUsualPlace);
  private start: { x: number; y: number; place: number } | null = null;
  private moved = false;

  constructor(private readonly openMenu: () => void) {
    this.element = h('button', { type: 'button', class: 'edge-handle', 'aria-label': text.touch.edgeHandle, 'aria-haspopup': 'dialog' });
    if (!(this.place >= kBounds.least && this.place <= kBounds.most)) this.place = kUsualPlace;
    this.settle();
    this.element.addEventListener('pointerdown', (event) => { this.down(event); });
    this.element.addEventListener('pointermove', (event) => { this.move(event); });
    this.element.addEventListener('pointerup', (event) => { this.up(event); });
    this.element.addEventListener('pointercancel', (event) => { this.up(event); });
    this.element.addEventListener('click', () => {
      if (!this.moved) this.openMenu();
    });
  }

  private down(event: PointerEvent): void {
    // The desktop's text field keeps the focus, and the stage below does not take the finger for its own.
    event.preventDefault();
    event.stopPropagation();
    this.element.setPointerCapture(event.pointerId);
    this.start = { x: event.clientX, y: event.clientY, place: this.place };
    this.moved = false;
  }

  private move(event: PointerEvent): void {
    event.stopPropagation();
    const start = this.start;
    if (start === null) return;
    const inwards = getComputedStyle(this.element).direction === 'rtl' ? event.clientX - start.x : start.x - event.clientX;
    const along = event.clientY - start.y;
    if (!this.moved && inwards > kSwipe && inwards > Math.abs(along)) {
      this.start = null;
      this.moved = true;
      return this.openMenu();
    }
    if (!this.moved && Math.abs(along) < kAlong) return;
    this.moved = true;
    const height = this.element.offsetParent?.clientHeight ?? window.innerHeight;
    this.place = Math.min(Math.max(start.place + along / height, kBounds.least), kBounds.most);
    this.settle();
  }

  private up(event: PointerEvent): void {
    event.stopPropagation();
    if (this.start !== null && this.moved) remember('handle-place', this.place.toFixed(3));
    this.start = null;
  }

  private settle(): void {
    this.element.style.insetBlockStart = `${(this.place * 100).toFixed(1)}%`;
  }
}
