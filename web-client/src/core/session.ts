// One session as its viewer sees it: the link, the desktop behind it, the picture and the input. Sans-IO: the shell
// hands in bytes, events and the time, then does what takeOutput() says and calls tick() at nextDeadline().
// Times are milliseconds of one clock, the same that stamps input events.
import {
  CloseCode,
  DesktopState,
  kMaxReason,
  kMaxText,
  kMayInput,
  kMayResize,
  kTicketLifetimeSeconds,
  kUpdateComplete,
  kUpdateExact,
  parseToViewer,
  serialize,
  type Holdings, type MessageFromViewer, type MessageToViewer, type PictureCheck, type SurfaceReset, type Update, type ViewerHello,
} from '../wire/messages.gen.js';
import { clipText, WireError } from '../wire/wire.js';
import { ClipboardLink, type Clip } from './clipboard.js';
import { closingOf } from './closing.js';
import type { Cause, Effect, Phase, Status } from './effects.js';
import { FrameOrder } from './frame_order.js';
import { HeldMotion, isMotion } from './held_motion.js';
import { Keepalive } from './keepalive.js';
import { Measuring } from './measuring.js';
import { readMonitors } from './monitors.js';
import { helloOf, openingOf, type Opens } from './opening.js';
import { pauseMs } from './reconnect.js';
import { SurfaceGate } from './surface_gate.js';
import { kNothing, type Held, type ViewerFacts, type Keeper, type WindowSize, type InputMessage, type AppliedUpdate, type TicketFailure } from './session_facts.js';
import type { Terms } from './terms.js';
import { splitText } from './text_edit.js';
import { capabilityOf, type VideoCodec } from './video_codec.js';

export type { ViewerFacts, Held, Keeper, WindowSize, InputMessage, AppliedUpdate, TicketFailure } from './session_facts.js';

/** From opening the socket to Welcome: DNS, TCP, TLS and hello on a slow mobile network. */
const kConnectMs = 12_000;
/** A connection begun this long before the network came back is repeated by the system in pauses of seconds. */
const kHangsMs = 1_000;
/** A ticket is not used after this part of its lifetime; the rest is for the way to the gateway. */
const kTicketFreshMs = kTicketLifetimeSeconds * 500;
/** A link that was live for this long was a good one: the next loss is met with an attempt at once. */
const kStableMs = 5_000;
/** So many links in a row that failed by the same fault of one side will not be cured by one more. */
const kMostFaults = 5;
/** Unsent bytes in the socket above which moves are merged: the network is behind, and only the newest place matters. */
const kBacklogBytes = 2_048;

const micros = (ms: number): number => Math.max(0, Math.round(ms * 1_000));

type Link =
  | { readonly state: 'paused'; readonly retryAtMs: number }
  | { readonly state: 'opening'; readonly sinceMs: number; readonly socketOpen: boolean; readonly greeted: boolean }
  | { readonly state: 'open' }
  | { readonly state: 'ended' };

/** What may come before a link is open. */
const kBeforeOpen: readonly MessageToViewer['type'][] = ['OpeningAnswer', 'Welcome', 'Close'];
/** Every so many attempts in a row the opening goes as a message: some proxy may not let a long header through. */
const kPlainEvery = 3;

export class Session {
  private link: Link = { state: 'paused', retryAtMs: Infinity };
  private output: Effect[] = [];
  private ticketBytes: { readonly bytes: Uint8Array; readonly atMs: number } | null = null;
  private askedTicket = false;
  private opens: Opens | null = null;
  private failures = 0;
  private faults = 0;
  private cause: Cause = 'none';
  private text = '';
  private welcomed = false;
  private hasPicture = false;
  private rights = 0;
  private desktop: DesktopState | null = null;
  private desktopText = '';
  /** The gateway keeps what we hold for the next agent, but listens only after its ping. */
  private holdingsDue = false;
  /** When the picture on this link first became current, or null. */
  private liveSinceMs: number | null = null;
  private silent = false;
  /** When something was last heard on a link whose picture was current. */
  private heardAtMs = 0;
  private lastStatus = '';
  private lastQuality = '';

  private readonly gate = new SurfaceGate();
  private readonly framed = new FrameOrder();
  private readonly clipboard = new ClipboardLink((message) => { this.send(message); }, (effect) => { this.output.push(effect); });
  private keepalive: Keepalive;
  private readonly measuring: Measuring;
  private terms: Terms | null = null;
  private inputSequence = 0;
  private backlogBytes = 0;
  private readonly held = new HeldMotion();
  private visible = true;
  private greetedSize: WindowSize | null = null;
  /** What the present agent has been told. */
  private agentSize: WindowSize | null = null;

  constructor(
    private readonly facts: ViewerFacts,
    private size: WindowSize,
    private readonly random: () => number,
    private readonly keeper: Keeper,
    nowMs: number,
  ) {
    this.keepalive = new Keepalive(nowMs);
    this.measuring = new Measuring(nowMs);
  }

  // --- driving it ------------------------------------------------------------------------------------------------

  /** What links may open by themselves from now on; null: each needs a ticket. */
  mayOpen(opens: Opens | null): void {
    this.opens = opens;
  }

  start(nowMs: number): void {
    this.attempt(nowMs);
    this.report();
  }

  takeOutput(): Effect[] {
    const output = this.output;
    this.output = [];
    return output;
  }

  nextDeadline(nowMs: number): number {
    switch (this.link.state) {
      case 'paused':
        return this.link.retryAtMs;
      case 'opening':
        return this.link.sinceMs + kConnectMs;
      case 'open':
        return Math.min(
          this.keepalive.nextDeadline(nowMs),
          this.gate.nextDeadline(),
          this.held.dueMs,
          this.measuring.dueMs(),
        );
      case 'ended':
        return Infinity;
    }
  }

  tick(nowMs: number): void {
    if (this.link.state === 'paused' && nowMs >= this.link.retryAtMs) this.attempt(nowMs);
    if (this.link.state === 'opening' && nowMs >= this.link.sinceMs + kConnectMs) this.lost('link-failed', '', nowMs);
    if (this.link.state === 'open') this.tickOpen(nowMs);
    this.report();
  }

  private tickOpen(nowMs: number): void {
    if (nowMs >= this.keepalive.pingDueMs()) this.ping(nowMs);
    const silence = this.keepalive.silence(nowMs);
    this.silent = silence !== 'none';
    if (silence === 'lost') return this.lost('silent', '', nowMs);
    this.showWhenDue(0, nowMs);
    if (nowMs >= this.held.dueMs) this.releaseHeld(nowMs);
    this.tellTimes(nowMs);
    const figures = this.measuring.takeFigures(nowMs);
    if (figures !== null) this.output.push({ type: 'figures', figures });
  }

  // --- what the shell reports ------------------------------------------------------------------------------------

  /** A ticket, fresh from the broker. */
  ticket(bytes: Uint8Array, nowMs: number): void {
    this.askedTicket = false;
    if (this.link.state === 'ended') return;
    this.ticketBytes = { bytes, atMs: nowMs };
    this.greetWhenReady(nowMs);
  }

  ticketFailed(failure: TicketFailure, text: string, nowMs: number): void {
    this.askedTicket = false;
    if (this.link.state === 'ended' || this.link.state === 'open') return;
    if (failure !== 'retry') this.end(failure, text);
    else if (this.link.state === 'opening') this.lost('ticket', text, nowMs);
    this.report();
  }

  /** `told`: its upgrade brought the words of the effect that asked for it. */
  opened(nowMs: number, told = false): void {
    if (this.link.state !== 'opening') return;
    this.link = { ...this.link, socketOpen: true, greeted: told };
    this.greetWhenReady(nowMs);
  }

  /** The socket closed or never opened. */
  closed(nowMs: number): void {
    if (this.link.state === 'open') this.lost('link-cut', '', nowMs);
    else if (this.link.state === 'opening') this.lost('link-failed', '', nowMs);
    this.report();
  }

  receive(bytes: Uint8Array, nowMs: number): void {
    if (this.link.state !== 'open' && this.link.state !== 'opening') return;
    this.keepalive.heard(nowMs);
    if (this.liveSinceMs !== null) this.heardAtMs = nowMs;
    this.measuring.received(bytes.length);
    this.silent = false;
    try {
      const message = parseToViewer(bytes);
      if (message !== null) this.handle(message, nowMs);
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      this.fault(error.message, nowMs);
    }
    this.report();
  }

  /**
   * The update is in the picture and, unless an older picture is still shown, on the canvas, but for `frames` video
   * packets: each of them is reported to frameDone.
   */
  applied(update: AppliedUpdate, frames: number, nowMs: number): void {
    if (this.link.state !== 'open') return;
    const { id, decodeMs, presentMs } = update;
    this.send({
      type: 'FrameAck',
      updateId: id,
      receivedUs: micros(update.receivedMs),
      decodeUs: micros(decodeMs),
      presentUs: micros(presentMs),
    });
    // What was typed shows in the picture as a rule; only where nothing of it changed the effect may be in the frames.
    const timed = frames === 0 || update.changed;
    this.framed.add({ updateId: id, timed, decodeMs, presentMs }, frames);
    if (timed) this.shown(decodeMs, presentMs, nowMs);
  }

  /** A video packet of this update was painted, or will not be. */
  frameDone(updateId: number, presentMs: number, nowMs: number): void {
    this.framed.done(updateId, presentMs);
    const done = this.framed.take();
    const last = done.at(-1);
    if (last === undefined || this.link.state !== 'open') return;
    this.send({ type: 'VideoAck', updateId: last.updateId });
    for (const one of done) {
      if (!one.timed) this.shown(one.decodeMs, one.presentMs, nowMs);
    }
  }

  /** The browser cannot decode this coding after all. */
  videoFailed(codec: VideoCodec, text: string): void {
    if (!this.paired()) return;
    this.send({ type: 'VideoFailed', capability: capabilityOf(codec), text: clipText(text, kMaxReason) });
  }

  /** What answers inputs is on the canvas. */
  private shown(decodeMs: number, presentMs: number, nowMs: number): void {
    this.measuring.applied(decodeMs, presentMs, nowMs);
    this.tellTimes(nowMs);
    this.reportQuality();
  }

  /** The update does not follow the bitstream: the picture is lost with it, and so the link starts again. */
  decodeFailed(text: string, nowMs: number): void {
    if (this.link.state === 'open') this.fault(text, nowMs);
    this.report();
  }

  checked(updateId: number, wrongTiles: Uint32Array): void {
    if (this.link.state === 'open') this.send({ type: 'PictureCheckResult', updateId, wrongTiles });
  }

  // --- what the page reports -------------------------------------------------------------------------------------

  /** Input goes out at once or, when the picture is not current, not at all: nobody types blind. */
  input(message: InputMessage, atMs: number, nowMs: number): void {
    if (!this.mayInput()) return;
    if (isMotion(message) && this.backlogBytes > kBacklogBytes) return this.hold(message, atMs, nowMs);
    if (message.type === 'PointerMove') this.held.forgetMotion();
    else this.sendHeld(nowMs);
    if (message.type === 'TextInput') {
      for (const text of splitText(message.text, kMaxText)) this.sendInput({ type: 'TextInput', text }, atMs, nowMs);
    } else {
      this.sendInput(message, atMs, nowMs);
    }
  }

  /** Bytes the socket holds unsent, told before each input. */
  backlog(bytes: number): void {
    this.backlogBytes = bytes;
  }

  resize(size: WindowSize): void {
    this.size = size;
    this.sendSize();
  }

  /** What the person prefers; null: what the session came with. */
  prefer(terms: Terms | null): void {
    this.terms = terms;
    this.sendPreferences();
  }

  /** Somebody looks at the figures, or no longer. */
  watch(watched: boolean, nowMs: number): void {
    if (watched === this.measuring.watched) return;
    this.measuring.watch(watched, nowMs);
    this.sendPreferences();
  }

  visibility(visible: boolean, nowMs: number): void {
    if (visible === this.visible) return;
    this.visible = visible;
    if (this.paired()) this.send({ type: 'Visibility', visible });
    if (visible) this.wake(nowMs);
  }

  /** The network came back or the machine woke up. */
  wake(nowMs: number): void {
    const hangs = this.link.state === 'opening' && !this.link.socketOpen && nowMs - this.link.sinceMs >= kHangsMs;
    if (hangs || (this.link.state === 'paused' && this.link.retryAtMs !== Infinity)) this.attempt(nowMs);
    else if (this.link.state === 'open') this.keepalive.doubt(nowMs);
    this.report();
  }

  /** The person leaves, or the broker says that the session is over. */
  finish(cause: Cause, text: string): void {
    if (this.link.state === 'ended') return;
    if (this.link.state === 'open') this.send({ type: 'Close', code: CloseCode.Normal, reason: 'the viewer left' });
    this.end(cause, text);
    this.report();
  }

  // --- the link --------------------------------------------------------------------------------------------------

  private attempt(nowMs: number): void {
    this.link = { state: 'opening', sinceMs: nowMs, socketOpen: false, greeted: false };
    const plain = this.failures % kPlainEvery === kPlainEvery - 1;
    this.output.push({ type: 'open', words: plain ? null : this.opening(nowMs) });
    // Asked for while the socket opens: that saves a round trip.
    if (this.opens === null && this.freshTicket(nowMs) === null && !this.askedTicket) {
      this.askedTicket = true;
      this.output.push({ type: 'askTicket' });
    }
  }

  /** What opens the session without a ticket; null while there is one, or the page gets one. */
  private opening(nowMs: number): Uint8Array<ArrayBuffer> | null {
    if (this.opens === null || this.askedTicket || this.freshTicket(nowMs) !== null) return null;
    return openingOf(this.opens, this.hello(new Uint8Array(0)));
  }

  private hello(ticket: Uint8Array): ViewerHello {
    this.greetedSize = this.size;
    return helloOf(this.facts, this.size, this.keeper, ticket);
  }

  private freshTicket(nowMs: number): Uint8Array | null {
    if (this.ticketBytes === null || nowMs - this.ticketBytes.atMs > kTicketFreshMs) return null;
    return this.ticketBytes.bytes;
  }

  private greetWhenReady(nowMs: number): void {
    if (this.link.state !== 'opening' || !this.link.socketOpen || this.link.greeted) return;
    const ticket = this.freshTicket(nowMs);
    const words = ticket === null ? this.opening(nowMs) : serialize(this.hello(ticket));
    if (words === null) return;
    this.ticketBytes = null;
    this.link = { ...this.link, greeted: true };
    this.output.push({ type: 'send', bytes: words });
  }

  /** The broker's answer to an opening. Where it gave no session, the page finds out what to do and gets a ticket. */
  private handleAnswer(status: number, body: string, nowMs: number): void {
    if (this.link.state !== 'opening' || !this.link.greeted) return this.fault('OpeningAnswer without an opening', nowMs);
    if (status !== 200) {
      this.link = { ...this.link, greeted: false };
      this.askedTicket = true;
    }
    this.output.push({ type: 'opening', status, body });
  }

  private holdings(held: Held = this.keeper.held() ?? kNothing): Holdings {
    return { type: 'Holdings', cache: this.keeper.cache, ...held };
  }

  /** The device will have a snapshot of this. */
  saved(serial: number, held: Held): void {
    if (this.paired()) this.send({ type: 'SnapshotSaved', serial, holdings: serialize(this.holdings(held)) });
  }

  private lost(cause: Cause, text: string, nowMs: number): void {
    const stable = this.liveSinceMs !== null && nowMs - this.liveSinceMs >= kStableMs;
    if (stable) {
      this.failures = 0;
      this.faults = 0;
    }
    this.cause = cause;
    this.text = text;
    this.forgetDesktop();
    this.output.push({ type: 'drop' });
    this.link = { state: 'paused', retryAtMs: nowMs + pauseMs(this.failures, this.random()) };
    this.failures += 1;
  }

  /** One side does not follow the protocol. A fresh link cures a rare accident; a rule of it ends the session. */
  private fault(text: string, nowMs: number): void {
    this.send({ type: 'Close', code: CloseCode.ProtocolError, reason: clipText(text, kMaxReason) });
    this.lost('protocol', text, nowMs);
    this.faults += 1;
    if (this.faults >= kMostFaults) this.end('protocol', text);
  }

  private end(cause: Cause, text: string): void {
    this.cause = cause;
    this.text = text;
    this.forgetDesktop();
    this.output.push({ type: 'drop' });
    this.link = { state: 'ended' };
  }

  private forgetDesktop(): void {
    this.desktop = null;
    this.holdingsDue = false;
    this.desktopText = '';
    this.restartDesktop();
  }

  /** Whatever comes next comes from an agent that knows nothing of what went before. */
  private restartDesktop(): void {
    this.gate.restart();
    this.clipboard.restart();
    this.framed.restart();
    this.measuring.restart();
    this.liveSinceMs = null;
    this.silent = false;
    this.inputSequence = 0;
    this.held.drop();
  }

  private ping(nowMs: number): void {
    this.keepalive.pinged(nowMs);
    this.send({ type: 'Ping', timeUs: Math.max(0, Math.round(nowMs * 1_000)) });
  }

  private send(message: MessageFromViewer): void {
    this.output.push({ type: 'send', bytes: serialize(message) });
  }

  // --- messages --------------------------------------------------------------------------------------------------

  private handle(message: MessageToViewer, nowMs: number): void {
    if (this.link.state !== 'open' && !kBeforeOpen.includes(message.type)) {
      return this.fault(`${message.type} before Welcome`, nowMs);
    }
    switch (message.type) {
      case 'OpeningAnswer':
        return this.handleAnswer(message.status, message.body, nowMs);
      case 'Welcome':
        return this.handleWelcome(message.rights, nowMs);
      case 'DesktopStatus':
        return this.handleDesktop(message.state, message.text);
      case 'Close':
        return this.handleClose(message.code, message.reason, nowMs);
      case 'Ping':
        this.send({ type: 'Pong', timeUs: message.timeUs, clockUs: Math.max(0, Math.round(nowMs * 1_000)) });
        if (this.holdingsDue) this.send(this.holdings());
        this.holdingsDue = false;
        return;
      case 'Pong':
        this.measuring.pong(message.timeUs / 1_000, message.clockUs / 1_000, nowMs);
        return this.reportQuality();
      case 'SurfaceReset':
        return this.handleReset(message, nowMs);
      case 'Update':
        return this.handleUpdate(message, nowMs);
      case 'PictureCheck':
        return this.handleCheck(message, nowMs);
      case 'CursorShape':
        if (message.rgba.length !== message.width * message.height * 4) {
          return this.fault(`CursorShape of ${message.width}x${message.height} has ${message.rgba.length} bytes`, nowMs);
        }
        this.output.push({ ...message, type: 'cursor' });
        return;
      case 'CursorMoved':
        this.output.push({ type: 'pointer', x: message.x, y: message.y });
        return;
      case 'Notice':
        this.output.push({ type: 'notice', level: message.level, text: message.text });
        return;
      case 'CopyOffered':
        return this.clipboard.offered(message);
      case 'CopiedText':
      case 'CopiedHtml':
      case 'CopiedImage': {
        const wrong = this.clipboard.part(message);
        return wrong === null ? undefined : this.fault(wrong, nowMs);
      }
      case 'PasteWanted':
        return this.clipboard.wanted(message);
      case 'Monitors': {
        const monitors = readMonitors(message);
        if (monitors === null) return this.fault('Monitors has a monitor without all of its numbers', nowMs);
        this.output.push({ type: 'monitors', monitors });
        return;
      }
      case 'LinkFigures':
        this.measuring.link(message);
        return;
      case 'SnapshotKey':
        this.output.push({ type: 'snapshotKey', key: message.key.slice(), serial: message.serial });
        return;
    }
  }

  private handleWelcome(rights: number, nowMs: number): void {
    if (this.link.state !== 'opening' || !this.link.greeted) return this.fault('Welcome without a hello', nowMs);
    this.link = { state: 'open' };
    this.welcomed = true;
    this.rights = rights;
    this.keepalive = new Keepalive(nowMs);
  }

  private handleDesktop(state: DesktopState, text: string): void {
    this.desktop = state;
    this.desktopText = text;
    this.restartDesktop();
    this.holdingsDue = state === DesktopState.Lost;
    if (state !== DesktopState.Connected) return;
    // A new agent knows the hello, which may be older than the last resize.
    this.agentSize = this.greetedSize;
    if (!this.visible) this.send({ type: 'Visibility', visible: false });
    this.sendSize();
    this.clipboard.connected();
    if (this.terms !== null || this.measuring.watched) this.sendPreferences();
  }

  private handleClose(code: CloseCode, reason: string, nowMs: number): void {
    const { cause, then } = closingOf(code);
    if (then === 'fault') this.faults += 1;
    if (then === 'ends' || (then === 'fault' && this.faults >= kMostFaults)) return this.end(cause, reason);
    this.lost(cause, reason, nowMs);
  }

  private handleReset(message: SurfaceReset, nowMs: number): void {
    if (this.desktop !== DesktopState.Connected) return this.fault('SurfaceReset without a desktop', nowMs);
    const wrong = this.gate.reset(message, nowMs);
    if (wrong !== null) return this.fault(wrong, nowMs);
    this.output.push({ type: 'reset', width: message.width, height: message.height });
  }

  private handleUpdate(message: Update, nowMs: number): void {
    const wrong = this.gate.update(message);
    if (wrong !== null) return this.fault(wrong, nowMs);
    this.keepalive.usedForPicture();
    const exact = (message.flags & kUpdateExact) !== 0;
    this.measuring.update(message, exact, nowMs);
    if (this.gate.takeHide(message, nowMs)) this.output.push({ type: 'hide' });
    this.output.push({
      type: 'update',
      update: {
        id: message.id,
        body: message.body,
        complete: (message.flags & kUpdateComplete) !== 0,
        exact,
        receivedMs: nowMs,
      },
    });
    this.showWhenDue(message.flags, nowMs);
  }

  private handleCheck(message: PictureCheck, nowMs: number): void {
    if (message.tiles.length !== message.hashes.length || message.updateId !== this.gate.lastUpdateId) {
      return this.fault(`PictureCheck of update ${message.updateId} does not fit`, nowMs);
    }
    this.output.push({ type: 'check', updateId: message.updateId, tiles: message.tiles, hashes: message.hashes });
  }

  private showWhenDue(flags: number, nowMs: number): void {
    if (!this.gate.takeShow(flags, nowMs)) return;
    this.output.push({ type: 'show' });
    this.hasPicture = true;
    this.liveSinceMs ??= nowMs;
    this.heardAtMs = nowMs;
  }

  // --- input -----------------------------------------------------------------------------------------------------

  paired(): boolean {
    return this.link.state === 'open' && this.desktop === DesktopState.Connected;
  }

  private mayInput(): boolean {
    return this.paired() && this.liveSinceMs !== null && (this.rights & kMayInput) !== 0;
  }

  private hold(message: InputMessage, atMs: number, nowMs: number): void {
    const other = this.held.add(message, atMs, nowMs);
    if (other !== null) this.sendInput(other.message, other.atMs, nowMs);
  }

  private releaseHeld(nowMs: number): void {
    if (this.backlogBytes > kBacklogBytes) this.held.wait(nowMs);
    else this.sendHeld(nowMs);
  }

  private sendHeld(nowMs: number): void {
    const held = this.held.take();
    if (held !== null) this.sendInput(held.message, held.atMs, nowMs);
  }

  private sendInput(message: InputMessage, atMs: number, nowMs: number): void {
    this.inputSequence += 1;
    this.send({ ...message, sequence: this.inputSequence });
    // A pointer that only passes over things and a released key change nothing as a rule; they would measure chance.
    const showsEffect =
      message.type === 'Wheel' || message.type === 'TextInput' || ('down' in message && message.down);
    if (!showsEffect) return;
    this.measuring.input(this.inputSequence, atMs);
    this.keepalive.sentInput(nowMs);
  }

  private sendSize(): void {
    const same = JSON.stringify(this.agentSize) === JSON.stringify(this.size);
    if (same || this.size.width === 0 || !this.paired() || (this.rights & kMayResize) === 0) return;
    this.agentSize = this.size;
    this.send({ type: 'Resize', left: 0, top: 0, ...this.size });
  }

  /** Asks for the desktop's clipboard in these formats. */
  wantCopy(formats: number): void {
    if (this.paired()) this.clipboard.want(formats);
  }

  /** Makes these the desktop's clipboard. */
  paste(clips: readonly Clip[]): void {
    if (this.paired()) this.clipboard.paste(clips, this.rights);
  }

  /** Whether the desktop's PRIMARY selection is part of its clipboard for this viewer. */
  followPrimary(follow: boolean): void {
    this.clipboard.follow(follow, this.paired());
  }

  /** Gives up what of a clipboard is on its way. */
  cancelClip(): void {
    if (this.paired()) this.clipboard.cancel();
  }

  private sendPreferences(): void {
    if (!this.paired()) return;
    const { targetMs, ceilingKbit, qualityFloor } = this.terms ?? { targetMs: 0, ceilingKbit: 0, qualityFloor: 0 };
    this.send({ type: 'Preferences', targetMs, ceilingKbit, qualityFloor, figures: this.measuring.watched });
  }

  private tellTimes(nowMs: number): void {
    const times = this.measuring.takeTimes(nowMs);
    if (times !== null) this.send(times);
  }

  // --- what the page is told -------------------------------------------------------------------------------------

  private phase(): [Phase, Cause, string] {
    if (this.link.state === 'ended') return ['ended', this.cause, this.text];
    const without: Phase = this.hasPicture ? 'stale' : 'waiting';
    if (this.link.state !== 'open') return [this.welcomed ? without : 'connecting', this.cause, this.text];
    if (this.desktop === DesktopState.Lost) return [without, 'desktop-lost', this.desktopText];
    if (this.desktop !== DesktopState.Connected) return [without, 'desktop-starting', this.desktopText];
    if (this.liveSinceMs === null) return [without, 'first-picture', ''];
    return this.silent ? ['stale', 'silent', ''] : ['live', 'none', ''];
  }

  private report(): void {
    const [phase, cause, text] = this.phase();
    const paused = this.link.state === 'paused' && this.link.retryAtMs !== Infinity;
    const status: Status = {
      phase,
      cause,
      text,
      retryAtMs: paused && this.link.state === 'paused' ? this.link.retryAtMs : null,
      hasPicture: this.hasPicture,
      rights: this.rights,
      currentAtMs: phase === 'stale' ? this.heardAtMs : null,
    };
    const key = JSON.stringify(status);
    if (key === this.lastStatus) return;
    this.lastStatus = key;
    this.output.push({ type: 'status', status });
  }

  private reportQuality(): void {
    const { quality } = this.measuring;
    const key = JSON.stringify(quality);
    if (key === this.lastQuality) return;
    this.lastQuality = key;
    this.output.push({ type: 'quality', quality });
  }
}
