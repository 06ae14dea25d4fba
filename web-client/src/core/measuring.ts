// All that a session measures about itself: round trips and clocks, inputs and their pictures, and, while somebody
// looks, the figures of each second. Times are milliseconds of the session's clock.
import type { InputTimes, LinkFigures, Update } from '../wire/messages.gen.js';
import { ClockOffset } from './clock_offset.js';
import type { Quality } from './effects.js';
import { FiguresLog, type Figures } from './figures.js';
import { InputLatency, RoundTrip } from './latency.js';
import { TimeReport } from './time_report.js';

export class Measuring {
  private readonly clock = new ClockOffset();
  private readonly latency = new InputLatency(this.clock);
  private readonly times = new TimeReport();
  private readonly roundTrip = new RoundTrip();
  /** Null while nobody looks. */
  private figures: FiguresLog | null = null;
  private exact = false;
  /** A picture came since the last round trip: an idle session has nothing to tell. */
  private inUse = false;

  /** Another agent: its clock is another, and sequence numbers start again. */
  restart(): void {
    this.clock.restart();
    this.latency.restart();
    this.times.restart();
  }

  watch(watched: boolean, nowMs: number): void {
    this.figures = watched ? new FiguresLog(nowMs) : null;
  }

  get watched(): boolean {
    return this.figures !== null;
  }

  input(sequence: number, atMs: number): void {
    this.latency.sent(sequence, atMs);
  }

  received(bytes: number): void {
    this.figures?.received(bytes);
  }

  update(update: Update, exact: boolean, nowMs: number): void {
    this.inUse = true;
    this.exact = exact;
    this.latency.received(update, nowMs);
  }

  applied(decodeMs: number, presentMs: number, nowMs: number): void {
    const splits = this.latency.shown(presentMs, nowMs);
    this.times.add(splits);
    this.figures?.shown(splits, this.exact, decodeMs + presentMs);
  }

  /** A Ping of `sentMs` was answered; `clockMs` is 0 when by the gateway, whose clock says nothing. */
  pong(sentMs: number, clockMs: number, nowMs: number): void {
    this.roundTrip.add(nowMs - sentMs);
    if (clockMs === 0) return;
    this.clock.add(sentMs, clockMs, nowMs);
    if (this.inUse && nowMs >= sentMs) this.times.addRoundTrip(nowMs - sentMs);
    this.inUse = false;
  }

  link(figures: LinkFigures): void {
    this.figures?.handle(figures);
  }

  dueMs(): number {
    return Math.min(this.times.dueMs(), this.figures?.dueMs() ?? Infinity);
  }

  takeTimes(nowMs: number): InputTimes | null {
    return this.times.take(nowMs);
  }

  takeFigures(nowMs: number): Figures | null {
    return this.figures?.take(this.roundTrip.medianMs, nowMs) ?? null;
  }

  get quality(): Quality {
    const whole = (ms: number | null): number | null => (ms === null ? null : Math.round(ms));
    return { roundTripMs: whole(this.roundTrip.medianMs), inputToPictureMs: whole(this.latency.medianMs) };
  }
}
