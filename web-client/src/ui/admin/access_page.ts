// Every grant: who may open what.
import { h } from '../dom.js';
import type { AdminResource, Subject } from './admin_api.js';
import { about, type AdminApp, type AdminPage } from './admin_app.js';
import { DataTable } from './data_table.js';
import { pageHead } from './form_dialog.js';
import { grantSomething, subjectValue } from './grant_dialog.js';
import { revoke } from './grant_list.js';
import { button, iconButton, resourceIcon, resourceLink, subjectName } from './parts.js';
import { text } from './text_admin.js';

const t = text.access;

interface GrantRow {
  readonly resource: AdminResource;
  readonly subject: Subject;
}

const idOf = ({ resource, subject }: GrantRow): string => `${resource.id} ${subjectValue(subject)}`;

export class AccessPage implements AdminPage {
  readonly title = t.title;
  readonly element: HTMLElement;
  readonly concerns = about('resource.', 'grant', 'revoke', 'user.', 'group.', 'site.', 'policy');
  private readonly table: DataTable<GrantRow>;

  constructor(private readonly app: AdminApp) {
    const add = (): HTMLElement => button(t.grant, 'plus', () => { void grantSomething(app); }, 'primary');
    this.table = new DataTable<GrantRow>({
      name: t.title,
      columns: [
        { id: 'resource', title: t.resource, value: ({ resource }) => resource.name, search: ({ resource }) => `${resource.name} ${resource.id}`,
          cell: ({ resource }) => h('span', { class: 'with-icon' }, resourceIcon(resource.id), resource.name) },
        { id: 'to', title: t.to, value: ({ subject }) => subjectName(subject), cell: ({ subject }) => h('span', { class: 'chip', 'data-kind': subject.group === undefined ? 'user' : 'group' }, subjectName(subject)) },
        { id: 'kind', title: t.kind, value: ({ subject }) => (subject.group === undefined ? t.user : t.group), minor: true },
        { id: 'remove', title: '', value: () => null,
          cell: (row) => iconButton(t.remove(`${subjectName(row.subject)}: ${row.resource.name}`), 'remove', `revoke-${idOf(row)}`, () => { void revoke(app, row.resource, row.subject); }) },
      ],
      idOf,
      link: ({ resource }) => resourceLink(resource),
      sort: { column: 'resource', descending: false },
      empty: { title: t.empty, text: t.emptyText, action: add },
    });
    this.element = h('div', {}, pageHead(t.title, t.lead, add()), this.table.element);
  }

  async load(): Promise<void> {
    const resources = await this.app.api.resources();
    this.table.set(resources.flatMap((resource) => resource.grants.map((subject) => ({ resource, subject }))));
  }
}
