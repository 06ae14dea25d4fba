import { h } from '../dom.js';
import type { AdminPage } from './admin_app.js';
import { text } from './text_admin.js';

/** What is shown for an address that leads nowhere. */
export class MissingPage implements AdminPage {
  readonly element: HTMLElement;

  constructor(readonly title: string) {
    this.element = h('div', {}, missing(title, text.shell.notFoundText, '#/', text.sections.overview));
  }
}

/** A note that what was looked for is not there, with a way on. */
export function missing(title: string, sentence: string, href: string, to: string): HTMLElement {
  return h('div', { class: 'empty' }, h('h1', { tabindex: '-1' }, title), h('p', {}, sentence), h('a', { class: 'button', href }, text.shell.back(to)));
}
