// Which pages there are, and which of them an address means.
import { AppPage, AppsPage } from './apps_page.js';
import { AccessPage } from './access_page.js';
import { AuditPage } from './audit_page.js';
import { ProvidersPage } from './providers_page.js';
import type { Feature } from './admin_api.js';
import type { AdminApp, AdminPage } from './admin_app.js';
import { GroupPage, GroupsPage } from './groups_page.js';
import { MissingPage } from './missing_page.js';
import { OverviewPage } from './overview_page.js';
import { PoolPage, PoolsPage } from './pools_page.js';
import { SessionPage } from './session_page.js';
import { SessionsPage } from './sessions_page.js';
import { SettingsPage } from './settings_page.js';
import type { Section } from './shell.js';
import { text } from './text_admin.js';
import { TokensPage } from './tokens_page.js';
import { UserPage } from './user_page.js';
import { UsersPage } from './users_page.js';

interface Entry extends Section {
  /** What the server has to be able to do; else the page is not offered. */
  readonly needs?: Feature;
  list(app: AdminApp): AdminPage;
  one?(app: AdminApp, id: string): AdminPage;
}

const t = text.sections;

const entries: readonly Entry[] = [
  { key: '', title: t.overview, icon: 'overview', list: (app) => new OverviewPage(app) },
  { key: 'sessions', title: t.sessions, icon: 'sessions', list: (app) => new SessionsPage(app), one: (app, id) => new SessionPage(app, id) },
  { key: 'pools', title: t.pools, icon: 'pools', list: (app) => new PoolsPage(app), one: (app, id) => new PoolPage(app, id) },
  { key: 'apps', title: t.apps, icon: 'apps', list: (app) => new AppsPage(app), one: (app, id) => new AppPage(app, id) },
  { key: 'users', title: t.users, icon: 'users', list: (app) => new UsersPage(app), one: (app, id) => new UserPage(app, id) },
  { key: 'groups', title: t.groups, icon: 'groups', list: (app) => new GroupsPage(app), one: (app, id) => new GroupPage(app, id) },
  { key: 'access', title: t.access, icon: 'access', list: (app) => new AccessPage(app) },
  { key: 'providers', title: t.providers, icon: 'providers', needs: 'providers', list: (app) => new ProvidersPage(app) },
  { key: 'audit', title: t.audit, icon: 'audit', needs: 'audit', list: (app) => new AuditPage(app) },
  { key: 'tokens', title: t.tokens, icon: 'tokens', needs: 'tokens', list: (app) => new TokensPage(app) },
  { key: 'settings', title: t.settings, icon: 'settings', list: (app) => new SettingsPage(app) },
];

/** The sections this server can fill. */
export function sections(app: AdminApp): readonly Section[] {
  return entries.filter((entry) => entry.needs === undefined || app.can(entry.needs));
}

export function pageOf(app: AdminApp, parts: readonly string[]): AdminPage {
  const [key = '', id, ...more] = parts;
  const entry = entries.find((one) => one.key === key);
  if (entry === undefined || more.length > 0 || (entry.needs !== undefined && !app.can(entry.needs))) return new MissingPage(text.shell.notFound);
  if (id === undefined) return entry.list(app);
  return entry.one?.(app, id) ?? new MissingPage(text.shell.notFound);
}
