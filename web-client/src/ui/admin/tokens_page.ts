// Keys by which programs use the API.
import { confirm } from '../dialog.js';
import { h } from '../dom.js';
import { about, type AdminApp, type AdminPage } from './admin_app.js';
import { DataTable } from './data_table.js';
import { formDialog, pageHead, showSecret } from './form_dialog.js';
import { badge, button, iconButton, kName } from './parts.js';
import { text } from './text_admin.js';
import { day, moment } from './words.js';

const t = text.tokens;

interface Token {
  readonly name: string;
  readonly owner: string | null;
  readonly scopes: readonly string[];
  readonly created_s: number;
  readonly expires_s: number;
  readonly used_s: number | null;
  readonly used_from: string;
}

export class TokensPage implements AdminPage {
  readonly title = t.title;
  readonly element: HTMLElement;
  readonly concerns = about('token.', 'site.');
  private readonly table: DataTable<Token>;

  constructor(private readonly app: AdminApp) {
    const add = (): HTMLElement => button(t.add, 'plus', () => { void this.add(); }, 'primary');
    this.table = new DataTable<Token>({
      name: t.title,
      columns: [
        { id: 'name', title: t.name, value: (one) => one.name, cell: (one) => h('b', {}, one.name) },
        { id: 'scopes', title: t.scopes, value: (one) => one.scopes.join(' '), cell: (one) => one.scopes.map((scope) => h('span', { class: 'chip' }, t.scopeNames[scope] ?? scope)) },
        { id: 'owner', title: t.owner, value: (one) => one.owner ?? t.server, minor: true },
        { id: 'used', title: t.used, value: (one) => one.used_s, numeric: true, minor: true,
          cell: (one) => (one.used_s === null ? t.never : h('span', { class: 'two-lines' }, moment(one.used_s), h('small', {}, one.used_from))) },
        { id: 'expires', title: t.expires, value: (one) => one.expires_s, numeric: true,
          cell: (one) => (one.expires_s * 1_000 < Date.now() ? badge('failed', t.expired) : day(one.expires_s)) },
        { id: 'remove', title: '', value: () => null, cell: (one) => iconButton(t.remove(one.name), 'remove', `remove-${one.name}`, () => { void this.remove(one.name); }) },
      ],
      idOf: (one) => one.name,
      sort: { column: 'name', descending: false },
      empty: { title: t.empty, text: t.emptyText, action: add },
    });
    this.element = h('div', {}, pageHead(t.title, t.lead, add()), this.table.element);
  }

  async load(): Promise<void> {
    this.table.set(await this.app.api.all<Token>('/api/admin/tokens', 'tokens'));
  }

  private async add(): Promise<void> {
    let secret = '';
    const sent = await formDialog({
      title: t.add,
      fields: [
        { id: 'name', kind: 'text', label: t.name, hint: t.nameHint, required: true, unique: true, maxLength: 64, check: (value) => (kName.test(value) ? null : text.users.nameRule) },
        { id: 'scopes', kind: 'several', label: t.scopes, none: '', value: ['read'], choices: Object.entries(t.scopeNames).map(([value, label]) => ({ value, label })) },
        { id: 'days', kind: 'number', label: t.days, value: '90', required: true },
      ],
      submit: t.add,
      send: async (values) => {
        const answer = await this.app.api.send('POST', '/api/admin/tokens', { name: values.text('name'), scopes: values.several('scopes'), days: Number(values.text('days')) });
        secret = String(answer['secret'] ?? '');
      },
    });
    if (!sent) return;
    await showSecret({ title: t.made, lead: t.madeLead, label: t.secret, secret });
    await this.app.refresh();
  }

  private async remove(name: string): Promise<void> {
    if (!(await confirm({ title: t.removeTitle(name), text: t.removeText, agree: text.shell.remove, danger: true }))) return;
    await this.app.attempt(async () => { await this.app.api.send('DELETE', `/api/admin/tokens/${encodeURIComponent(name)}`); }, t.removed(name));
    await this.app.refresh();
  }
}
