// One user: groups, what may be opened and why, sessions, and what can be done.
import { fill, h } from '../dom.js';
import type { AdminGroup, AdminResource, AdminUser } from './admin_api.js';
import { about, type AdminApp, type AdminPage } from './admin_app.js';
import { pageHead } from './form_dialog.js';
import { grantSomething } from './grant_dialog.js';
import { missing } from './missing_page.js';
import { badge, button, card, crumb, facts, resourceIcon, resourceLink, stateBadge } from './parts.js';
import { place } from './place.js';
import { text } from './text_admin.js';
import { browsersCard } from './browsers_card.js';
import { factorsCard } from './factors_card.js';
import { removeUser, setDisabled, setPassword } from './user_dialogs.js';
import { sourceOf } from './users_page.js';
import { day } from './words.js';

const t = text.users;
const kEveryone = 'everyone';

export class UserPage implements AdminPage {
  readonly title: string;
  readonly element = h('div');
  readonly concerns = about('user.', 'group.', 'grant', 'revoke', 'resource.', 'site.', 'second-factor.', 'login', 'logout', 'web-session.');
  private readonly sessions = h('div');

  constructor(
    private readonly app: AdminApp,
    private readonly name: string,
  ) {
    this.title = name;
  }

  async load(): Promise<void> {
    const [users, groups, resources] = await Promise.all([this.app.api.users(), this.app.api.groups(), this.app.api.resources()]);
    const user = users.find((one) => one.name === this.name);
    if (user === undefined) return fill(this.element, missing(t.gone, text.shell.notFoundText, place('users'), t.title));
    const factors = this.app.can('factors') ? factorsCard(this.app, user, await this.app.api.factors(user.name), await this.app.api.factorsRequired()) : null;
    const browsers = browsersCard(this.app, user, await this.app.api.browsers(user.name));
    // A redraw must not take the focus from what has it.
    const focused = document.activeElement?.getAttribute('data-focus') ?? null;
    this.draw(user, groups, resources, [browsers, factors]);
    if (focused !== null) this.element.querySelector<HTMLElement>(`[data-focus="${CSS.escape(focused)}"]`)?.focus();
  }

  live(): void {
    const rows = [...this.app.live.sessions.values()].filter((row) => row.user === this.name);
    if (rows.length === 0) return fill(this.sessions, h('p', { class: 'muted' }, t.noSessions));
    fill(this.sessions, h('ul', { class: 'link-list' }, ...rows.map((row) =>
      h('li', {}, h('a', { href: place('sessions', row.session) }, resourceIcon(row.resource), h('span', {}, row.name)), stateBadge(row.state)))));
  }

  private draw(user: AdminUser, groups: readonly AdminGroup[], resources: readonly AdminResource[], more: readonly (HTMLElement | null)[]): void {
    const remove = async (): Promise<void> => { if (await removeUser(this.app, user)) this.app.go('/users'); };
    fill(this.element,
      crumb('users', t.title),
      pageHead(user.display_name, user.display_name === user.name ? null : user.name,
        user.provider === undefined || user.provider === 'local' ? button(t.setPassword, 'access', () => { void setPassword(this.app, user); }) : null,
        this.app.can('providers') ? button(user.disabled === true ? t.enable : t.disable, 'unplug', () => { void setDisabled(this.app, user, user.disabled !== true); }) : null,
        button(text.shell.remove, 'remove', () => { void remove(); }, 'danger')),
      h('div', { class: 'cards' },
        card(text.sessions.facts, facts([
          [t.name, user.name],
          [t.role, user.admin ? badge('admin', t.administrator) : t.user],
          [t.source, sourceOf(user)],
          [t.state, user.disabled === true ? badge('failed', t.disabledState) : t.active],
          [t.added, day(user.created_s)],
        ])),
        this.memberships(user, groups),
        card(t.canOpen, h('p', { class: 'muted' }, t.canOpenNote), this.openable(user, resources),
          button(t.grant, 'plus', () => { void grantSomething(this.app, { user: user.name }); })),
        card(t.sessionsOf, this.sessions),
        ...more));
    this.live();
  }

  private memberships(user: AdminUser, groups: readonly AdminGroup[]): HTMLElement {
    const own = groups.filter((group) => !group.built_in);
    const boxes = own.map((group) => {
      const box = h('input', { type: 'checkbox', checked: user.groups.includes(group.name), 'data-focus': `group-${group.name}` });
      box.addEventListener('change', () => { void this.setMember(group.name, user.name, box); });
      return h('label', { class: 'check' }, box, h('span', {}, group.name));
    });
    return card(t.memberOf, h('p', { class: 'muted' }, t.memberHint),
      boxes.length === 0 ? h('p', {}, t.noGroups) : h('div', { class: 'checks' }, ...boxes));
  }

  private async setMember(group: string, user: string, box: HTMLInputElement): Promise<void> {
    const done = await this.app.attempt(() => this.app.api.setMember(group, user, box.checked), text.shell.saved);
    if (!done) box.checked = !box.checked;
    await this.app.refresh();
  }

  private openable(user: AdminUser, resources: readonly AdminResource[]): HTMLElement {
    const rows = resources.map((resource) => ({ resource, ways: waysOf(resource, user) })).filter(({ ways }) => ways.length > 0);
    if (rows.length === 0) return h('p', {}, t.cannot);
    return h('ul', { class: 'link-list' }, ...rows.map(({ resource, ways }) =>
      h('li', {}, h('a', { href: resourceLink(resource) }, resourceIcon(resource.id), h('span', {}, resource.name)), h('small', {}, ways.join(', ')))));
  }
}

/** By which grants the user may open it, as words. */
function waysOf(resource: AdminResource, user: AdminUser): string[] {
  return resource.grants.flatMap((grant): string[] => {
    if (grant.user === user.name) return [t.byName];
    if (grant.group === undefined || !(grant.group === kEveryone || user.groups.includes(grant.group))) return [];
    return [t.byGroup(grant.group)];
  });
}

