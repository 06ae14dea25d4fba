import type { Page } from './app.js';
import { h } from './dom.js';
import { logo } from './icons.js';

/** A page that says one thing and offers at most one way on. */
export class MessagePage implements Page {
  readonly name = 'message';
  readonly element: HTMLElement;

  constructor(
    readonly title: string,
    sentence: string,
    action: string,
    act: () => void,
  ) {
    this.element = h(
      'main',
      { class: 'page message-page' },
      h('div', { class: 'cover-card', role: 'status' },
        h('div', { class: 'cover-logo' }, logo()),
        h('h1', {}, title),
        sentence === '' ? null : h('p', { class: 'cover-detail' }, sentence),
        action === '' ? null : h('div', { class: 'actions' }, h('button', { type: 'button', class: 'button primary', on: { click: act } }, action))),
    );
  }
}
