// All that a session measures about itself: round trips and clocks, inputs and their pictures, the figures of each
// second while somebody looks, and why it is slow. Times are milliseconds of the session's clock.
import type { InputTimes, LinkFigures, Update } from '../wire/messages.gen.js';
import { ClockOffset } from './clock_offset.js';
import type { Quality } from './effects.js';
import { FiguresLog, type Figures } from './figures.js';
import { InputLatency, RoundTrip } from './latency.js';
import { Slowness } from './slowness.js';
import { TimeReport } from './time_report.js';

export class Measuring {
  private readonly clock = new ClockOffset();
  private readonly latency = new InputLatency(this.clock);
  private readonly times = new TimeReport();
  private readonly roundTrip = new RoundTrip();
  private readonly slowness = new Slowness();
  private figures: FiguresLog;
  private looking = false;
  private exact = false;
  /** A picture came since the last round trip: an idle session has nothing to tell. */
  private inUse = false;

  constructor(nowMs: number) {
    this.figures = new FiguresLog(this.slowness, nowMs);
  }

  /** Another agent: its clock is another, and sequence numbers start again. */
  restart(): void {
    this.clock.restart();
    this.latency.restart();
    this.times.restart();
  }

  watch(watched: boolean, nowMs: number): void {
    this.looking = watched;
    this.figures = new FiguresLog(this.slowness, nowMs);
  }

  get watched(): boolean {
    return this.looking;
  }

  input(sequence: number, atMs: number): void {
    this.latency.sent(sequence, atMs);
  }

  received(bytes: number): void {
    this.figures.received(bytes);
  }

  update(update: Update, exact: boolean, nowMs: number): void {
    this.inUse = true;
    this.exact = exact;
    this.latency.received(update, nowMs);
  }

  applied(decodeMs: number, presentMs: number, nowMs: number): void {
    const splits = this.latency.shown(presentMs, nowMs);
    this.times.add(splits);
    this.figures.shown(splits, this.exact, decodeMs + presentMs);
    this.judge(nowMs);
  }

  /** A Ping of `sentMs` was answered; `clockMs` is 0 when by the gateway, whose clock says nothing. */
  pong(sentMs: number, clockMs: number, nowMs: number): void {
    this.roundTrip.add(nowMs - sentMs);
    this.judge(nowMs);
    if (clockMs === 0) return;
    this.clock.add(sentMs, clockMs, nowMs);
    if (this.inUse && nowMs >= sentMs) this.times.addRoundTrip(nowMs - sentMs);
    this.inUse = false;
  }

  link(figures: LinkFigures): void {
    this.figures.handle(figures);
  }

  dueMs(): number {
    return Math.min(this.times.dueMs(), this.looking ? this.figures.dueMs() : Infinity);
  }

  takeTimes(nowMs: number): InputTimes | null {
    return this.times.take(nowMs);
  }

  takeFigures(nowMs: number): Figures | null {
    return this.looking ? this.figures.take(this.roundTrip.medianMs, nowMs) : null;
  }

  /** Ends a second while nobody looks; no timer runs for that. */
  private judge(nowMs: number): void {
    if (!this.looking) this.figures.take(this.roundTrip.medianMs, nowMs);
  }

  get quality(): Quality {
    const whole = (ms: number | null): number | null => (ms === null ? null : Math.round(ms));
    return { roundTripMs: whole(this.roundTrip.medianMs), inputToPictureMs: whole(this.latency.medianMs), slow: this.slowness.current };
  }
}
