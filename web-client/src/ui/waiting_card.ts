// What a person sees who waits for a desktop of a full pool: how full it is, whose turn it is, and the way out.
import type { WaitingInLine } from './api.js';
import { fill, h } from './dom.js';
import { icon, logo } from './icons.js';
import { text } from './text.js';

export class WaitingCard {
  private readonly heading = h('h1');
  private readonly numbers = h('p', { class: 'cover-detail' });
  private readonly place = h('p', { class: 'cover-place', role: 'status' });

  constructor(private readonly leave: () => void) {}

  /** Draws the card into `cover`, where whatever else it showed goes. */
  drawIn(cover: HTMLElement): void {
    cover.className = 'cover waiting';
    fill(
      cover,
      h('div', { class: 'cover-card' },
        h('div', { class: 'cover-logo' }, logo()),
        this.heading,
        this.numbers,
        this.place,
        h('p', { class: 'cover-elapsed' }, text.pool.opens),
        h('button', { type: 'button', class: 'button quiet', on: { click: this.leave } }, icon('back'), text.pool.stop)),
    );
  }

  rename(name: string): void {
    this.heading.textContent = text.pool.waitingTitle(name);
  }

  tell(line: WaitingInLine): void {
    this.numbers.textContent = text.pool.full(line.in_use, line.most);
    this.place.textContent = line.place <= 1 ? text.pool.next : text.pool.before(line.place - 1);
  }
}
