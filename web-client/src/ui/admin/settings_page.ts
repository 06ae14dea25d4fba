// Settings of the whole site, each saved by itself.
import { fill, h } from '../dom.js';
import type { SiteSetting } from './admin_api.js';
import { about, type AdminApp, type AdminPage } from './admin_app.js';
import { pageHead } from './form_dialog.js';
import { text } from './text_admin.js';

const t = text.settings;

/** Seconds are read and written in hours where people think in them. */
const scaleOf = (setting: SiteSetting): number => (setting.key.endsWith('_s') ? 3_600 : 1);

export class SettingsPage implements AdminPage {
  readonly title = t.title;
  readonly element: HTMLElement;
  readonly concerns = about('setting.', 'site.');
  private readonly list = h('div', { class: 'settings' });

  constructor(private readonly app: AdminApp) {
    this.element = h('div', {}, pageHead(t.title, t.lead), this.list);
  }

  async load(): Promise<void> {
    const settings = await this.app.api.settings();
    // What is being typed is not taken away.
    if (this.list.contains(document.activeElement) && document.activeElement instanceof HTMLInputElement) return;
    fill(this.list, ...settings.map((setting) => this.row(setting)));
  }

  private row(setting: SiteSetting): HTMLElement {
    const [name, note, unit] = t.names[setting.key] ?? [setting.key, '', ''];
    const scale = scaleOf(setting);
    const id = `setting-${setting.key}`;
    const shown = (value: number): string => `${Number((value / scale).toFixed(2))}`;
    const input = h('input', { type: 'number', id, inputmode: 'decimal', step: 'any', value: shown(setting.value), 'aria-describedby': `${id}-note ${id}-error` });
    const error = h('p', { class: 'field-error', id: `${id}-error`, role: 'alert' });
    const save = async (event: Event): Promise<void> => {
      event.preventDefault();
      const value = Math.round(Number(input.value) * scale);
      const good = input.value.trim() !== '' && Number.isFinite(value) && value >= setting.least && value <= setting.most;
      error.textContent = good ? '' : t.range(shown(setting.least), shown(setting.most));
      input.setAttribute('aria-invalid', String(!good));
      if (!good) return input.focus();
      if (await this.app.attempt(() => this.app.api.setSetting(setting.key, value), text.shell.saved)) input.blur();
    };
    return h('form', { class: 'card setting', novalidate: true, on: { submit: (event) => { void save(event); } } },
      h('div', {}, h('label', { for: id }, name), h('p', { class: 'muted', id: `${id}-note` }, `${note} ${t.standard(`${shown(setting.default)} ${unit}`)}.`), error),
      h('div', { class: 'setting-value' }, input, h('span', { 'aria-hidden': 'true' }, unit), h('button', { type: 'submit', class: 'button', 'aria-label': `${t.save}: ${name}` }, t.save)));
  }
}
