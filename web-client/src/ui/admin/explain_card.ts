// Why a user may open something, or may not: the server's own reasoning.
import { fill, h } from '../dom.js';
import { locale } from '../language/locale.js';
import { fromServer } from '../language/server.js';
import { ApiError } from '../api.js';
import type { AdminApp } from './admin_app.js';
import { card } from './parts.js';
import { explain, type Explanation } from './policies.js';
import { text } from './text_admin.js';

const t = text.access;

/** A value as the server shows it: a word that rules know, a time, or as it was written. */
const shown = (value: string): string => text.rules.values[value] ?? value.replaceAll(/\b(\d+) (day|hour|minute|second)s?\b/g, (_, count: string, unit: string) =>
  new Intl.NumberFormat(locale(), { style: 'unit', unit, unitDisplay: 'long' }).format(Number(count)));

/** "idle_limit: none; hours: any" with the rules' names and values as the pages have them. */
const named = (rules: string): string => rules.split('; ').map((rule) => {
  const [, name = '', value = ''] = /^([a-z_]+): (.*)$/s.exec(rule) ?? [];
  return text.rules.names[name] === undefined ? rule : `${text.rules.names[name]}: ${shown(value)}`;
}).join('; ');

/** What holds where nobody says anything. */
const kStart = 'what Vitrine starts with';

/** Its own rules; those that hold without anybody are in the table. */
function sourceItem({ source, says }: Explanation['sources'][number]): HTMLElement {
  const rules = source === kStart ? null : says === '' ? h('span', { class: 'muted' }, ` – ${t.sourceSilent}`) : `: ${named(says)}`;
  return h('li', {}, h('b', {}, fromServer(source)), rules);
}

/** The sentence that names the sources, each in the page's language; a single one that all others leave to it by its name.
    Those of one sentence are joined by "and" there. */
function because(why: string, sources: readonly string[]): string {
  const only = sources.find((source) => why === `It is said by ${source}.`);
  if (only !== undefined) return fromServer(only);
  const joined = sources.filter((source) => why.includes(source)).map(fromServer).join(', ');
  const list = sources.filter((source) => why.includes(source)).join(' and ');
  return fromServer(why.replace(list, joined));
}

export class ExplainCard {
  readonly element: HTMLElement;
  private readonly user = h('input', { id: 'explain-user', list: 'explain-users', required: true, autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false' });
  private readonly resource = h('select', { id: 'explain-resource' });
  private readonly at = h('input', { id: 'explain-at', type: 'datetime-local' });
  private readonly from = h('input', { id: 'explain-from', autocomplete: 'off', placeholder: '192.0.2.7' });
  private readonly names = h('datalist', { id: 'explain-users' });
  private readonly answer = h('div', { class: 'explanation', 'aria-live': 'polite' });

  constructor(private readonly app: AdminApp) {
    const field = (control: HTMLElement, label: string, hint = ''): HTMLElement => h('div', { class: 'field' },
      h('label', { for: control.id }, label, hint === '' ? null : h('span', { class: 'muted' }, ` (${hint})`)), control);
    const form = h('form', { class: 'explain-form', novalidate: true, on: { submit: (event) => { event.preventDefault(); void this.ask(); } } },
      field(this.user, t.explainUser), this.names, field(this.resource, t.explainResource), field(this.at, t.explainAt, t.explainAtHint), field(this.from, t.explainFrom, t.explainFromHint),
      h('button', { type: 'submit', class: 'button primary' }, t.explainAsk));
    this.element = card(t.explain, h('p', { class: 'muted' }, t.explainLead), form, this.answer);
    this.element.classList.add('wide-card');
  }

  set(users: readonly string[], resources: readonly { readonly id: string; readonly name: string }[]): void {
    const chosen = this.resource.value;
    fill(this.names, ...users.map((name) => h('option', { value: name })));
    fill(this.resource, ...resources.map((one) => h('option', { value: one.id }, one.name)));
    if (resources.some((one) => one.id === chosen)) this.resource.value = chosen;
  }

  private async ask(): Promise<void> {
    const user = this.user.value.trim();
    if (user === '') return this.user.focus();
    try {
      // The field is local time; the server is told the second.
      const at = this.at.value === '' ? '' : String(Math.floor(new Date(this.at.value).getTime() / 1_000));
      this.draw(await explain(this.app.api, { user, resource: this.resource.value, at, from: this.from.value.trim() }));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      fill(this.answer, h('p', { class: 'form-error', role: 'alert' }, error.message));
    }
  }

  private draw(found: Explanation): void {
    const sources = found.sources.map((one) => one.source);
    fill(this.answer,
      h('p', { class: 'verdict', 'data-kind': found.outcome.allowed ? 'good' : 'wrong' }, h('b', {}, found.outcome.allowed ? t.allowed : t.refused), found.outcome.allowed ? '' : ` ${fromServer(found.outcome.reason)}`),
      found.sources.length === 0 ? null : h('div', { class: 'sources' }, h('h3', {}, t.sources), h('ol', {}, ...found.sources.map(sourceItem))),
      h('div', { class: 'table-frame' }, h('table', { class: 'plain' },
        h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, t.rule), h('th', { scope: 'col' }, t.value), h('th', { scope: 'col' }, t.because))),
        h('tbody', {}, ...found.settings.map((one) => h('tr', {}, h('th', { scope: 'row' }, text.rules.names[one.name] ?? one.name), h('td', {}, shown(one.shown)), h('td', one.why.includes(kStart) ? { class: 'muted' } : {}, because(one.why, sources))))))),
      h('p', { class: 'muted' }, fromServer(found.rule)));
  }
}
