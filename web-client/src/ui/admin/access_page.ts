// Every grant: who may open what, under which rules, and why.
import { h } from '../dom.js';
import type { AdminResource, Subject } from './admin_api.js';
import { about, type AdminApp, type AdminPage } from './admin_app.js';
import { DataTable, type Column } from './data_table.js';
import { ExplainCard } from './explain_card.js';
import { pageHead } from './form_dialog.js';
import { grantSomething, subjectValue } from './grant_dialog.js';
import { revoke } from './grant_list.js';
import { button, iconButton, resourceIcon, resourceLink, subjectName } from './parts.js';
import { policyAt, readPolicies } from './policies.js';
import { editRules, policyWords } from './rules_dialog.js';
import { text } from './text_admin.js';

const t = text.access;

interface GrantRow {
  readonly resource: AdminResource;
  readonly subject: Subject;
  readonly rules: string;
}

const idOf = ({ resource, subject }: GrantRow): string => `${resource.id} ${subjectValue(subject)}`;
const words = ({ resource, subject }: GrantRow): string => `${resource.name}, ${subjectName(subject)}`;

export class AccessPage implements AdminPage {
  readonly title = t.title;
  readonly element: HTMLElement;
  readonly concerns = about('resource.', 'grant', 'revoke', 'user.', 'group.', 'site.', 'policy');
  private readonly table: DataTable<GrantRow>;
  private readonly explain: ExplainCard | null;

  constructor(private readonly app: AdminApp) {
    const add = (): HTMLElement => button(t.grant, 'plus', () => { void grantSomething(app); }, 'primary');
    const rules: Column<GrantRow>[] = !app.can('policies') ? [] : [{ id: 'rules', title: t.policy, value: (row) => row.rules, cell: (row) => h('span', { class: row.rules === '' ? 'muted' : '' }, row.rules === '' ? t.noRules : row.rules) }];
    this.table = new DataTable<GrantRow>({
      name: t.title,
      columns: [
        { id: 'resource', title: t.resource, value: ({ resource }) => resource.name, search: ({ resource }) => `${resource.name} ${resource.id}`,
          cell: ({ resource }) => h('span', { class: 'with-icon' }, resourceIcon(resource.id), resource.name) },
        { id: 'to', title: t.to, value: ({ subject }) => subjectName(subject), cell: ({ subject }) => h('span', { class: 'chip', 'data-kind': subject.group === undefined ? 'user' : 'group' }, subjectName(subject)) },
        { id: 'kind', title: t.kind, value: ({ subject }) => (subject.group === undefined ? t.user : t.group), minor: true },
        ...rules,
        { id: 'actions', title: '', value: () => null, cell: (row) => this.actions(row) },
      ],
      idOf,
      link: ({ resource }) => resourceLink(resource),
      sort: { column: 'resource', descending: false },
      empty: { title: t.empty, text: t.emptyText, action: add },
    });
    this.explain = app.can('policies') ? new ExplainCard(app) : null;
    const site = app.can('policies') ? button(t.siteRules, 'edit', () => { void editRules(app, t.siteRules, { of: 'site' }); }) : null;
    this.element = h('div', {}, pageHead(t.title, t.lead, site, add()), this.table.element, this.explain?.element ?? null);
  }

  async load(): Promise<void> {
    const { api } = this.app;
    const [resources, users, policies] = await Promise.all([api.resources(), this.explain === null ? [] : api.users(), this.app.can('policies') ? readPolicies(api) : null]);
    this.table.set(resources.flatMap((resource) => resource.grants.map((subject) => ({
      resource, subject,
      rules: policies === null ? '' : policyWords(policyAt(policies, { of: 'grant', resource: resource.id, ...subject }), policies.settings),
    }))));
    this.explain?.set(users.map((user) => user.name), resources);
  }

  private actions(row: GrantRow): HTMLElement[] {
    const remove = iconButton(t.remove(words(row)), 'remove', `revoke-${idOf(row)}`, () => { void revoke(this.app, row.resource, row.subject); });
    if (!this.app.can('policies')) return [remove];
    const rules = iconButton(t.rulesOf(words(row)), 'edit', `rules-${idOf(row)}`, () => {
      void editRules(this.app, t.rulesOf(words(row)), { of: 'grant', resource: row.resource.id, ...row.subject });
    });
    return [rules, remove];
  }
}
