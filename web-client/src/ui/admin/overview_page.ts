// What an administrator sees first: how it goes, what needs a look, and the way from nothing to somebody's app.
import { fill, h } from '../dom.js';
import { fromServer } from '../language/server.js';
import type { AdminResource, AdminUser } from './admin_api.js';
import { about, type AdminApp, type AdminPage } from './admin_app.js';
import { adminIcon, type AdminIconName } from './admin_icons.js';
import { publishApp } from './app_dialog.js';
import { partsBar, TimeChart, type Point } from './charts.js';
import { pageHead } from './form_dialog.js';
import { grantSomething } from './grant_dialog.js';
import type { LiveRow } from './live_model.js';
import { card, resourceLink } from './parts.js';
import { place } from './place.js';
import { kSlowMs } from './sessions_page.js';
import { text } from './text_admin.js';
import { addUser } from './user_dialogs.js';
import { duration, megabits, milliseconds } from './words.js';

const t = text.overview;
/** More would hide the list's end; the pages of each kind have them all. */
const kMostNotes = 8;
const kMostPoints = 600; // half an hour of three seconds

interface Note {
  readonly href: string;
  readonly title: string;
  readonly detail: string;
}

/** Points are kept while the person is on other pages. */
const history: { sessions: Point[]; traffic: Point[] } = { sessions: [], traffic: [] };

export class OverviewPage implements AdminPage {
  readonly title = t.title;
  readonly element: HTMLElement;
  readonly concerns = about('user.', 'group.', 'resource.', 'grant', 'revoke', 'pool.', 'session.', 'site.');
  private users: readonly AdminUser[] = [];
  private groupCount = 0;
  private resources: readonly AdminResource[] = [];
  private loaded = false;
  private readonly tiles = h('div', { class: 'stat-tiles' });
  private readonly notes = h('div');
  private readonly sessions = new TimeChart({ label: t.running, least: 5, shown: (value) => String(Math.round(value)), span, nothing: t.historyNote });
  private readonly traffic = new TimeChart({ label: t.traffic, least: 1, shown: megabits, span, nothing: t.historyNote });

  constructor(private readonly app: AdminApp) {
    const step = (symbol: AdminIconName, title: string, note: string, act: () => Promise<unknown>): HTMLElement =>
      h('li', {}, h('button', { type: 'button', class: 'start-step', on: { click: () => { void act(); } } },
        adminIcon(symbol), h('span', {}, h('b', {}, title), h('small', {}, note))));
    this.element = h('div', {},
      pageHead(t.title, null),
      this.tiles,
      h('div', { class: 'charts' }, this.sessions.element, this.traffic.element),
      h('div', { class: 'cards two' },
        card(t.firstSteps, h('ol', { class: 'start-steps' },
          step('users', t.stepUser, t.stepUserNote, () => addUser(app)),
          step('apps', t.stepApp, t.stepAppNote, () => publishApp(app)),
          step('access', t.stepGrant, t.stepGrantNote, () => grantSomething(app)))),
        card(t.attention, this.notes)));
  }

  async load(): Promise<void> {
    const [users, groups, resources] = await Promise.all([this.app.api.users(), this.app.api.groups(), this.app.api.resources()]);
    this.users = users;
    this.groupCount = groups.length;
    this.resources = resources;
    this.loaded = true;
    this.live();
  }

  live(): void {
    if (this.app.live.audit < 0) return;
    const rows = [...this.app.live.sessions.values()];
    this.drawTiles(rows);
    if (this.loaded) this.drawNotes(rows);
    const atS = this.app.live.serverNowS;
    push(history.sessions, { atS, value: rows.length });
    push(history.traffic, { atS, value: rows.reduce((sum, row) => sum + (row.mbit ?? 0), 0) });
    this.sessions.draw(history.sessions);
    this.traffic.draw(history.traffic);
  }

  private drawTiles(rows: readonly LiveRow[]): void {
    const used = rows.filter((row) => row.state === 'connected');
    const left = rows.filter((row) => row.state === 'disconnected' || row.state === 'assigned');
    const failed = rows.filter((row) => row.state === 'failed');
    const latencies = used.map((row) => row.latencyMs).filter((value): value is number => value !== null).sort((a, b) => a - b);
    const middle = latencies[Math.floor(latencies.length / 2)];
    const apps = this.resources.filter((one) => one.kind === 'app').length;
    fill(this.tiles,
      tile(place('sessions'), t.running, String(rows.length), partsBar([
        { kind: 'connected', label: t.viewed, count: used.length }, { kind: 'disconnected', label: t.idle, count: left.length },
        { kind: 'provisioning', label: t.starting, count: rows.length - used.length - left.length - failed.length },
        ...(failed.length === 0 ? [] : [{ kind: 'failed', label: text.pools.failedParts, count: failed.length }])], rows.length)),
      tile(place('sessions'), t.latency, middle === undefined ? '–' : milliseconds(middle), h('small', {}, t.latencyNote)),
      tile(place('users'), t.users, this.loaded ? String(this.users.length) : '–', h('small', {}, t.groups(this.groupCount))),
      tile(place('apps'), t.published, this.loaded ? String(apps) : '–', h('small', {}, t.publishedNote(this.resources.length - apps))));
  }

  private drawNotes(rows: readonly LiveRow[]): void {
    const notes: Note[] = [
      ...rows.filter((row) => row.state === 'failed').map((row) => ({ href: place('sessions', row.session), title: t.failedSession(row.display_name, row.name), detail: fromServer(row.detail) })),
      ...this.resources.filter((one) => one.unavailable !== null).map((one) => ({ href: resourceLink(one), title: t.unavailable(one.name), detail: fromServer(one.unavailable ?? '') })),
      ...rows.filter((row) => (row.latencyMs ?? 0) > kSlowMs).map((row) => ({ href: place('sessions', row.session), title: t.slowSession(row.display_name, row.name, milliseconds(row.latencyMs ?? 0)), detail: '' })),
      ...this.resources.filter((one) => one.grants.length === 0).map((one) => ({ href: resourceLink(one), title: t.nobody(one.name), detail: '' })),
    ];
    if (notes.length === 0) return fill(this.notes, h('p', { class: 'muted' }, t.fine));
    fill(this.notes, h('ul', { class: 'notes' }, ...notes.slice(0, kMostNotes).map((note) =>
      h('li', {}, h('a', { href: note.href }, h('b', {}, note.title), note.detail === '' ? null : h('small', {}, note.detail))))),
      notes.length <= kMostNotes ? null : h('p', { class: 'muted' }, t.more(notes.length - kMostNotes)));
  }
}

const span = (seconds: number): string => text.sessions.lastMinutes(duration(seconds));

function push(points: Point[], point: Point): void {
  if (points.at(-1)?.atS === point.atS) points.pop();
  points.push(point);
  if (points.length > kMostPoints) points.shift();
}

function tile(href: string, title: string, value: string, note: HTMLElement): HTMLElement {
  return h('a', { class: 'stat', href }, h('span', { class: 'stat-title' }, title), h('strong', {}, value), note);
}
