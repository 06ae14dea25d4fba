// Other systems that vouch for users: what they are, whether they work, and how they are set up.
import { confirm } from '../dialog.js';
import { fill, h } from '../dom.js';
import { fromServer } from '../language/server.js';
import { about, type AdminApp, type AdminPage } from './admin_app.js';
import { pageHead } from './form_dialog.js';
import { badge, button, card, facts } from './parts.js';
import { editProvider, type Provider } from './provider_dialog.js';
import { text } from './text_admin.js';

const t = text.providers;

interface TestStep {
  readonly step: string;
  readonly ok: boolean;
  readonly detail: string;
}

export class ProvidersPage implements AdminPage {
  readonly title = t.title;
  readonly element: HTMLElement;
  readonly concerns = about('provider.', 'site.');
  private readonly list = h('div', { class: 'cards two' });
  /** Results of tests, which a redraw keeps. */
  private readonly results = new Map<string, HTMLElement>();

  constructor(private readonly app: AdminApp) {
    this.element = h('div', {}, pageHead(t.title, t.lead, ...this.additions('primary')), this.list);
  }

  private additions(kind: string): HTMLElement[] {
    return [
      button(t.addOidc, 'plus', () => { void this.edit('oidc'); }, kind),
      button(t.addLdap, 'plus', () => { void this.edit('ldap'); }, kind),
    ];
  }

  async load(): Promise<void> {
    const providers = (await this.app.api.get('/api/admin/providers'))['providers'] as readonly Provider[];
    const focused = document.activeElement?.getAttribute('data-focus') ?? null;
    fill(this.list,
      ...(providers.length === 0 ? [h('div', { class: 'empty' }, h('h2', {}, t.empty), h('p', {}, t.emptyText), h('div', { class: 'actions' }, ...this.additions('')))] : providers.map((one) => this.card(one))));
    if (focused !== null) this.list.querySelector<HTMLElement>(`[data-focus="${CSS.escape(focused)}"]`)?.focus();
  }

  private card(one: Provider): HTMLElement {
    const result = this.results.get(one.id) ?? h('div', { 'aria-live': 'polite' });
    this.results.set(one.id, result);
    const settings = one.settings;
    const value = (name: string): string | null => (typeof settings[name] === 'string' && settings[name] !== '' ? settings[name] : null);
    const act = (key: string, element: HTMLButtonElement): HTMLButtonElement => {
      element.dataset['focus'] = `${key}-${one.id}`;
      return element;
    };
    return card(one.name,
      facts([
        [t.kind, t.kinds[one.kind] ?? one.kind],
        [t.state, one.enabled ? badge('connected', t.enabled) : badge('recycling', t.disabled)],
        [t.identifier, h('code', {}, one.id)],
        [t.names['issuer'] ?? '', value('issuer')],
        [t.names['client_id'] ?? '', value('client_id') === null ? null : h('code', {}, value('client_id') ?? '')],
        [t.names['url'] ?? '', value('url')],
        [t.names['base'] ?? '', value('base') === null ? null : h('code', {}, value('base') ?? '')],
        [t.returnUrl, one.return_url === undefined ? null : h('code', {}, one.return_url)],
        [t.logoutUrl, one.logout_url === undefined ? null : h('code', {}, one.logout_url)],
      ]),
      h('div', { class: 'actions' },
        act('test', button(t.test, 'sessions', () => { void this.test(one, result); })),
        act('edit', button(text.shell.edit, 'edit', () => { void this.edit(one.kind, one); })),
        act('enable', button(one.enabled ? t.disable : t.enable, one.enabled ? 'unplug' : 'providers', () => { void this.setEnabled(one, !one.enabled); })),
        act('remove', button(text.shell.remove, 'remove', () => { void this.remove(one); }))),
      result);
  }

  private async test(one: Provider, result: HTMLElement): Promise<void> {
    fill(result, h('p', { class: 'muted' }, t.testing));
    const worked = await this.app.attempt(async () => {
      const answer = await this.app.api.send('POST', `/api/admin/providers/${encodeURIComponent(one.id)}/test`, {});
      const steps = answer['steps'] as readonly TestStep[];
      fill(result, h('p', { class: 'verdict', 'data-kind': answer['ok'] === true ? 'good' : 'wrong' }, answer['ok'] === true ? t.works : t.fails),
        h('ol', { class: 'test-steps' }, ...steps.map((step) => h('li', { 'data-kind': step.ok ? 'connected' : 'failed' },
          h('b', {}, t.steps[step.step] ?? step.step), h('span', { class: 'visually-hidden' }, step.ok ? t.stepGood : t.stepBad), h('span', {}, fromServer(step.detail))))));
    });
    if (!worked) fill(result);
  }

  private async edit(kind: Provider['kind'], one?: Provider): Promise<void> {
    if (!(await editProvider(this.app, kind, one))) return;
    await this.app.attempt(() => this.load());
  }

  private async setEnabled(one: Provider, enabled: boolean): Promise<void> {
    await this.app.attempt(async () => { await this.app.api.send('PUT', `/api/admin/providers/${encodeURIComponent(one.id)}`, { enabled }); }, text.shell.saved);
    await this.app.attempt(() => this.load());
  }

  private async remove(one: Provider): Promise<void> {
    if (!(await confirm({ title: t.removeTitle(one.name), text: t.removeText, agree: text.shell.remove, danger: true }))) return;
    await this.app.attempt(async () => { await this.app.api.send('DELETE', `/api/admin/providers/${encodeURIComponent(one.id)}`); }, t.removed(one.name));
    await this.app.attempt(() => this.load());
  }
}
