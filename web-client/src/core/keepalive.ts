// Whether the other end is still there. A cut that no packet tells (Wi-Fi gone, laptop slept) shows only as silence, so
// silence is asked about: seldom when nobody does anything, at once when somebody types.
import { kPingAfter } from '../wire/messages.gen.js';

const kIdlePingMs = kPingAfter / 1000;
/** A person who typed and sees nothing wonders after this long. */
const kInputPingMs = 1_500;
/** While pictures come the round trip is measured this often, for the status display. */
const kMeasureMs = 5_000;
/** Without any answer for this long the picture is called stale; slow links answer within two seconds. */
const kSilentMs = 3_000;
/** A new link is tried when there was no answer for this long: TCP's own repair may then take minutes. */
const kLostMs = 12_000;
/** After a sleep or a change of network the old link is as a rule dead; patience is short. */
const kWakeLostMs = 3_000;

export type Silence = 'none' | 'silent' | 'lost';

export class Keepalive {
  private heardMs: number;
  private pingMs: number | null = null;
  private inputMs: number | null = null;
  private measuredMs: number;
  private busy = false;
  private patienceMs = kLostMs;

  constructor(nowMs: number) {
    this.heardMs = nowMs;
    this.measuredMs = nowMs - kMeasureMs;
  }

  /** Any message came. */
  heard(nowMs: number): void {
    this.heardMs = nowMs;
    this.pingMs = null;
    this.inputMs = null;
    this.patienceMs = kLostMs;
  }

  /** A picture came: the link is in use and its round trip is of interest. */
  usedForPicture(): void {
    this.busy = true;
  }

  /** Something was sent that should be answered by a picture or by nothing at all. */
  sentInput(nowMs: number): void {
    this.inputMs ??= nowMs;
  }

  /** The machine woke up or changed its network: ask now and do not wait long. */
  doubt(nowMs: number): void {
    this.patienceMs = kWakeLostMs;
    this.inputMs = nowMs - kInputPingMs;
  }

  /** A Ping has been sent. */
  pinged(nowMs: number): void {
    this.pingMs ??= nowMs;
    this.measuredMs = nowMs;
    this.inputMs = null;
    this.busy = false;
  }

  pingDueMs(): number {
    if (this.pingMs !== null) return Infinity;
    const idle = this.heardMs + kIdlePingMs;
    const input = this.inputMs === null ? Infinity : this.inputMs + kInputPingMs;
    const measure = this.busy ? this.measuredMs + kMeasureMs : Infinity;
    return Math.min(idle, input, measure);
  }

  silence(nowMs: number): Silence {
    if (this.pingMs === null) return 'none';
    const waited = nowMs - this.pingMs;
    if (waited >= this.patienceMs) return 'lost';
    return waited >= this.silentMs() ? 'silent' : 'none';
  }

  /** The next moment at which a ping is due or the answer of silence() changes. */
  nextDeadline(nowMs: number): number {
    if (this.pingMs === null) return this.pingDueMs();
    const silent = this.pingMs + this.silentMs();
    return nowMs < silent ? silent : this.pingMs + this.patienceMs;
  }

  private silentMs(): number {
    return Math.min(kSilentMs, this.patienceMs / 2);
  }
}
