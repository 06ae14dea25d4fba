// Everybody who may sign in.
import { h } from '../dom.js';
import type { AdminUser } from './admin_api.js';
import { about, type AdminApp, type AdminPage } from './admin_app.js';
import { DataTable } from './data_table.js';
import { pageHead } from './form_dialog.js';
import { badge, button } from './parts.js';
import { place } from './place.js';
import { text } from './text_admin.js';
import { addUser } from './user_dialogs.js';
import { day } from './words.js';

const t = text.users;

export class UsersPage implements AdminPage {
  readonly title = t.title;
  readonly element: HTMLElement;
  readonly concerns = about('user.', 'group.', 'provider.', 'site.', 'login');
  private readonly table: DataTable<AdminUser>;

  constructor(private readonly app: AdminApp) {
    const add = (): HTMLElement => button(t.add, 'plus', () => { void addUser(app); }, 'primary');
    this.table = new DataTable<AdminUser>({
      name: t.title,
      columns: [
        { id: 'name', title: t.user, value: (user) => user.display_name, search: (user) => `${user.display_name} ${user.name}`,
          cell: (user) => h('span', { class: 'two-lines' }, h('b', {}, user.display_name), h('small', {}, user.name)) },
        { id: 'role', title: t.role, value: (user) => (user.admin ? t.administrator : t.user), cell: (user) => (user.admin ? badge('admin', t.administrator) : t.user) },
        { id: 'groups', title: t.groups, value: (user) => user.groups.join(', '),
          cell: (user) => (user.groups.length === 0 ? '–' : user.groups.map((group) => h('span', { class: 'chip', 'data-kind': 'group' }, group))) },
        { id: 'source', title: t.source, value: (user) => sourceOf(user), minor: true },
        { id: 'state', title: t.state, value: (user) => (user.disabled === true ? t.disabledState : t.active),
          cell: (user) => (user.disabled === true ? badge('failed', t.disabledState) : t.active) },
        { id: 'added', title: t.added, value: (user) => user.created_s, numeric: true, minor: true, cell: (user) => day(user.created_s) },
      ],
      idOf: (user) => user.name,
      link: (user) => place('users', user.name),
      sort: { column: 'name', descending: false },
      empty: { title: t.empty, text: t.emptyText, action: add },
    });
    this.element = h('div', {}, pageHead(t.title, t.lead, add()), this.table.element);
  }

  async load(): Promise<void> {
    this.table.set(await this.app.api.users());
  }
}

export const sourceOf = (user: AdminUser): string => (user.provider === undefined || user.provider === 'local' ? t.local : user.provider);
