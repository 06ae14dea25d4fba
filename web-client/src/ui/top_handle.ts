// The way to the menu for a mouse: a small tab at the top edge that comes when the pointer rests there and goes again,
// leaving every pixel to the desktop.
import type { Quality } from '../core/effects.js';
import type { Point } from '../core/geometry.js';
import { h } from './dom.js';
import { icon } from './icons.js';
import { LinkMarkView } from './link_mark.js';
import { text } from './text.js';

/** The pointer has to rest at the edge this long; one that only passes to a program's menu does not call it. */
const kRestMs = 220;
const kStayMs = 900;
/** At the start of a session it is shown for a while, so that it is known. */
const kIntroduceMs = 3_500;
/** Half the width and the height of the zone that calls it, CSS pixels. */
const kZone = { halfWidth: 110, height: 3 };

export class TopHandle {
  readonly element: HTMLElement;
  private readonly label = h('span', { class: 'handle-name' });
  private readonly mark = new LinkMarkView();
  private readonly figure = h('span', { class: 'handle-figure' });
  private rest: ReturnType<typeof setTimeout> | undefined;
  private stay: ReturnType<typeof setTimeout> | undefined;

  constructor(name: string, openMenu: () => void) {
    const button = h(
      'button',
      { type: 'button', class: 'handle-button', 'aria-haspopup': 'dialog', 'aria-keyshortcuts': 'Control+Alt+Shift+M', on: { click: openMenu } },
      h('span', { class: 'visually-hidden' }, text.session.menu), this.mark.element, this.label, this.figure, icon('chevron'),
    );
    this.rename(name);
    this.element = h('div', { class: 'handle' }, button);
    this.element.addEventListener('pointerenter', () => { clearTimeout(this.stay); });
    this.element.addEventListener('pointerleave', () => { this.hideIn(kStayMs); });
    button.addEventListener('focus', () => { this.show(); });
    button.addEventListener('blur', () => { this.hideIn(kStayMs); });
  }

  rename(name: string): void {
    this.label.textContent = name;
  }

  close(): void {
    clearTimeout(this.rest);
    clearTimeout(this.stay);
  }

  introduce(): void {
    this.show();
    this.hideIn(kIntroduceMs);
  }

  /** The pointer is here, `width` is the stage's. */
  hovered(point: Point, width: number): void {
    const inZone = point.y < kZone.height && Math.abs(point.x - width / 2) < kZone.halfWidth;
    if (!inZone) {
      clearTimeout(this.rest);
      this.rest = undefined;
    } else {
      this.rest ??= setTimeout(() => {
        this.show();
        this.hideIn(kStayMs * 2);
      }, kRestMs);
    }
  }

  quality(live: boolean, quality: Quality): void {
    this.mark.show(live, quality);
    this.figure.textContent = quality.roundTripMs === null ? '' : text.figures.ms(quality.roundTripMs);
  }

  private show(): void {
    clearTimeout(this.stay);
    this.element.classList.add('shown');
  }

  private hideIn(ms: number): void {
    clearTimeout(this.stay);
    this.stay = setTimeout(() => { this.element.classList.remove('shown'); }, ms);
  }
}
