// The shell around core/session: owns the socket, the timer, the decoder and the canvas of one session. Lives in the
// worker; everything happens in the order of its events.
import type { Effect, UpdateWork } from '../core/effects.js';
import { Session } from '../core/session.js';
import { CanvasPainter } from './canvas_painter.js';
import { DecodeError, type Decoder } from './decoder.js';
import type { FromWorkerBody, ToWorker } from './messages.js';

/** Milliseconds since the Unix epoch, as fine and as steady as the page's event times. */
export const nowMs = (): number => performance.timeOrigin + performance.now();

type Start = Extract<ToWorker, { type: 'start' }>;

export class ViewerLink {
  private readonly session: Session;
  private readonly painter: CanvasPainter;
  private socket: WebSocket | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private timerAtMs = Infinity;
  /** Whether updates go straight to the canvas, or the canvas still shows an older picture. */
  private showing = false;
  /** The decoder is out of step; nothing of it may be shown until the next reset. */
  private faulty = true;
  private lastExact = false;
  private lastUpdate = 0;

  constructor(
    private readonly start: Start,
    private readonly decoder: Decoder,
    private readonly tell: (message: FromWorkerBody) => void,
  ) {
    this.painter = new CanvasPainter(start.canvas);
    this.session = new Session(start.facts, start.size, Math.random, nowMs());
    this.session.start(nowMs());
    this.pump();
  }

  handle(message: ToWorker): void {
    switch (message.type) {
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
        return this.openSocket();
      case 'send':
        if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(effect.bytes);
        return;
      case 'drop':
        return this.dropSocket();
      case 'reset':
        return this.reset(effect.width, effect.height);
      case 'update':
        return this.apply(effect.update);
      case 'show':
        return this.show();
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

  private openSocket(): void {
    this.dropSocket();
    const socket = new WebSocket(this.start.url);
    socket.binaryType = 'arraybuffer';
    this.socket = socket;
    // Events of a socket that was replaced meanwhile are of no interest.
    const when = (event: string, act: (event: Event) => void): void => {
      socket.addEventListener(event, (fired) => {
        if (socket !== this.socket) return;
        act(fired);
        this.pump();
      });
    };
    when('open', () => this.session.opened(nowMs()));
    when('close', () => {
      this.socket = null;
      this.session.closed(nowMs());
    });
    when('message', (event) => {
      const data = (event as MessageEvent<unknown>).data;
      // A text message has no place in the protocol; as no bytes it is malformed.
      this.session.receive(data instanceof ArrayBuffer ? new Uint8Array(data) : new Uint8Array(0), nowMs());
    });
  }

  private dropSocket(): void {
    const socket = this.socket;
    this.socket = null;
    socket?.close(1000);
  }

  private reset(width: number, height: number): void {
    this.showing = false;
    this.faulty = false;
    this.attempt(() => this.decoder.reset({ width, height }));
  }

  private apply(update: UpdateWork): void {
    if (this.faulty) return;
    const begun = nowMs();
    const rects = this.attempt(() => this.decoder.apply(update.body));
    if (rects === null) return;
    const decoded = nowMs();
    this.lastExact = update.exact;
    this.lastUpdate = update.id;
    if (this.showing) this.painter.put(this.decoder.pixels(), rects);
    const done = nowMs();
    this.session.applied(update.id, update.receivedMs, decoded - begun, done - decoded, done);
    if (this.showing) this.tellShown();
  }

  private show(): void {
    if (this.faulty) return;
    const { width, height } = this.decoder.size;
    this.painter.show(this.decoder.pixels());
    this.showing = true;
    this.tell({ type: 'surface', width, height });
    this.tellShown();
  }

  private tellShown(): void {
    this.tell({ type: 'shown', update: this.lastUpdate, exact: this.lastExact });
  }

  /** Runs decoder work; a fault of it resets the link. Null then. */
  private attempt<T>(work: () => T): T | null {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      this.showing = false;
      this.faulty = true;
      this.session.decodeFailed(error.message, nowMs());
      return null;
    }
  }

  private schedule(): void {
    const deadline = this.session.nextDeadline(nowMs());
    if (deadline === this.timerAtMs) return;
    this.timerAtMs = deadline;
    clearTimeout(this.timer);
    if (deadline === Infinity) return;
    this.timer = setTimeout(() => {
      this.timerAtMs = Infinity;
      this.session.backlog(this.socket?.bufferedAmount ?? 0);
      this.session.tick(nowMs());
      this.pump();
    }, Math.max(0, deadline - nowMs()));
  }
}
