// All running sessions, as they change.
import { h, type Child } from '../dom.js';
import type { AdminApp, AdminPage } from './admin_app.js';
import { DataTable } from './data_table.js';
import { pageHead } from './form_dialog.js';
import type { LiveRow } from './live_model.js';
import { resourceIcon, stateBadge } from './parts.js';
import { place } from './place.js';
import { text } from './text_admin.js';
import { browserName, duration, megabits, milliseconds } from './words.js';

const t = text.sessions;

/** Answers slower than this are pointed out. */
export const kSlowMs = 150;

export function latencyCell(row: Pick<LiveRow, 'latencyMs'>): Child {
  if (row.latencyMs === null) return '–';
  return h('span', { class: row.latencyMs > kSlowMs ? 'slow' : '' }, milliseconds(row.latencyMs));
}

export class SessionsPage implements AdminPage {
  readonly title = t.title;
  readonly element: HTMLElement;
  private readonly table: DataTable<LiveRow>;
  private readonly filter = h('select', { 'aria-label': t.stateFilter },
    h('option', { value: '' }, t.all), h('option', { value: 'connected' }, t.inUse), h('option', { value: 'other' }, t.leftOpen));

  constructor(private readonly app: AdminApp) {
    this.table = new DataTable<LiveRow>({
      name: t.title,
      columns: [
        { id: 'user', title: t.user, value: (row) => row.display_name, search: (row) => `${row.display_name} ${row.user}`,
          cell: (row) => [h('span', { class: 'two-lines' }, h('b', {}, row.display_name), row.display_name === row.user ? null : h('small', {}, row.user))] },
        { id: 'what', title: t.what, value: (row) => row.name, search: (row) => `${row.name} ${row.resource} ${row.pool}`,
          cell: (row) => h('span', { class: 'with-icon' }, resourceIcon(row.resource), row.name) },
        { id: 'state', title: t.state, value: (row) => text.states[row.state] ?? row.state, cell: (row) => stateBadge(row.state) },
        { id: 'from', title: t.from, value: (row) => row.address, search: (row) => `${row.address} ${browserName(row.browser)}`, minor: true,
          cell: (row) => h('span', { class: 'two-lines' }, h('span', {}, row.address === '' ? '–' : row.address), h('small', {}, browserName(row.browser))) },
        { id: 'since', title: t.since, value: (row) => -row.started_s, numeric: true, minor: true, cell: (row) => duration(this.app.live.serverNowS - row.started_s) },
        { id: 'latency', title: t.latency, value: (row) => row.latencyMs, numeric: true, cell: (row) => latencyCell(row) },
        { id: 'bandwidth', title: t.bandwidth, value: (row) => row.mbit, numeric: true, cell: (row) => (row.mbit === null ? '–' : megabits(row.mbit)) },
      ],
      idOf: (row) => row.session,
      link: (row) => place('sessions', row.session),
      sort: { column: 'user', descending: false },
      empty: { title: t.empty, text: t.emptyText },
      tools: [this.filter],
    });
    this.filter.addEventListener('change', () => { this.live(); });
    this.element = h('div', {}, pageHead(t.title, t.lead), this.table.element);
  }

  live(): void {
    const chosen = this.filter.value;
    const rows = [...this.app.live.sessions.values()];
    this.filter.hidden = rows.length === 0 && chosen === '';
    this.table.set(chosen === '' ? rows : rows.filter((row) => (row.state === 'connected') === (chosen === 'connected')));
  }

  async load(): Promise<void> {
    if (this.app.live.audit >= 0) this.live();
  }
}
