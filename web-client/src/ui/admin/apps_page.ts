// Published programs.
import { confirm } from '../dialog.js';
import { fill, h } from '../dom.js';
import { fromServer } from '../language/server.js';
import type { AdminResource } from './admin_api.js';
import { about, type AdminApp, type AdminPage } from './admin_app.js';
import { editApp, publishApp } from './app_dialog.js';
import { DataTable } from './data_table.js';
import { pageHead } from './form_dialog.js';
import { GrantList } from './grant_list.js';
import { missing } from './missing_page.js';
import { badge, button, card, crumb, facts, resourceIcon, subjectName, subjects } from './parts.js';
import { place } from './place.js';
import { termsCard } from './terms_card.js';
import { text } from './text_admin.js';
import { commandLine } from './words.js';

const t = text.apps;

export const availability = (resource: AdminResource): HTMLElement =>
  (resource.unavailable === null ? badge('connected', t.available) : badge('failed', t.unavailable));

export class AppsPage implements AdminPage {
  readonly title = t.title;
  readonly element: HTMLElement;
  readonly concerns = about('resource.', 'grant', 'revoke', 'user.', 'group.', 'site.', 'policy');
  private readonly table: DataTable<AdminResource>;

  constructor(private readonly app: AdminApp) {
    const publish = (): HTMLElement => button(t.publish, 'plus', () => { void this.publish(); }, 'primary');
    this.table = new DataTable<AdminResource>({
      name: t.title,
      columns: [
        { id: 'name', title: t.name, value: (one) => one.name, search: (one) => `${one.name} ${one.id} ${one.description}`,
          cell: (one) => h('span', { class: 'with-icon' }, resourceIcon(one.id), h('span', { class: 'two-lines' }, h('b', {}, one.name), h('small', {}, one.description))) },
        { id: 'granted', title: t.granted, value: (one) => one.grants.map(subjectName).join(' '), cell: (one) => subjects(one.grants) },
        { id: 'command', title: t.command, value: (one) => commandLine(one.command), minor: true, cell: (one) => h('code', {}, commandLine(one.command)) },
        { id: 'pool', title: t.pool, value: (one) => one.pool, minor: true },
        { id: 'state', title: t.state, value: (one) => (one.unavailable === null ? t.available : t.unavailable), cell: (one) => availability(one) },
      ],
      idOf: (one) => one.id,
      link: (one) => place('apps', one.id),
      sort: { column: 'name', descending: false },
      empty: { title: t.empty, text: t.emptyText, action: publish },
    });
    this.element = h('div', {}, pageHead(t.title, t.lead, publish()), this.table.element);
  }

  async load(): Promise<void> {
    this.table.set((await this.app.api.resources()).filter((one) => one.kind === 'app'));
  }

  private async publish(): Promise<void> {
    const id = await publishApp(this.app);
    if (id !== null) this.app.go(`/apps/${encodeURIComponent(id)}`);
  }
}

export class AppPage implements AdminPage {
  readonly title: string;
  readonly element = h('div');
  readonly concerns = about('resource.', 'grant', 'revoke', 'user.', 'group.', 'site.', 'policy');
  private readonly grants: GrantList;

  constructor(
    private readonly app: AdminApp,
    private readonly id: string,
  ) {
    this.title = id;
    this.grants = new GrantList(app, t.access);
  }

  async load(): Promise<void> {
    const one = (await this.app.api.resources()).find((resource) => resource.id === this.id && resource.kind === 'app');
    if (one === undefined) return fill(this.element, missing(t.gone, text.shell.notFoundText, place('apps'), t.title));
    const focused = document.activeElement?.getAttribute('data-focus') ?? null;
    this.grants.set(one);
    fill(this.element,
      crumb('apps', t.title),
      pageHead(one.name, one.description,
        button(text.shell.edit, 'edit', () => { void editApp(this.app, one); }),
        button(text.shell.remove, 'remove', () => { void this.remove(one); }, 'danger')),
      h('div', { class: 'cards' },
        card(t.access, this.grants.element),
        card(t.facts,
          one.unavailable === null ? null : h('p', { class: 'verdict', 'data-kind': 'warn' }, fromServer(one.unavailable)),
          facts([
            [t.identifier, h('code', {}, one.id)],
            [t.pool, h('a', { href: place('pools', one.pool) }, one.pool)],
            [t.command, h('code', {}, commandLine(one.command))],
            [t.entry, one.desktop_entry === '' ? '–' : h('code', {}, one.desktop_entry)],
            [t.package, one.package === '' ? '–' : h('code', {}, one.package)],
            [t.opengl, one.opengl ? text.shell.yes : text.shell.no],
            [t.state, availability(one)],
          ])),
        termsCard(this.app, one)));
    if (focused !== null) this.element.querySelector<HTMLElement>(`[data-focus="${CSS.escape(focused)}"]`)?.focus();
  }

  private async remove(one: AdminResource): Promise<void> {
    if (!(await confirm({ title: t.removeTitle(one.name), text: t.removeText, agree: text.shell.remove, danger: true }))) return;
    if (await this.app.attempt(() => this.app.api.removeResource(one.id), t.removed(one.name))) this.app.go('/apps');
  }
}
