// Where desktops come from, and how much of each is in use.
import { confirm } from '../dialog.js';
import { fromServer } from '../language/server.js';
import { fill, h } from '../dom.js';
import type { AdminResource } from './admin_api.js';
import { about, type AdminApp, type AdminPage } from './admin_app.js';
import { availability } from './apps_page.js';
import { partsBar, type Part } from './charts.js';
import { DataTable } from './data_table.js';
import { formDialog, pageHead } from './form_dialog.js';
import { GrantList } from './grant_list.js';
import type { LiveRow } from './live_model.js';
import { missing } from './missing_page.js';
import { badge, button, card, crumb, facts, identifierOf, kName, resourceIcon, resourceLink, stateBadge } from './parts.js';
import { place } from './place.js';
import { editRules } from './rules_dialog.js';
import { editKeeping, readKeeping, setDraining, type PoolKeeping } from './pool_keeping.js';
import { termsCard } from './terms_card.js';
import { text } from './text_admin.js';

const t = text.pools;

interface PoolRow {
  readonly pool: AdminResource;
  readonly apps: readonly AdminResource[];
  readonly use: readonly Part[];
  readonly keeping: PoolKeeping | undefined;
}

/** What is free is drawn as well, where a pool has a limit. */
const mostOf = (keeping: PoolKeeping | undefined): number => keeping?.max ?? 0;

function stateOf(pool: AdminResource, keeping: PoolKeeping | undefined): HTMLElement {
  if (pool.unavailable !== null || keeping === undefined) return availability(pool);
  if (keeping.message !== '') return badge('recycling', t.maintained);
  return keeping.draining ? badge('provisioning', t.draining) : availability(pool);
}

function useOf(pool: string, sessions: Iterable<LiveRow>): Part[] {
  const count = { connected: 0, disconnected: 0, provisioning: 0, recycling: 0, failed: 0 };
  for (const row of sessions) {
    if (row.pool !== pool) continue;
    if (row.state === 'assigned') count.disconnected += 1;
    else if (row.state in count) count[row.state as keyof typeof count] += 1;
  }
  return [
    { kind: 'connected', label: t.inUse, count: count.connected },
    { kind: 'disconnected', label: t.leftOpen, count: count.disconnected },
    { kind: 'provisioning', label: t.starting, count: count.provisioning },
    { kind: 'recycling', label: t.ending, count: count.recycling },
    ...(count.failed > 0 ? [{ kind: 'failed', label: t.failedParts, count: count.failed }] : []),
  ];
}

const usedOf = (use: readonly Part[]): number => use.reduce((sum, part) => sum + part.count, 0);

export class PoolsPage implements AdminPage {
  readonly title = t.title;
  readonly element: HTMLElement;
  readonly concerns = about('resource.', 'pool.', 'grant', 'revoke', 'site.', 'policy');
  private readonly table: DataTable<PoolRow>;
  private resources: readonly AdminResource[] = [];
  private keeping: ReadonlyMap<string, PoolKeeping> = new Map();
  private rows = new Map<string, PoolRow>();

  constructor(private readonly app: AdminApp) {
    const add = (): HTMLElement => button(t.add, 'plus', () => { void this.add(); }, 'primary');
    this.table = new DataTable<PoolRow>({
      name: t.title,
      columns: [
        { id: 'name', title: t.name, value: ({ pool }) => pool.name, search: ({ pool }) => `${pool.name} ${pool.id} ${pool.description}`,
          cell: ({ pool }) => h('span', { class: 'with-icon' }, resourceIcon(pool.id), h('span', { class: 'two-lines' }, h('b', {}, pool.name), h('small', {}, pool.description))) },
        { id: 'use', title: t.use, value: ({ use }) => usedOf(use), cell: ({ use, keeping }) => partsBar(use, mostOf(keeping)) },
        ...(app.can('pools') ? [{ id: 'kind', title: t.kind, value: ({ keeping }: PoolRow) => t.kinds[keeping?.kind ?? ''] ?? '', minor: true }] : []),
        { id: 'apps', title: t.apps, value: ({ apps }) => apps.length, numeric: true, minor: true },
        { id: 'state', title: t.state, value: ({ pool }) => pool.unavailable ?? '', cell: ({ pool, keeping }) => stateOf(pool, keeping) },
      ],
      idOf: ({ pool }) => pool.id,
      link: ({ pool }) => place('pools', pool.id),
      sort: { column: 'name', descending: false },
      empty: { title: t.empty, text: t.emptyText, action: add },
    });
    this.element = h('div', {}, pageHead(t.title, t.lead, add()), this.table.element);
  }

  async load(): Promise<void> {
    [this.resources, this.keeping] = await Promise.all([this.app.api.resources(), readKeeping(this.app)]);
    this.rows.clear();
    this.draw();
  }

  /** Spares come and go with sessions. */
  live(): void {
    if (!this.app.can('pools')) return this.draw();
    void this.app.attempt(async () => {
      const keeping = await readKeeping(this.app);
      for (const [id, one] of keeping) if (one.ready !== this.keeping.get(id)?.ready) this.rows.delete(id);
      this.keeping = keeping;
      this.draw();
    });
  }

  private draw(): void {
    const sessions = [...this.app.live.sessions.values()];
    const rows = this.resources.filter((one) => one.kind === 'pool').map((pool) => {
      const keeping = this.keeping.get(pool.id);
      const use = [...useOf(pool.id, sessions), ...(keeping === undefined ? [] : [{ kind: 'ready', label: t.spares, count: keeping.ready }])];
      const before = this.rows.get(pool.id);
      // The same object when nothing changed: its row is left alone.
      if (before !== undefined && before.use.every((part, i) => part.count === use[i]?.count) && before.use.length === use.length) return before;
      return { pool, use, keeping, apps: this.resources.filter((one) => one.kind === 'app' && one.pool === pool.id) };
    });
    this.rows = new Map(rows.map((row) => [row.pool.id, row]));
    if (this.resources.length > 0) this.table.set(rows);
  }

  private async add(): Promise<void> {
    let id = '';
    const added = await formDialog({
      title: t.add,
      fields: [
        { id: 'name', kind: 'text', label: text.apps.displayName, required: true, maxLength: 100 },
        { id: 'description', kind: 'text', label: text.apps.description, maxLength: 500 },
        { id: 'id', kind: 'text', label: t.identifier, hint: text.apps.identifierHint, required: true, unique: true, maxLength: 64, mono: true, seldom: true, follows: { field: 'name', by: identifierOf }, check: (value) => (kName.test(value) ? null : text.apps.identifierRule) },
        { id: 'opengl', kind: 'truth', label: t.opengl, value: true },
      ],
      submit: t.add,
      send: (values) => {
        id = values.text('id');
        return this.app.api.addPool({ id, name: values.text('name'), description: values.text('description'), opengl: values.truth('opengl') });
      },
    });
    if (!added) return;
    this.app.toasts.show('info', t.created(id));
    this.app.go(`/pools/${encodeURIComponent(id)}`);
  }
}

export class PoolPage implements AdminPage {
  readonly title: string;
  readonly element = h('div');
  readonly concerns = about('resource.', 'pool.', 'grant', 'revoke', 'site.', 'policy');
  private readonly grants: GrantList;
  private readonly use = h('div');
  private readonly desktops = h('div');

  constructor(
    private readonly app: AdminApp,
    private readonly id: string,
  ) {
    this.title = id;
    this.grants = new GrantList(app, text.apps.access);
  }

  async load(): Promise<void> {
    const resources = await this.app.api.resources();
    const pool = resources.find((one) => one.id === this.id && one.kind === 'pool');
    if (pool === undefined) return fill(this.element, missing(t.gone, text.shell.notFoundText, place('pools'), t.title));
    const keeping = (await readKeeping(this.app)).get(pool.id);
    this.grants.set(pool);
    const apps = resources.filter((one) => one.kind === 'app' && one.pool === pool.id);
    fill(this.element,
      crumb('pools', t.title),
      pageHead(pool.name, pool.description,
        this.app.can('policies') ? button(text.rules.poolRules, 'access', () => { void editRules(this.app, text.rules.poolRules, { of: 'pool', pool: pool.id }); }) : null,
        button(text.shell.edit, 'edit', () => { void this.edit(pool); }),
        button(text.shell.remove, 'remove', () => { void this.remove(pool); }, 'danger')),
      h('div', { class: 'cards' },
        card(t.desktops, this.use, this.desktops),
        keeping === undefined ? null : this.keepingCard(keeping),
        card(text.apps.access, this.grants.element),
        card(text.apps.facts,
          pool.unavailable === null ? null : h('p', { class: 'verdict', 'data-kind': 'warn' }, fromServer(pool.unavailable)),
          facts([
            [t.identifier, h('code', {}, pool.id)],
            [t.provisioner, pool.provisioner === 'local' ? t.local : pool.provisioner],
            [t.opengl, pool.opengl ? text.shell.yes : text.shell.no],
            [t.state, stateOf(pool, keeping)],
          ])),
        card(t.appsOn, apps.length === 0 ? h('p', { class: 'muted' }, t.noApps) : h('ul', { class: 'link-list' }, ...apps.map((one) =>
          h('li', {}, h('a', { href: resourceLink(one) }, resourceIcon(one.id), h('span', {}, one.name)))))),
        termsCard(this.app, pool)));
    this.live();
  }

  private keepingCard(one: PoolKeeping): HTMLElement {
    return card(t.keeping,
      facts([
        [t.kind, t.kindNotes[one.kind] ?? one.kind],
        [t.use, fromServer(one.state)],
        [t.sparesLabel, one.spares === 0 ? '–' : t.spareOf(one.ready, one.spares)],
        [t.maintenance, one.message === '' ? '–' : one.message],
        [t.template, one.template === '' ? null : h('code', {}, one.template)],
      ]),
      h('div', { class: 'actions' },
        button(text.apps.termsEdit, 'edit', () => { void editKeeping(this.app, one); }),
        button(one.draining ? t.undrain : t.drain, 'unplug', () => { void setDraining(this.app, one, !one.draining); })));
  }

  live(): void {
    const rows = [...this.app.live.sessions.values()].filter((row) => row.pool === this.id);
    fill(this.use, partsBar(useOf(this.id, rows), 0));
    fill(this.desktops, h('ul', { class: 'link-list' }, ...rows.slice(0, 50).map((row) =>
      h('li', {}, h('a', { href: place('sessions', row.session) }, h('span', {}, `${row.display_name}: ${row.name}`)), stateBadge(row.state)))));
  }

  private async edit(pool: AdminResource): Promise<void> {
    const sent = await formDialog({
      title: t.edit,
      fields: [
        { id: 'name', kind: 'text', label: text.apps.displayName, value: pool.name, required: true, maxLength: 100 },
        { id: 'description', kind: 'text', label: text.apps.description, value: pool.description, maxLength: 500 },
        { id: 'opengl', kind: 'truth', label: t.opengl, value: pool.opengl },
      ],
      submit: text.shell.save,
      send: (values) => this.app.api.changeResource(pool.id, { name: values.text('name'), description: values.text('description'), opengl: values.truth('opengl') }),
    });
    if (!sent) return;
    this.app.toasts.show('info', text.shell.saved);
    await this.app.refresh();
  }

  private async remove(pool: AdminResource): Promise<void> {
    if (!(await confirm({ title: t.removeTitle(pool.name), text: t.removeText, agree: text.shell.remove, danger: true }))) return;
    if (await this.app.attempt(() => this.app.api.removeResource(pool.id), t.removed(pool.name))) this.app.go('/pools');
  }
}
