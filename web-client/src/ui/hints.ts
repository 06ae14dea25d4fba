// Short words for somebody who does something for the first time on a device: shown once, gone with a click, in nobody's way.
import type { DeviceSettings } from '../core/settings.js';
import { h, type Child } from './dom.js';
import { kHintsSeen } from './settings/session_entries.js';
import { text } from './text.js';

export type HintName = 'touch' | 'keys';

export class Hints {
  /** Where they appear; screen readers hear them when they pause. */
  readonly element = h('div', { class: 'hints', role: 'status' });

  constructor(private readonly settings: DeviceSettings, private readonly closed: () => void) {}

  /** `more`: something to do about it. */
  show(name: HintName, lines: readonly string[], more: Child = null): void {
    const seen = kHintsSeen[name];
    if (this.settings.get(seen) || this.element.childElementCount > 0) return;
    this.settings.set(seen, true);
    const t = text.comfort.hints;
    const done = h('button', { type: 'button', class: 'button primary', on: { click: () => { this.hide(); } } }, t.done);
    this.element.replaceChildren(h('div', { class: 'hint-card', role: 'group', 'aria-label': t.titles[name] },
      h('h2', {}, t.titles[name]),
      h('ul', {}, ...lines.map((line) => h('li', {}, line))),
      h('div', { class: 'actions' }, more, done)));
  }

  hide(): void {
    this.element.replaceChildren();
    this.closed();
  }
}
