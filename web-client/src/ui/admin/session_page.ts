// One running session: what is known of it, how it answers over time, and what can be done to it.
import { fill, h } from '../dom.js';
import { fromServer } from '../language/server.js';
import type { AdminApp, AdminPage } from './admin_app.js';
import { TimeChart } from './charts.js';
import { pageHead } from './form_dialog.js';
import type { LiveRow, Sample } from './live_model.js';
import { missing } from './missing_page.js';
import { button, card, crumb, facts, stateBadge } from './parts.js';
import { place } from './place.js';
import { disconnect, endSession, sendMessage } from './session_actions.js';
import { text } from './text_admin.js';
import { browserName, bytes, duration, megabits, milliseconds, moment } from './words.js';

const t = text.sessions;

export class SessionPage implements AdminPage {
  readonly title = t.title;
  readonly element = h('div');
  private row: LiveRow | undefined;
  private readonly facts = card(t.facts);
  private readonly totals = card(t.total);
  private readonly state = h('div', { class: 'state-line' });
  private readonly disconnectButton: HTMLButtonElement;
  private readonly charts = {
    latency: new TimeChart(chart(t.latencyChart, 50, milliseconds)),
    roundTrip: new TimeChart(chart(t.roundTripChart, 20, milliseconds)),
    bandwidth: new TimeChart(chart(t.bandwidthChart, 1, megabits)),
  };

  constructor(
    private readonly app: AdminApp,
    private readonly id: string,
  ) {
    this.disconnectButton = button(t.disconnect, 'unplug', () => { if (this.row !== undefined) void disconnect(this.app, this.row); });
  }

  async load(): Promise<void> {
    if (this.app.live.audit >= 0) this.live();
  }

  live(): void {
    const row = this.app.live.sessions.get(this.id);
    if (row === undefined) return this.drawGone();
    if (row === this.row) return;
    if (this.row === undefined) this.build(row);
    this.row = row;
    this.draw(row);
  }

  private build(row: LiveRow): void {
    const act = (action: (app: AdminApp, row: LiveRow) => Promise<unknown>) => (): void => { if (this.row !== undefined) void action(this.app, this.row); };
    const end = async (app: AdminApp, session: LiveRow): Promise<void> => { if (await endSession(app, session)) app.go('/sessions'); };
    fill(this.element,
      crumb('sessions', t.title),
      pageHead(t.heading(row.display_name, row.name), this.state,
        button(t.message, 'message', act(sendMessage)), this.disconnectButton, button(t.end, 'remove', act(end), 'danger')),
      h('div', { class: 'charts' }, this.charts.latency.element, this.charts.roundTrip.element, this.charts.bandwidth.element),
      h('div', { class: 'cards two' }, this.facts, this.totals));
  }

  private draw(row: LiveRow): void {
    fill(this.state, stateBadge(row.state), row.detail === '' ? null : h('span', {}, fromServer(row.detail)));
    this.disconnectButton.disabled = row.viewers === 0;
    replaceFacts(this.facts, facts([
      [t.user, h('a', { href: place('users', row.user) }, row.display_name === row.user ? row.user : `${row.display_name} (${row.user})`)],
      [t.what, h('a', { href: place(row.kind === 'app' ? 'apps' : 'pools', row.resource) }, row.name)],
      [t.pool, h('a', { href: place('pools', row.pool) }, row.pool)],
      [t.address, row.address === '' ? '–' : row.address],
      [t.browser, row.browser === '' ? '–' : browserName(row.browser)],
      [t.screen, t.screenSize(row.width, row.height)],
      [t.viewers, String(row.viewers)],
      [t.since, `${moment(row.started_s)} (${duration(this.app.live.serverNowS - row.started_s)})`],
      [t.identifier, h('code', {}, row.session)],
    ]));
    replaceFacts(this.totals, row.measure === null ? h('p', { class: 'muted' }, t.measureNone) : facts([
      [t.typical, row.measure.response.count === 0 ? '–' : milliseconds(row.measure.response.p50_ms)],
      [t.slowest, row.measure.response.count === 0 ? '–' : milliseconds(row.measure.response.p95_ms)],
      [t.roundTripChart, row.measure.round_trip.count === 0 ? '–' : milliseconds(row.measure.round_trip.p50_ms)],
      [t.peak, megabits(row.measure.peak_mbit_s)],
      [t.sent, `${bytes(row.measure.bytes_down)} / ${bytes(row.measure.bytes_up)}`],
      [t.reconnects, String(row.measure.reconnects)],
    ]));
    const over = (of: (sample: Sample) => number | null): { atS: number; value: number | null }[] => row.samples.map((sample) => ({ atS: sample.atS, value: of(sample) }));
    this.charts.latency.draw(over((sample) => sample.responseMs));
    this.charts.roundTrip.draw(over((sample) => sample.roundTripMs));
    this.charts.bandwidth.draw(over((sample) => sample.downMbit));
  }

  private drawGone(): void {
    this.row = undefined;
    fill(this.element, missing(t.gone, t.goneText, place('sessions'), t.title));
  }
}

function chart(label: string, least: number, shown: (value: number) => string): ConstructorParameters<typeof TimeChart>[0] {
  return { label, least, shown, span: (seconds) => t.lastMinutes(duration(seconds)), nothing: t.collecting };
}

/** Everything below the card's heading; who is on a link there stays on it. */
function replaceFacts(where: HTMLElement, content: HTMLElement): void {
  const here = where.contains(document.activeElement) ? document.activeElement?.getAttribute('href') : null;
  where.lastElementChild?.matches('h2') === false ? where.lastElementChild.replaceWith(content) : where.append(content);
  [...content.querySelectorAll('a')].find((link) => link.getAttribute('href') === here)?.focus({ preventScroll: true });
}
