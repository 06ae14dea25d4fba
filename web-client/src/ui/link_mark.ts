// Three bars that say how good the link is; the reason is a word away.
import type { Quality } from '../core/effects.js';
import { linkMark } from '../core/link_mark.js';
import { h } from './dom.js';
import { text } from './text.js';

export class LinkMarkView {
  readonly element = h('span', { class: 'link-mark', role: 'img' }, h('i'), h('i'), h('i'));

  show(live: boolean, quality: Quality): void {
    const t = text.comfort.link;
    const mark = live ? linkMark(quality) : 'none';
    const reason = live && quality.slow !== null ? text.figures.slow[quality.slow](quality) : '';
    const words = `${t.label(t.marks[mark ?? 'measuring'])} ${reason}`.trim();
    this.element.dataset['mark'] = mark ?? 'measuring';
    if (this.element.title === words) return;
    this.element.title = words;
    this.element.setAttribute('aria-label', words);
  }
}
