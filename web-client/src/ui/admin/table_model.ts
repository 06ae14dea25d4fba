// Search, order and paging of a table's rows, by TanStack Table; no DOM.
import { locale } from '../language/locale.js';
import {
  columnFilteringFeature, constructTable, createColumnHelper, createFilteredRowModel, createPaginatedRowModel, createSortedRowModel,
  globalFilteringFeature, rowPaginationFeature, rowSortingFeature, tableFeatures, type Row,
} from '@tanstack/table-core';
import { storeReactivityBindings } from '@tanstack/table-core/store-reactivity-bindings';

export interface ModelColumn<T> {
  readonly id: string;
  /** What is sorted by; and searched, unless `search` says otherwise. Null comes last. */
  value(row: T): string | number | boolean | null;
  /** The words a search finds the row by; numbers are not searched unless given here. */
  search?(row: T): string;
}

export interface TableState {
  readonly words: string;
  readonly sort: { readonly column: string; readonly descending: boolean } | null;
  readonly page: number;
  readonly pageSize: number;
}

type Wrapped<T> = { readonly row: T };

const features = tableFeatures({
  coreReactivityFeature: storeReactivityBindings(),
  columnFilteringFeature,
  globalFilteringFeature,
  rowSortingFeature,
  rowPaginationFeature,
  filteredRowModel: createFilteredRowModel(),
  sortedRowModel: createSortedRowModel(),
  paginatedRowModel: createPaginatedRowModel(),
});

const collator = new Intl.Collator(locale(), { numeric: true, sensitivity: 'base' });

function compare(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return collator.compare(String(a), String(b));
}

export const kPageSizes = [25, 50, 100, 250] as const;

export class TableModel<T> {
  private readonly table;
  private readonly texts = new WeakMap<object, string>();
  /** Rows keep their wrapper while they are the same, so that the library's own memory of them holds. */
  private wrappers = new Map<T, Wrapped<T>>();

  constructor(columns: readonly ModelColumn<T>[], idOf: (row: T) => string, state: TableState) {
    const helper = createColumnHelper<typeof features, Wrapped<T>>();
    this.table = constructTable({
      features,
      data: [] as Wrapped<T>[],
      columns: helper.columns(columns.map((column) => helper.accessor((wrapped: Wrapped<T>) => column.value(wrapped.row) ?? undefined, {
        id: column.id,
        sortUndefined: 'last',
        sortFn: (a: Row<typeof features, Wrapped<T>>, b: Row<typeof features, Wrapped<T>>, id: string) => compare(a.getValue(id), b.getValue(id)),
      }))),
      getRowId: (wrapped) => idOf(wrapped.row),
      autoResetPageIndex: false,
      enableSortingRemoval: false,
      getColumnCanGlobalFilter: () => true,
      // Called for each column until one says yes: the row's whole text answers at the first.
      globalFilterFn: (row: Row<typeof features, Wrapped<T>>, _: string, words: unknown) => {
        const text = this.textOf(row.original, columns);
        return String(words).split(' ').every((word) => text.includes(word));
      },
      initialState: {
        globalFilter: fold(state.words),
        sorting: state.sort === null ? [] : [{ id: state.sort.column, desc: state.sort.descending }],
        pagination: { pageIndex: state.page, pageSize: state.pageSize },
      },
    });
  }

  set(rows: readonly T[]): void {
    const wrappers = new Map<T, Wrapped<T>>();
    for (const row of rows) wrappers.set(row, this.wrappers.get(row) ?? { row });
    this.wrappers = wrappers;
    this.table.setOptions((options) => ({ ...options, data: [...wrappers.values()] }));
  }

  search(words: string): void {
    this.table.setGlobalFilter(fold(words));
    this.table.setPageIndex(0);
  }

  /** The same column again turns the order round. */
  sortBy(column: string): void {
    const { sort } = this.state;
    this.table.setSorting([{ id: column, desc: sort?.column === column && !sort.descending }]);
    this.table.setPageIndex(0);
  }

  goTo(page: number): void {
    this.table.setPageIndex(Math.max(0, Math.min(page, this.pages - 1)));
  }

  setPageSize(size: number): void {
    this.table.setPageSize(size);
    this.table.setPageIndex(0);
  }

  /** The rows of the present page. */
  get shown(): readonly { readonly id: string; readonly row: T }[] {
    // Rows may have gone since the page was chosen.
    if (this.state.page >= this.pages) this.goTo(this.pages - 1);
    return this.table.getRowModel().rows.map((one) => ({ id: one.id, row: one.original.row }));
  }

  /** How many rows the search leaves, on all pages. */
  get found(): number {
    return this.table.getFilteredRowModel().rows.length;
  }

  get pages(): number {
    return Math.max(1, Math.ceil(this.found / this.table.atoms.pagination.get().pageSize));
  }

  get state(): TableState {
    const { pageIndex, pageSize } = this.table.atoms.pagination.get();
    const [sort] = this.table.atoms.sorting.get();
    return {
      words: String(this.table.atoms.globalFilter.get() ?? ''),
      sort: sort === undefined ? null : { column: sort.id, descending: sort.desc },
      page: pageIndex,
      pageSize,
    };
  }

  private textOf(wrapped: Wrapped<T>, columns: readonly ModelColumn<T>[]): string {
    let text = this.texts.get(wrapped);
    if (text === undefined) {
      text = fold(columns.map((column) => {
        const value = column.search === undefined ? column.value(wrapped.row) : column.search(wrapped.row);
        return typeof value === 'string' ? value : '';
      }).join(' '));
      this.texts.set(wrapped, text);
    }
    return text;
  }
}

/** Lower case, without accents, single spaces: "Ångström " is found by "angstrom". */
function fold(text: string): string {
  return text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLocaleLowerCase().trim().replaceAll(/\s+/g, ' ');
}
