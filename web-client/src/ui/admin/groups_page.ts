// Groups and who is in them.
import { confirm } from '../dialog.js';
import { fill, h } from '../dom.js';
import type { AdminGroup, AdminResource, AdminUser } from './admin_api.js';
import { about, type AdminApp, type AdminPage } from './admin_app.js';
import { DataTable } from './data_table.js';
import { demandBox } from './factors_card.js';
import { formDialog, pageHead } from './form_dialog.js';
import { grantSomething } from './grant_dialog.js';
import { missing } from './missing_page.js';
import { button, card, crumb, iconButton, kName, resourceIcon, resourceLink } from './parts.js';
import { place } from './place.js';
import { text } from './text_admin.js';

const t = text.groups;

interface GroupRow {
  readonly group: AdminGroup;
  readonly grants: readonly AdminResource[];
}

const grantsOf = (group: string, resources: readonly AdminResource[]): AdminResource[] =>
  resources.filter((one) => one.grants.some((grant) => grant.group === group));

export class GroupsPage implements AdminPage {
  readonly title = t.title;
  readonly element: HTMLElement;
  readonly concerns = about('user.', 'group.', 'grant', 'revoke', 'resource.', 'site.', 'login');
  private readonly table: DataTable<GroupRow>;

  constructor(private readonly app: AdminApp) {
    const add = (): HTMLElement => button(t.add, 'plus', () => { void this.add(); }, 'primary');
    this.table = new DataTable<GroupRow>({
      name: t.title,
      columns: [
        { id: 'name', title: t.name, value: ({ group }) => group.name, cell: ({ group }) => h('b', {}, group.name) },
        { id: 'members', title: t.members, value: ({ group }) => (group.built_in ? Infinity : group.members.length), search: ({ group }) => group.members.join(' '), numeric: true,
          cell: ({ group }) => (group.built_in ? t.all : String(group.members.length)) },
        { id: 'grants', title: t.grants, value: ({ grants }) => grants.map((one) => one.name).join(', '),
          cell: ({ grants }) => (grants.length === 0 ? '–' : grants.map((one) => one.name).join(', ')) },
      ],
      idOf: ({ group }) => group.name,
      link: ({ group }) => place('groups', group.name),
      sort: { column: 'name', descending: false },
      empty: { title: t.empty, text: t.emptyText, action: add },
    });
    this.element = h('div', {}, pageHead(t.title, t.lead, add()), this.table.element);
  }

  async load(): Promise<void> {
    const [groups, resources] = await Promise.all([this.app.api.groups(), this.app.api.resources()]);
    this.table.set(groups.map((group) => ({ group, grants: grantsOf(group.name, resources) })));
  }

  private async add(): Promise<void> {
    let name = '';
    const added = await formDialog({
      title: t.add,
      fields: [{ id: 'name', kind: 'text', label: t.name, hint: t.nameHint, required: true, unique: true, maxLength: 64, check: (value) => (kName.test(value) ? null : text.users.nameRule) }],
      submit: t.add,
      send: (values) => {
        name = values.text('name').toLowerCase();
        return this.app.api.addGroup(name);
      },
    });
    if (!added) return;
    this.app.toasts.show('info', t.created(name));
    this.app.go(`/groups/${encodeURIComponent(name)}`);
  }
}

export class GroupPage implements AdminPage {
  readonly title: string;
  readonly element = h('div');
  readonly concerns = about('user.', 'group.', 'grant', 'revoke', 'resource.', 'site.', 'login', 'second-factor.');
  private members: DataTable<AdminUser> | null = null;
  private readonly grants = h('div');
  private readonly demand = h('div');
  private users: readonly AdminUser[] = [];
  private group: AdminGroup | undefined;

  constructor(
    private readonly app: AdminApp,
    private readonly name: string,
  ) {
    this.title = name;
  }

  async load(): Promise<void> {
    const [users, groups, resources] = await Promise.all([this.app.api.users(), this.app.api.groups(), this.app.api.resources()]);
    this.users = users;
    this.group = groups.find((one) => one.name === this.name);
    if (this.group === undefined) {
      this.members = null;
      return fill(this.element, missing(t.gone, text.shell.notFoundText, place('groups'), t.title));
    }
    if (this.members === null) this.build(this.group);
    if (this.app.can('factors')) {
      const demanded = (await this.app.api.factorsRequired()).some((one) => one.group === this.name);
      if (!this.demand.contains(document.activeElement)) fill(this.demand, demandBox(this.app, { group: this.name }, demanded, t.factorRequired));
    }
    const { members } = this.group;
    this.members?.set(users.filter((user) => members.includes(user.name)));
    const granted = grantsOf(this.name, resources);
    fill(this.grants, granted.length === 0 ? h('p', { class: 'muted' }, t.nothing) : h('ul', { class: 'link-list' }, ...granted.map((one) =>
      h('li', {}, h('a', { href: resourceLink(one) }, resourceIcon(one.id), h('span', {}, one.name))))));
  }

  private build(group: AdminGroup): void {
    this.members = new DataTable<AdminUser>({
      name: `${t.members}: ${group.name}`,
      columns: [
        { id: 'name', title: text.users.user, value: (user) => user.display_name, search: (user) => `${user.display_name} ${user.name}`,
          cell: (user) => h('span', { class: 'two-lines' }, h('b', {}, user.display_name), h('small', {}, user.name)) },
        { id: 'remove', title: '', value: () => null,
          cell: (user) => iconButton(t.removeMember(user.name), 'remove', `remove-${user.name}`, () => { void this.setMember(user.name, false); }) },
      ],
      idOf: (user) => user.name,
      link: (user) => place('users', user.name),
      sort: { column: 'name', descending: false },
      empty: { title: t.noMembers, text: '' },
    });
    const remove = group.built_in ? null : button(text.shell.remove, 'remove', () => { void this.remove(); }, 'danger');
    fill(this.element,
      crumb('groups', t.title),
      pageHead(group.name, null, group.built_in ? null : button(t.addMember, 'plus', () => { void this.add(); }, 'primary'), remove),
      h('div', { class: 'cards two' },
        card(t.members, this.demand, group.built_in ? h('p', {}, t.everyone) : this.members.element),
        card(t.grants, this.grants, button(text.users.grant, 'plus', () => { void grantSomething(this.app, { group: group.name }); }))));
  }

  private async setMember(user: string, member: boolean): Promise<void> {
    await this.app.attempt(() => this.app.api.setMember(this.name, user, member), text.shell.saved);
    await this.app.refresh();
  }

  private async add(): Promise<void> {
    const members = this.group?.members ?? [];
    const others = this.users.filter((user) => !members.includes(user.name));
    const added = await formDialog({
      title: t.addMember,
      fields: [{ id: 'users', kind: 'several', label: text.users.title, none: t.addMemberNone, choices: others.map((user) => ({ value: user.name, label: user.display_name === user.name ? user.name : `${user.display_name} (${user.name})` })) }],
      submit: t.addMember,
      send: async (values) => { for (const user of values.several('users')) await this.app.api.setMember(this.name, user, true); },
    });
    if (added) await this.app.refresh();
  }

  private async remove(): Promise<void> {
    if (!(await confirm({ title: t.removeTitle(this.name), text: t.removeText, agree: text.shell.remove, danger: true }))) return;
    if (await this.app.attempt(() => this.app.api.removeGroup(this.name), t.removed(this.name))) this.app.go('/groups');
  }
}
