// The shell around core/session: owns the socket, the timer, the decoder and the canvas of one session. Lives in the
// worker; everything happens in the order of its events.
import type { Effect, UpdateWork } from '../core/effects.js';
import type { Rect } from '../core/geometry.js';
import { subprotocolsOf, type Opens } from '../core/opening.js';
import { type Held, Session } from '../core/session.js';
import { kNothing } from '../core/session_facts.js';
import { CanvasPainter } from './canvas_painter.js';
import { DecodeError, Decoder } from './decoder.js';
import type { FromWorkerBody, ToWorker } from './messages.js';
import type { Snapshots, Taken } from './snapshots.js';
import { VideoLayer } from './video_layer.js';

/** Milliseconds since the Unix epoch, as fine and as steady as the page's event times. */
export const nowMs = (): number => performance.timeOrigin + performance.now();

/** The page looks for the caret among this many changes; more are no typing. */
const kFewRects = 8;

type Start = Extract<ToWorker, { type: 'start' }>;

export class ViewerLink {
  private readonly session: Session;
  private readonly decoder = new Decoder();
  /** What the socket brought while the decoder was still on its way. No more than the agent sends unacknowledged. */
  private early: (() => void)[] = [];
  private readonly painter: CanvasPainter;
  private readonly video: VideoLayer;
  private socket: WebSocket | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private timerAtMs = Infinity;
  /** Whether updates go straight to the canvas, or the canvas still shows an older picture. */
  private showing = false;
  /** What came while a snapshot is opened; null: none is. */
  private heldBack: Uint8Array<ArrayBuffer>[] | null = null;
  private closed = false;
  /** The decoder is out of step; nothing of it may be shown until the next reset. */
  private faulty = true;
  private lastExact = false;
  private lastUpdate = 0;
  private frames = 0;

  constructor(
    private readonly start: Start,
    private readonly snapshots: Snapshots,
    moreCapabilities: () => number,
    /** A socket to the same address that is open or opening already. */
    private readonly spare: () => WebSocket | null,
    private readonly tell: (message: FromWorkerBody) => void,
  ) {
    this.painter = new CanvasPainter(start.canvas);
    const facts = {
      ...start.facts,
      get capabilities() { return start.facts.capabilities | moreCapabilities(); },
    };
    const keeper = { get cache() { return snapshots.cache; }, held: () => this.held() };
    this.session = new Session(facts, start.size, Math.random, keeper, nowMs());
    this.session.mayOpen(start.opens);
    this.video = new VideoLayer(this.decoder, this.painter, {
      done: (update, presentMs) => { this.session.frameDone(update, presentMs, nowMs()); },
      painted: () => {
        this.frames += 1;
        this.tellShown();
      },
      failed: (codec, text) => { this.session.videoFailed(codec, text); },
      run: (act) => {
        this.attempt(act);
        this.pump();
      },
    }, nowMs);
    this.session.start(nowMs());
    this.pump();
  }

  /** With the decoder the picture can begin; a link is on its way by then. */
  async load(module: WebAssembly.Module): Promise<void> {
    await this.decoder.load(module);
    for (const act of this.early.splice(0)) act();
  }

  handle(message: ToWorker): void {
    switch (message.type) {
      case 'mayOpen':
        void this.mayOpen(message.opens);
        return;
      case 'input':
        this.session.backlog(this.socket?.bufferedAmount ?? 0);
        this.session.input(message.message, message.atMs, nowMs());
        break;
      case 'ticket':
        void this.greet(message.bytes, message.session);
        return;
      case 'ticketFailed':
        this.session.ticketFailed(message.failure, message.text, nowMs());
        break;
      case 'resize':
        this.session.resize(message.size);
        break;
      case 'visibility':
        this.session.visibility(message.visible, nowMs());
        if (!message.visible && this.snapshots.wanted) this.saveSnapshot();
        break;
      case 'wantCopy':
        this.session.wantCopy(message.formats);
        break;
      case 'paste':
        this.session.paste(message.clips);
        break;
      case 'cancelClip':
        this.session.cancelClip();
        break;
      case 'followPrimary':
        this.session.followPrimary(message.follow);
        break;
      case 'screenshot':
        void this.painter.png().then((picture) => { this.tell({ type: 'screenshot', picture }); });
        return;
      case 'wake':
        this.session.wake(nowMs());
        break;
      case 'prefer':
        this.session.prefer(message.terms);
        break;
      case 'watch':
        this.session.watch(message.watched, nowMs());
        break;
      case 'finish':
        // Whoever goes back to the list of apps comes back perhaps.
        if (message.cause === 'left' && this.snapshots.wanted) this.saveSnapshot();
        this.session.finish(message.cause, message.text);
        break;
      case 'module':
      case 'expect':
      case 'forgetDevice':
      case 'start':
        return;
    }
    this.pump();
  }

  /** Lets go of socket, timer and memory. The canvas keeps its picture. */
  close(): void {
    this.session.finish('left', '');
    this.pump();
    this.closed = true;
    this.snapshots.close();
    clearTimeout(this.timer);
    this.video.reset();
    this.decoder.free();
  }

  /** Does what the session asks until it asks for nothing more, then sets the timer. */
  private pump(): void {
    for (let effects = this.session.takeOutput(); effects.length > 0; effects = this.session.takeOutput()) {
      for (const effect of effects) this.perform(effect);
    }
    this.schedule();
  }

  private perform(effect: Effect): void {
    switch (effect.type) {
      case 'open':
        return this.openSocket(effect.words);
      case 'send':
        if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(effect.bytes);
        return;
      case 'drop':
        this.video.reset();
        return this.dropSocket();
      case 'snapshotKey':
        void this.openSnapshot(effect.key, effect.serial);
        return;
      case 'status':
        this.snapshots.status(effect.status.rights, effect.status.phase === 'ended' ? effect.status.cause : null);
        return this.tell(effect);
      case 'reset':
        return this.reset(effect.width, effect.height);
      case 'update':
        return this.apply(effect.update);
      case 'show':
        return this.show();
      case 'hide':
        this.showing = false;
        this.video.hide();
        return;
      case 'check':
        this.session.checked(effect.updateId, this.decoder.wrongTiles(effect.tiles, effect.hashes));
        return;
      case 'cursor':
        // A copy: the bytes are a view into the message.
        return this.tell({ ...effect, rgba: effect.rgba.slice() });
      default:
        return this.tell(effect);
    }
  }

  private openSocket(words: Uint8Array | null): void {
    this.dropSocket();
    const spare = this.spare();
    const subprotocols = spare === null && words !== null ? subprotocolsOf(words) : null;
    const socket = spare ?? new WebSocket(this.start.url, subprotocols ?? []);
    socket.binaryType = 'arraybuffer';
    this.socket = socket;
    // Events of a socket that was replaced meanwhile are of no interest.
    const when = (event: string, act: (event: Event) => void): void => {
      socket.addEventListener(event, (fired) => {
        const run = (): void => {
          if (socket !== this.socket) return;
          act(fired);
          this.pump();
        };
        if (event === 'open' || this.decoder.loaded) run();
        else this.early.push(run);
      });
    };
    when('open', () => this.session.opened(nowMs(), subprotocols !== null));
    when('close', () => {
      this.socket = null;
      this.session.closed(nowMs());
    });
    when('message', (event) => {
      const data = (event as MessageEvent<unknown>).data;
      // A text message has no place in the protocol; as no bytes it is malformed.
      const bytes = data instanceof ArrayBuffer ? new Uint8Array(data) : new Uint8Array(0);
      if (this.heldBack === null) this.session.receive(bytes, nowMs());
      else this.heldBack.push(bytes);
    });
    if (socket.readyState === WebSocket.OPEN) this.session.opened(nowMs());
  }

  private dropSocket(): void {
    const socket = this.socket;
    this.socket = null;
    this.heldBack = null;
    this.early = [];
    socket?.close(1000);
  }

  private reset(width: number, height: number): void {
    this.showing = false;
    // Nothing is built on a picture that went wrong.
    if (this.faulty) this.decoder.free();
    this.faulty = false;
    this.video.reset();
    this.attempt(() => { this.decoder.reset({ width, height }, this.start.facts.cacheKib); });
  }

  private held(): Held | null {
    if (this.faulty) return { ...kNothing, snapshot: this.snapshots.offer };
    return this.attempt(() => this.decoder.held());
  }

  // --- what is kept on the device --------------------------------------------------------------------------------

  // The hello names what was found on the device, so that comes first; it is looked for since the page was opened.

  private async greet(ticket: Uint8Array, session: string): Promise<void> {
    await this.snapshots.find(session, this.start.facts.monitor);
    if (this.closed) return;
    this.session.ticket(ticket, nowMs());
    this.pump();
  }

  private async mayOpen(opens: Opens | null): Promise<void> {
    if (opens !== null) await this.snapshots.find(opens.session || opens.resource, this.start.facts.monitor);
    if (this.closed) return;
    this.session.mayOpen(opens);
    this.pump();
  }

  /** Messages wait meanwhile: the first update may build on what is opened. */
  private async openSnapshot(key: Uint8Array<ArrayBuffer>, serial: number): Promise<void> {
    const waiting: Uint8Array<ArrayBuffer>[] = [];
    this.heldBack = waiting;
    const opened = await this.snapshots.open(key, serial, (records) => {
      // Another link by now, which named for itself what there is.
      if (this.heldBack !== waiting) return false;
      const loaded = this.attempt(() => this.decoder.loadSnapshot(records, this.start.facts.cacheKib)) === true;
      this.faulty = !loaded;
      return loaded;
    });
    if (this.heldBack !== waiting) return;
    this.heldBack = null;
    if (!opened) this.session.decodeFailed('the snapshot cannot be opened', nowMs());
    for (const bytes of waiting) {
      if (!this.closed) this.session.receive(bytes, nowMs());
      this.pump();
    }
    this.pump();
  }

  forgetSnapshot(): void {
    this.snapshots.forget();
  }

  /** There is an agent to tell of it, and a picture that is whole. */
  private maySave(): boolean {
    return this.showing && !this.faulty && this.session.paired();
  }

  private saveSnapshot(): void {
    if (!this.maySave()) return;
    const take = (anew: boolean): Taken | null =>
      this.attempt(() => {
        const record = this.decoder.save(anew);
        const held = this.decoder.held();
        return held === null ? null : { record, held };
      });
    this.snapshots.save(take, (serial, held) => { this.session.saved(serial, held); }, nowMs());
  }

  private apply(update: UpdateWork): void {
    if (this.faulty) return;
    const begun = nowMs();
    const applied = this.attempt(() => {
      const rects = this.decoder.apply(update.body);
      const packets = this.decoder.videoPackets(update.body);
      return { rects: this.video.visible(rects, packets), packets };
    });
    if (applied === null) return;
    const { rects, packets } = applied;
    const decoded = nowMs();
    this.lastExact = update.exact;
    this.lastUpdate = update.id;
    this.snapshots.changed(decoded);
    if (this.showing) this.painter.put(this.decoder.pixels(), rects);
    const done = nowMs();
    const times = { receivedMs: update.receivedMs, decodeMs: decoded - begun, presentMs: done - decoded };
    this.session.applied({ id: update.id, ...times, changed: rects.length > 0 }, packets.length, done);
    for (const packet of packets) this.video.take(packet, update.id);
    if (this.showing) this.tellShown(rects.length <= kFewRects ? rects : []);
  }

  private show(): void {
    if (this.faulty) return;
    const { width, height } = this.decoder.size;
    this.painter.show(this.decoder.pixels());
    this.showing = true;
    this.attempt(() => { this.video.show(); });
    this.tell({ type: 'surface', width, height });
    this.tellShown();
  }

  private tellShown(changed: readonly Rect[] = []): void {
    this.tell({ type: 'shown', update: this.lastUpdate, exact: this.lastExact, frames: this.frames, video: this.video.coding, changed });
  }

  /** Runs decoder work; a fault of it resets the link. Null then. */
  private attempt<T>(work: () => T): T | null {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      this.showing = false;
      this.faulty = true;
      this.video.reset();
      this.session.decodeFailed(error.message, nowMs());
      return null;
    }
  }

  private schedule(): void {
    const deadline = Math.min(this.session.nextDeadline(nowMs()), this.video.nextDeadline(), this.maySave() ? this.snapshots.dueMs() : Infinity);
    if (deadline === this.timerAtMs) return;
    this.timerAtMs = deadline;
    clearTimeout(this.timer);
    if (deadline === Infinity) return;
    this.timer = setTimeout(() => {
      this.timerAtMs = Infinity;
      this.session.backlog(this.socket?.bufferedAmount ?? 0);
      this.session.tick(nowMs());
      this.video.tick();
      if (this.snapshots.dueMs() <= nowMs()) this.saveSnapshot();
      this.pump();
    }, Math.max(0, deadline - nowMs()));
  }
}
