// A table with search, order and pages. Rows that are the same object as before are left alone, so that an update costs
// what changed; the focus stays where it was. Arrow keys go from row to row.
import { fill, h, type Child } from '../dom.js';
import { icon } from '../icons.js';
import { adminIcon } from './admin_icons.js';
import { kPageSizes, TableModel, type ModelColumn } from './table_model.js';
import { text } from './text_admin.js';

export interface Column<T> extends ModelColumn<T> {
  readonly title: string;
  /** What the cell shows; else its value as text. */
  cell?(row: T): Child | readonly Child[];
  /** Numbers stand at the end and count in one width. */
  readonly numeric?: boolean;
  /** Left out where there is little room. */
  readonly minor?: boolean;
}

export interface TableOptions<T> {
  /** Names the table for screen readers, and its search, order and page while the person is elsewhere. */
  readonly name: string;
  readonly columns: readonly Column<T>[];
  idOf(row: T): string;
  /** Where the row's first cell leads; none: rows lead nowhere. */
  link?(row: T): string;
  /** Words about a row that has no name of its own to lead by. */
  readonly search?: string;
  readonly sort?: { readonly column: string; readonly descending: boolean };
  readonly empty: { readonly title: string; readonly text: string; readonly action?: () => HTMLElement };
  /** More to choose from, beside the search. */
  readonly tools?: readonly HTMLElement[];
}

interface Drawn<T> {
  readonly element: HTMLTableRowElement;
  row: T;
}

interface Remembered {
  readonly words: string;
  readonly sort: { readonly column: string; readonly descending: boolean } | null;
  readonly page: number;
  readonly pageSize: number;
}

/** With fewer rows all are in sight and neither search nor pages are needed. */
const kSearchFrom = 6;

const remembered = new Map<string, Remembered>();

export class DataTable<T> {
  readonly element: HTMLElement;

  private readonly model: TableModel<T>;
  private readonly drawn = new Map<string, Drawn<T>>();
  private readonly head = h('thead');
  private readonly body = h('tbody');
  private readonly frame: HTMLElement;
  private readonly tools: HTMLElement;
  private readonly searchBox: HTMLElement;
  private readonly search: HTMLInputElement;
  private readonly sortChoice: HTMLElement;
  private readonly footer = h('div', { class: 'table-footer' });
  private readonly status = h('p', { class: 'table-status', role: 'status' });
  private readonly nothing = h('div', { class: 'empty', hidden: true });
  private total = 0;
  private loaded = false;

  constructor(private readonly options: TableOptions<T>) {
    const { name, columns } = options;
    const state = remembered.get(name) ?? { words: '', sort: options.sort ?? null, page: 0, pageSize: kPageSizes[0] };
    this.model = new TableModel(columns, (row) => options.idOf(row), state);
    this.search = h('input', { type: 'search', class: 'search-input', placeholder: text.table.search, 'aria-label': text.table.searchIn(name), autocomplete: 'off', spellcheck: 'false' });
    this.search.value = state.words;
    this.search.addEventListener('input', () => { this.model.search(this.search.value); this.draw(); });
    this.searchBox = h('div', { class: 'search' }, icon('search'), this.search);
    this.sortChoice = this.sortSelect();
    this.tools = h('div', { class: 'table-tools' }, this.searchBox, ...(options.tools ?? []), this.sortChoice);
    this.frame = h('div', { class: 'table-frame' }, h('table', { role: 'table', 'aria-label': name }, this.head, this.body));
    this.body.addEventListener('keydown', (event) => { this.key(event); });
    this.element = h('div', { class: 'data-table', 'aria-busy': 'true' }, this.tools, this.frame, this.nothing, this.footer);
    this.drawHead();
    this.drawGhosts();
    this.tools.hidden = true;
  }

  set(rows: readonly T[]): void {
    if (!this.loaded) fill(this.body);
    this.loaded = true;
    this.element.setAttribute('aria-busy', 'false');
    this.total = rows.length;
    this.model.set(rows);
    this.draw();
  }

  /** Puts the cursor in the search field. */
  focusSearch(): void {
    if (!this.searchBox.hidden) this.search.focus();
  }

  private draw(): void {
    const { shown } = this.model;
    const focus = this.focusKey();
    const ids = new Set(shown.map((one) => one.id));
    for (const [id, { element }] of this.drawn) {
      if (ids.has(id)) continue;
      element.remove();
      this.drawn.delete(id);
    }
    let at = this.body.firstElementChild;
    for (const { id, row } of shown) {
      const element = this.rowElement(id, row);
      if (element === at) at = at.nextElementSibling;
      else this.body.insertBefore(element, at);
    }
    this.keepFocus(focus);
    this.rove();
    this.drawHead();
    this.drawAround();
    remembered.set(this.options.name, { ...this.model.state, words: this.search.value });
  }

  private rowElement(id: string, row: T): HTMLTableRowElement {
    const known = this.drawn.get(id);
    if (known !== undefined && known.row === row) return known.element;
    const cells = this.options.columns.map((column, i) => this.cell(id, row, column, i === 0));
    if (known !== undefined) {
      known.row = row;
      known.element.replaceChildren(...cells);
      return known.element;
    }
    const element = h('tr', { role: 'row', 'data-row': id }, ...cells);
    this.drawn.set(id, { element, row });
    return element;
  }

  private cell(id: string, row: T, column: Column<T>, first: boolean): HTMLElement {
    const value = column.value(row);
    const shown = column.cell === undefined ? (value === null ? '–' : String(value)) : column.cell(row);
    // Several pieces stay together where the cell is laid out in two columns.
    const children = Array.isArray(shown) ? (shown.length === 1 ? (shown as Child[]) : [h('span', {}, ...(shown as Child[]))]) : [shown as Child];
    const name = ['cell', `cell-${column.id}`, column.numeric === true ? 'numeric' : '', column.minor === true ? 'minor' : ''].filter(Boolean).join(' ');
    if (!first) return h('td', { role: 'cell', class: name, 'data-label': column.title }, ...children);
    const link = this.options.link?.(row);
    const content = link === undefined
      ? h('span', { class: 'row-name', tabindex: '-1', 'data-focus': id }, ...children)
      : h('a', { class: 'row-name row-link', href: link, tabindex: '-1', 'data-focus': id }, ...children);
    return h('th', { role: 'rowheader', scope: 'row', class: name }, content);
  }

  private drawHead(): void {
    const { sort } = this.model.state;
    if (this.head.firstElementChild === null) {
      this.head.setAttribute('role', 'rowgroup');
      this.body.setAttribute('role', 'rowgroup');
      this.head.append(h('tr', { role: 'row' }, ...this.options.columns.map((column) => this.headCell(column))));
    }
    for (const cell of this.head.querySelectorAll<HTMLElement>('th[data-column]')) {
      const here = sort?.column === cell.dataset['column'];
      cell.setAttribute('aria-sort', !here ? 'none' : sort?.descending === true ? 'descending' : 'ascending');
    }
  }

  private headCell(column: Column<T>): HTMLElement {
    const kind = [`cell-${column.id}`, column.numeric === true ? 'numeric' : '', column.minor === true ? 'minor' : ''].filter(Boolean).join(' ');
    // A column of buttons has nothing to be sorted by.
    if (column.title === '') return h('td', { role: 'cell', class: kind });
    const sort = (): void => { this.model.sortBy(column.id); this.draw(); };
    return h('th', { role: 'columnheader', scope: 'col', class: kind, 'data-column': column.id },
      h('button', { type: 'button', class: 'sort-button', on: { click: sort } }, h('span', {}, column.title), adminIcon('sort')));
  }

  private sortSelect(): HTMLElement {
    const select = h('select', { 'aria-label': text.table.sortBy },
      ...this.options.columns.filter((one) => one.title !== '').map((one) => h('option', { value: one.id }, text.table.sortedBy(one.title))));
    select.value = this.model.state.sort?.column ?? '';
    select.addEventListener('change', () => {
      this.model.sortBy(select.value);
      this.draw();
    });
    return h('div', { class: 'sort-choice' }, select);
  }

  private drawGhosts(): void {
    const cells = (): HTMLElement[] => this.options.columns.map(({ minor }) => h('td', { class: minor === true ? 'minor' : '' }, h('span')));
    fill(this.body, ...Array.from({ length: 4 }, () => h('tr', { class: 'ghost', 'aria-hidden': 'true' }, ...cells())));
  }

  /** What is around the rows: search, pages, and what is said when there are none. */
  private drawAround(): void {
    const { found, pages } = this.model;
    const { page, pageSize } = this.model.state;
    const searching = this.search.value.trim() !== '';
    this.searchBox.hidden = this.total < kSearchFrom && !searching;
    this.sortChoice.hidden = this.total < 2 || this.options.columns.filter((one) => one.title !== '').length < 2;
    this.tools.hidden = this.searchBox.hidden && (this.options.tools ?? []).every((one) => one.hidden) && this.sortChoice.hidden;
    this.frame.hidden = found === 0;
    this.nothing.hidden = found > 0;
    if (found === 0) this.drawNothing(searching);
    const from = page * pageSize;
    const sentence = found === 0 ? '' : text.table.range(from + 1, Math.min(from + pageSize, found), found, this.total);
    if (this.status.textContent !== sentence) this.status.textContent = sentence;
    if (this.footer.firstElementChild === null) this.makeFooter();
    this.footer.hidden = this.total < kSearchFrom || found === 0;
    const [back, forward] = this.footer.querySelectorAll('button');
    if (back !== undefined && forward !== undefined) {
      back.disabled = page === 0;
      forward.disabled = page >= pages - 1;
      back.hidden = forward.hidden = pages === 1;
    }
    const size = this.footer.querySelector('label');
    if (size !== null) size.hidden = this.total <= kPageSizes[0];
  }

  private drawNothing(searching: boolean): void {
    const { empty } = this.options;
    if (searching) return fill(this.nothing, h('p', {}, text.table.noMatch(this.search.value.trim())));
    fill(this.nothing, h('h2', {}, empty.title), h('p', {}, empty.text), empty.action?.() ?? null);
  }

  private makeFooter(): void {
    const turn = (by: number) => (): void => { this.model.goTo(this.model.state.page + by); this.draw(); };
    const sizes = h('select', {}, ...kPageSizes.map((size) => h('option', { value: String(size) }, String(size))));
    sizes.value = String(this.model.state.pageSize);
    sizes.addEventListener('change', () => { this.model.setPageSize(Number(sizes.value)); this.draw(); });
    this.footer.append(
      this.status,
      h('label', { class: 'page-size' }, h('span', {}, text.table.pageSize), sizes),
      h('div', { class: 'page-turn' },
        h('button', { type: 'button', class: 'icon-button', 'aria-label': text.table.previous, on: { click: turn(-1) } }, icon('left')),
        h('button', { type: 'button', class: 'icon-button', 'aria-label': text.table.next, on: { click: turn(1) } }, icon('right'))),
    );
  }

  // --- keyboard ---

  private names(): HTMLElement[] {
    return [...this.body.querySelectorAll<HTMLElement>('.row-name')];
  }

  /** One row is in the tab order: where the person was last, else the first. */
  private rove(to?: HTMLElement): void {
    const names = this.names();
    const chosen = to ?? names.find((one) => one.tabIndex === 0) ?? names[0];
    for (const one of names) {
      const wanted = one === chosen ? 0 : -1;
      if (one.tabIndex !== wanted) one.tabIndex = wanted;
    }
  }

  private key(event: KeyboardEvent): void {
    const row = (event.target as Element).closest('tr');
    const names = this.names();
    const here = names.findIndex((one) => one.closest('tr') === row);
    if (here < 0 || event.ctrlKey || event.altKey || event.metaKey || event.target instanceof HTMLSelectElement) return;
    const to: Readonly<Record<string, number>> = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: names.length - 1 };
    if (event.key === 'PageDown' || event.key === 'PageUp') {
      this.model.goTo(this.model.state.page + (event.key === 'PageDown' ? 1 : -1));
      this.draw();
      const first = this.names()[0];
      if (first !== undefined) this.focusName(first);
    } else if (to[event.key] !== undefined) {
      const name = names[Math.max(0, Math.min(to[event.key] ?? 0, names.length - 1))];
      if (name !== undefined) this.focusName(name);
    } else {
      return;
    }
    event.preventDefault();
  }

  private focusName(name: HTMLElement): void {
    this.rove(name);
    name.focus();
  }

  private focusKey(): string | null {
    const active = document.activeElement;
    return active !== null && this.body.contains(active) ? active.getAttribute('data-focus') : null;
  }

  private keepFocus(key: string | null): void {
    if (key === null || this.body.contains(document.activeElement)) return;
    const again = this.body.querySelector<HTMLElement>(`[data-focus="${CSS.escape(key)}"]`);
    if (again !== null) again.focus({ preventScroll: true });
    // The row has gone: the one that is in the tab order now is where a person goes on.
    else this.names()[0]?.focus({ preventScroll: true });
  }
}
