// A session with a gateway and an agent around it, under virtual time: the small language of the session's tests.
import assert from 'node:assert/strict';
import type { Effect, Status } from '../src/core/effects.js';
import { type Held, Session } from '../src/core/session.js';
import {
  type AnyMessage,
  DesktopState,
  kCacheIdBytes,
  kMayInput,
  kMayResize,
  kMayView,
  kUpdateComplete,
  parseMessage,
  serialize,
} from '../src/wire/messages.gen.js';

export const kTicket = new Uint8Array([1, 2, 3]);
export const kCache = new Uint8Array(kCacheIdBytes).fill(7);
const kAllRights = kMayView | kMayInput | kMayResize;

export class World {
  nowMs = 1_000_000;
  readonly session: Session;
  /** Everything the session asked for and sent, oldest first, since last taken. */
  private effects: Effect[] = [];
  status: Status | null = null;
  /** What its picture and cache are. */
  held: Held | null = null;
  private updateId = 0;

  constructor(random = 0.5) {
    const facts = { capabilities: 1, browser: 'Test 1', timeZone: 'UTC', locale: 'en', cacheKib: 4096 };
    const keeper = { cache: kCache, held: () => this.held };
    this.session = new Session(facts, { width: 800, height: 600, scalePercent: 100 }, () => random, keeper, this.nowMs);
  }

  /** Takes what the session asked for, all of it or of one type. */
  take<T extends Effect['type']>(type: T): Extract<Effect, { type: T }>[] {
    this.collect();
    const found = this.effects.filter((one): one is Extract<Effect, { type: T }> => one.type === type);
    this.effects = this.effects.filter((one) => one.type !== type);
    return found;
  }

  /** The messages sent since the last call. */
  sent(): AnyMessage[] {
    return this.take('send').map(({ bytes }) => {
      const message = parseMessage(bytes);
      assert.ok(message !== null);
      return message;
    });
  }

  sentOf<T extends AnyMessage['type']>(type: T): Extract<AnyMessage, { type: T }>[] {
    return this.sent().filter((one): one is Extract<AnyMessage, { type: T }> => one.type === type);
  }

  /** What is asked for in order, as types. */
  order(): string[] {
    this.collect();
    const types = this.effects.filter((one) => one.type !== 'status' && one.type !== 'quality').map((one) => one.type);
    this.effects = [];
    return types;
  }

  private collect(): void {
    for (const effect of this.session.takeOutput()) {
      if (effect.type === 'status') this.status = effect.status;
      this.effects.push(effect);
    }
  }

  get phase(): string | undefined {
    this.collect();
    return this.status?.phase;
  }

  get cause(): string | undefined {
    this.collect();
    return this.status?.cause;
  }

  /** Time passes; deadlines on the way are met. */
  pass(ms: number): void {
    const until = this.nowMs + ms;
    for (let steps = 0; ; steps += 1) {
      assert.ok(steps < 10_000, 'the session asks for the same moment for ever');
      const next = this.session.nextDeadline(this.nowMs);
      if (next > until) break;
      this.nowMs = Math.max(this.nowMs, next);
      this.session.tick(this.nowMs);
    }
    this.nowMs = until;
  }

  receive(message: AnyMessage): void {
    this.session.receive(serialize(message), this.nowMs);
  }

  /** The socket opens and the ticket comes. */
  connect(): void {
    this.session.opened(this.nowMs);
    this.session.ticket(kTicket, this.nowMs);
  }

  /** The other end answers each Ping so far; gives how many there were. */
  answerPings(): number {
    const pings = this.sentOf('Ping');
    for (const ping of pings) this.receive({ type: 'Pong', timeUs: ping.timeUs, clockUs: 0 });
    return pings.length;
  }

  welcome(rights = kAllRights): void {
    this.receive({ type: 'Welcome', version: 1, session: 's', rights });
  }

  desktop(state: DesktopState, text = ''): void {
    if (state === DesktopState.Connected) this.updateId = 0;
    this.receive({ type: 'DesktopStatus', state, text });
  }

  reset(width = 800, height = 600): void {
    this.receive({ type: 'SurfaceReset', epoch: 1, width, height });
  }

  /** An update arrives and is applied at once; `frames` of its video packets are still to come. */
  update({
    flags = kUpdateComplete, inputSequence = 0, inputs = [] as readonly number[], captureUs = this.nowMs * 1_000, agentUs = 0, frames = 0, changed = true,
  } = {}): void {
    this.updateId += 1;
    const body = new Uint8Array([this.updateId]);
    this.receive({ type: 'Update', id: this.updateId, flags, inputSequence, captureUs, agentUs, body, inputs: Uint32Array.from(inputs) });
    this.collect();
    const times = { receivedMs: this.nowMs, decodeMs: 1, presentMs: 1 };
    this.session.applied({ id: this.updateId, ...times, changed }, frames, this.nowMs);
  }

  /** From nothing to a live picture. */
  goLive(): this {
    this.session.start(this.nowMs);
    this.connect();
    this.welcome();
    this.desktop(DesktopState.Connected);
    this.reset();
    this.update();
    assert.equal(this.phase, 'live');
    this.order();
    return this;
  }
}
