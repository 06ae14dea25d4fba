// The shell around core/session: owns the socket, the timer, the decoder and the canvas of one session. Lives in the
// worker; everything happens in the order of its events.
import type { Effect, UpdateWork } from '../core/effects.js';
import type { Rect } from '../core/geometry.js';
import { subprotocolsOf } from '../core/opening.js';
import { type Held, Session } from '../core/session.js';
import { kCacheIdBytes } from '../wire/messages.gen.js';
import { CanvasPainter } from './canvas_painter.js';
import { DecodeError, Decoder } from './decoder.js';
import type { FromWorkerBody, ToWorker } from './messages.js';
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
  /** The decoder is out of step; nothing of it may be shown until the next reset. */
  private faulty = true;
  private lastExact = false;
  private lastUpdate = 0;
  private frames = 0;

  constructor(
    private readonly start: Start,
    videoCapabilities: () => number,
    /** A socket to the same address that is open or opening already. */
    private readonly spare: () => WebSocket | null,
    private readonly tell: (message: FromWorkerBody) => void,
  ) {
    this.painter = new CanvasPainter(start.canvas);
    const facts = {
      ...start.facts,
      get capabilities() { return start.facts.capabilities | videoCapabilities(); },
    };
    const keeper = { cache: crypto.getRandomValues(new Uint8Array(kCacheIdBytes)), held: () => this.held() };
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
        this.session.mayOpen(message.opens);
        break;
      case 'input':
        this.session.backlog(this.socket?.bufferedAmount ?? 0);
        this.session.input(message.message, message.atMs, nowMs());
        break;
      case 'ticket':
        this.session.ticket(message.bytes, nowMs());
        break;
      case 'ticketFailed':
        this.session.ticketFailed(message.failure, message.text, nowMs());
        break;
      case 'resize':
        this.session.resize(message.size);
        break;
      case 'visibility':
        this.session.visibility(message.visible, nowMs());
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
        this.session.finish(message.cause, message.text);
        break;
      case 'module':
      case 'expect':
      case 'start':
        return;
    }
    this.pump();
  }

  /** Lets go of socket, timer and memory. The canvas keeps its picture. */
  close(): void {
    this.session.finish('left', '');
    this.pump();
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
      this.session.receive(data instanceof ArrayBuffer ? new Uint8Array(data) : new Uint8Array(0), nowMs());
    });
    if (socket.readyState === WebSocket.OPEN) this.session.opened(nowMs());
  }

  private dropSocket(): void {
    const socket = this.socket;
    this.socket = null;
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
    return this.faulty ? null : this.attempt(() => this.decoder.held());
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
    const deadline = Math.min(this.session.nextDeadline(nowMs()), this.video.nextDeadline());
    if (deadline === this.timerAtMs) return;
    this.timerAtMs = deadline;
    clearTimeout(this.timer);
    if (deadline === Infinity) return;
    this.timer = setTimeout(() => {
      this.timerAtMs = Infinity;
      this.session.backlog(this.socket?.bufferedAmount ?? 0);
      this.session.tick(nowMs());
      this.video.tick();
      this.pump();
    }, Math.max(0, deadline - nowMs()));
  }
}
