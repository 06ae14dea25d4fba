// What was done, by whom, from where; newest first. The server searches and pages, for the log may be of any length.
import { fill, h } from '../dom.js';
import { icon } from '../icons.js';
import type { AdminApp, AdminPage } from './admin_app.js';
import { formDialog, pageHead } from './form_dialog.js';
import { badge, button } from './parts.js';
import { text } from './text_admin.js';
import { exactMoment } from './words.js';

const t = text.audit;

interface AuditRecord {
  readonly number: number;
  readonly time_s: number;
  readonly actor: string;
  readonly address: string;
  readonly action: string;
  readonly target: string;
  readonly outcome: string;
  readonly detail: string;
  readonly hash: string;
}

const kPage = 50;
const kExportPage = 1_000;
/** More than this would fill the browser's memory; `vitrine audit export` has no limit. */
const kMostExported = 200_000;

type Filter = Readonly<Record<'actor' | 'action' | 'target' | 'outcome' | 'since' | 'until', string>>;

export class AuditPage implements AdminPage {
  readonly title = t.title;
  readonly element: HTMLElement;
  private readonly form: HTMLFormElement;
  private readonly rows = h('tbody', { role: 'rowgroup' });
  private readonly frame: HTMLElement;
  private readonly nothing = h('div', { class: 'empty', hidden: true }, h('p', {}, t.none));
  private readonly verdict = h('p', { class: 'verdict', role: 'status' });
  private readonly back: HTMLButtonElement;
  private readonly forward: HTMLButtonElement;
  /** The numbers that the pages before this one begin below; empty: the newest. */
  private trail: number[] = [];
  private next: number | null = null;
  private newest = 0;

  constructor(private readonly app: AdminApp) {
    const field = (name: keyof Filter, label: string, type: string, hint = ''): HTMLElement =>
      h('div', { class: 'field' }, h('label', { for: `audit-${name}` }, label), h('input', { id: `audit-${name}`, name, type, placeholder: hint, autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false' }));
    const outcome = h('select', { id: 'audit-outcome', name: 'outcome' }, h('option', { value: '' }, t.anyOutcome), ...['ok', 'refused', 'forbidden'].map((one) => h('option', { value: one }, t.outcomes[one] ?? one)));
    this.form = h('form', { class: 'filter-form', novalidate: true, 'aria-label': t.filter, on: { submit: (event) => { event.preventDefault(); this.restart(); }, reset: () => { setTimeout(() => { this.restart(); }); } } },
      field('actor', t.actor, 'text'), field('action', t.action, 'text', t.actionHint), field('target', t.target, 'text', t.targetHint),
      h('div', { class: 'field' }, h('label', { for: 'audit-outcome' }, t.outcome), outcome),
      field('since', t.since, 'date'), field('until', t.until, 'date'),
      h('div', { class: 'filter-actions' }, h('button', { type: 'submit', class: 'button' }, icon('search'), h('span', {}, t.show)), h('button', { type: 'reset', class: 'button quiet' }, t.reset)));
    const head = ([['time', t.time, ''], ['actor', t.actor, ''], ['action', t.action, ''], ['target', t.target, ''], ['outcome', t.outcome, ''], ['address', t.address, 'minor']] as const)
      .map(([id, title, kind]) => h('th', { role: 'columnheader', scope: 'col', class: `plain-head cell-${id} ${kind}` }, title));
    this.frame = h('div', { class: 'table-frame' }, h('table', { role: 'table', 'aria-label': t.title }, h('thead', { role: 'rowgroup' }, h('tr', { role: 'row' }, ...head)), this.rows));
    this.back = h('button', { type: 'button', class: 'button', on: { click: () => { this.trail.pop(); void this.load(); } } }, icon('left'), h('span', {}, t.newer));
    this.forward = h('button', { type: 'button', class: 'button', on: { click: () => { if (this.next !== null) this.trail.push(this.next); void this.load(); } } }, h('span', {}, t.older), icon('right'));
    this.element = h('div', {},
      pageHead(t.title, t.lead,
        button(t.verify, 'providers', () => { void this.verify(); }),
        button(t.export, 'download', () => { void this.export(); }),
        button(t.retention, 'settings', () => { void this.retention(); })),
      this.verdict, this.form,
      h('div', { class: 'data-table', 'aria-busy': 'true' }, this.frame, this.nothing, h('div', { class: 'table-footer' }, h('span', { class: 'table-status' }), this.back, this.forward)));
  }

  /** Rows are only added: the newest page follows, older ones stay as they are. */
  concerns(): boolean {
    return this.trail.length === 0;
  }

  async load(): Promise<void> {
    const before = this.trail.at(-1);
    const answer = await this.app.api.get(this.address(kPage, before));
    const records = answer['records'] as readonly AuditRecord[];
    this.next = typeof answer['next'] === 'number' ? answer['next'] : null;
    this.element.querySelector('[aria-busy]')?.setAttribute('aria-busy', 'false');
    this.frame.hidden = records.length === 0;
    this.nothing.hidden = records.length > 0;
    this.back.disabled = this.trail.length === 0;
    this.forward.disabled = this.next === null;
    const newest = records[0]?.number ?? 0;
    // On the newest page what is new goes on top, and the rest is left alone.
    const fresh = before === undefined && this.newest > 0 ? records.filter((one) => one.number > this.newest) : null;
    if (fresh !== null && fresh.length < records.length) {
      this.rows.prepend(...fresh.map(row));
      while (this.rows.childElementCount > kPage) this.rows.lastElementChild?.remove();
    } else {
      fill(this.rows, ...records.map(row));
    }
    this.newest = before === undefined ? newest : 0;
  }

  private restart(): void {
    this.trail = [];
    this.newest = 0;
    void this.app.attempt(() => this.load());
  }

  private filter(): Filter {
    const data = new FormData(this.form);
    const text = (name: string): string => String(data.get(name) ?? '').trim();
    const until = text('until');
    return {
      actor: text('actor'), action: text('action'), target: text('target'), outcome: text('outcome'),
      since: seconds(text('since'), 0), until: seconds(until, 1),
    };
  }

  private address(limit: number, before?: number): string {
    const given = Object.entries(this.filter()).filter(([, value]) => value !== '');
    const query = given.map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
    return `/api/admin/audit?${[...query, `limit=${limit}`, ...(before === undefined ? [] : [`before=${before}`])].join('&')}`;
  }

  private async verify(): Promise<void> {
    await this.app.attempt(async () => {
      const answer = await this.app.api.get('/api/admin/audit/verify');
      const holds = answer['holds'] === true;
      this.verdict.dataset['kind'] = holds ? 'good' : 'wrong';
      this.verdict.textContent = holds ? t.holds(Number(answer['rows'])) : t.broken(String(answer['fault']));
    });
  }

  /** What the filter leaves, oldest last, as JSON lines. */
  private async export(): Promise<void> {
    await this.app.attempt(async () => {
      const parts: string[] = [];
      let count = 0;
      let before: number | undefined;
      do {
        const answer = await this.app.api.get(this.address(kExportPage, before));
        const records = answer['records'] as readonly AuditRecord[];
        parts.push(...records.map((one) => `${JSON.stringify(one)}\n`));
        count += records.length;
        before = typeof answer['next'] === 'number' ? answer['next'] : undefined;
      } while (before !== undefined && count < kMostExported);
      const url = URL.createObjectURL(new Blob(parts, { type: 'application/jsonl' }));
      h('a', { href: url, download: `vitrine-audit-${new Date().toISOString().slice(0, 10)}.jsonl` }).click();
      setTimeout(() => { URL.revokeObjectURL(url); }, 60_000);
      this.app.toasts.show('info', before === undefined ? t.exported(count) : t.exportedPart(count));
    });
  }

  private async retention(): Promise<void> {
    const { days } = (await this.app.api.get('/api/admin/audit/retention')) as { days?: number };
    const sent = await formDialog({
      title: t.retention,
      lead: t.retentionLead,
      fields: [{ id: 'days', kind: 'number', label: t.retentionDays, hint: t.retentionHint, value: String(days ?? 0), required: true }],
      submit: text.shell.save,
      danger: true,
      send: async (values) => { await this.app.api.send('PUT', '/api/admin/audit/retention', { days: Number(values.text('days')) }); },
    });
    if (!sent) return;
    this.app.toasts.show('info', text.shell.saved);
    this.restart();
  }
}

/** The first second of a day here, `later` days on; "" stays so. */
function seconds(day: string, later: number): string {
  const [year, month, date] = day.split('-').map(Number);
  if (year === undefined || month === undefined || date === undefined) return '';
  return String(Math.floor(new Date(year, month - 1, date + later).getTime() / 1_000));
}

function row(record: AuditRecord): HTMLElement {
  const cell = (id: string, title: string, ...children: (Node | string)[]): HTMLElement => h('td', { role: 'cell', class: `cell cell-${id} ${id === 'address' ? 'minor' : ''}`, 'data-label': title }, ...children);
  const detail = record.detail === '' ? '' : h('small', {}, record.detail);
  return h('tr', { role: 'row' },
    h('th', { role: 'rowheader', scope: 'row', class: 'cell cell-time' }, exactMoment(record.time_s)),
    cell('actor', t.actor, record.actor === '' ? '–' : record.actor),
    cell('action', t.action, h('code', {}, record.action)),
    cell('target', t.target, h('span', { class: 'two-lines' }, record.target === '' ? '–' : record.target, detail)),
    cell('outcome', t.outcome, record.outcome === 'ok' ? badge('connected', t.outcomes['ok'] ?? '') : badge('failed', t.outcomes[record.outcome] ?? record.outcome)),
    cell('address', t.address, record.address === '' ? '–' : record.address));
}
