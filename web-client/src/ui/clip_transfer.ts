// A large content on its way between the clipboards: how far it is, and a button that stops it.
import { h } from './dom.js';
import { text } from './text.js';

/** Content that takes longer than this to come is worth a word. */
const kLargeBytes = 1 << 20;

export class ClipTransfer {
  readonly element: HTMLElement;
  private readonly words = h('span', { id: 'transfer-words' });
  private readonly bar = h('progress', { 'aria-labelledby': 'transfer-words' });

  constructor(cancel: () => void) {
    const button = h('button', { type: 'button', class: 'button', on: { click: cancel } }, text.cancel);
    this.element = h('div', { class: 'transfer', role: 'group', 'aria-label': text.comfort.transfer.label, hidden: true },
      h('div', {}, this.words, this.bar), button);
  }

  show(copying: boolean, done: number, total: number): void {
    if (total < kLargeBytes || done >= total) return this.hide();
    const t = text.comfort.transfer;
    this.words.textContent = copying ? t.copying(total) : t.pasting(total);
    this.bar.max = total;
    this.bar.value = done;
    this.element.hidden = false;
  }

  hide(): void {
    this.element.hidden = true;
  }
}
