// Short notes that come and go. Screen readers hear them: errors at once, others when they pause.
import { h } from './dom.js';
import { icon } from './icons.js';
import { text } from './text.js';

export type ToastLevel = 'info' | 'warning' | 'error';

/** Time to read a sentence of the longest kind; errors stay until they are dismissed. */
const kReadMs = 6_000;
/** What is shown for longer stays until it is answered. */
const kStandingMs = 3_600_000;
/** More at once would cover the desktop; the oldest goes. */
const kMost = 3;

export class Toasts {
  readonly element = h('div', { class: 'toasts', role: 'region', 'aria-live': 'polite', 'aria-label': text.frame.notices });

  constructor() {
    // A desktop below keeps the keyboard while a note is answered with the mouse.
    this.element.addEventListener('mousedown', (event) => {
      if (event.target instanceof Element && event.target.closest('button') !== null) event.preventDefault();
    });
  }

  /** Whoever is signed in next has nothing to do with what was told before; what stays until it is answered is of the page. */
  forget(): void {
    for (const toast of this.element.querySelectorAll('.toast:not(.standing)')) toast.remove();
  }

  /** `undo`: something to do about it while it is shown. */
  show(level: ToastLevel, sentence: string, readMs: number = kReadMs, undo?: { readonly words: string; readonly act: () => void }): void {
    const dismiss = (): void => {
      toast.classList.add('going');
      setTimeout(() => { toast.remove(); }, 200);
    };
    const toast = h(
      'div',
      { class: `toast ${level}${readMs > kStandingMs ? ' standing' : ''}`, role: level === 'error' ? 'alert' : 'status' },
      level === 'info' ? null : icon('alert'),
      h('p', {}, sentence),
      undo === undefined ? null : h('button', { type: 'button', class: 'button quiet', on: { click: () => { dismiss(); undo.act(); } } }, undo.words),
      h('button', { type: 'button', class: 'icon-button', 'aria-label': text.close, on: { click: dismiss } }, icon('close')),
    );
    // The same once more is news, but no other note.
    for (const shown of this.element.children) if (shown.querySelector('p')?.textContent === sentence) shown.remove();
    this.element.append(toast);
    while (this.element.childElementCount > kMost) this.element.firstElementChild?.remove();
    if (level !== 'error') setTimeout(dismiss, readMs);
  }
}
