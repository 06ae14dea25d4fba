// A session: the stage with the desktop, its input, and what the page says around it.
import { ClipboardShare } from './clipboard_share.js';
import { CaretFollower } from '../browser/caret_follower.js';
import { CursorShape } from '../browser/cursor_shape.js';
import { nowMs } from '../browser/event_time.js';
import { platform, touchFirst, viewerFacts } from '../browser/facts.js';
import { enterFullScreen, isFullScreen, leaveFullScreen } from '../browser/full_screen.js';
import { GhostCursor } from '../browser/ghost_cursor.js';
import { KeySender } from '../browser/key_sender.js';
import { KeyboardInput } from '../browser/keyboard_input.js';
import { PointerInput } from '../browser/pointer_input.js';
import { recall, remember } from '../browser/preferences.js';
import type { Session } from '../browser/session_worker.js';
import { Stage } from '../browser/stage.js';
import { TextField } from '../browser/text_field.js';
import type { Quality, Status } from '../core/effects.js';
import { kSizeChoices, wantedDesktop } from '../core/geometry.js';
import type { InputMessage, WindowSize } from '../core/session.js';
import type { FromWorkerBody } from '../decode/messages.js';
import { kMaxScreenSide, kMayInput, kMinScreenSide, NoticeLevel } from '../wire/messages.gen.js';
import { ApiError, type SessionInfo } from './api.js';
import type { App, Page } from './app.js';
import { h } from './dom.js';
import { FiguresPanel } from './figures_panel.js';
import { KeyBar } from './key_bar.js';
import { resourceHash } from './route.js';
import { SessionCover, type Step } from './session_cover.js';
import { SessionMenu } from './session_menu.js';
import { SessionTerms } from './session_terms.js';
import { text } from './text.js';
import { TicketSource, type Target } from './ticket_source.js';
import { TopHandle } from './top_handle.js';

/** How often the broker is asked how a start is going. */
const kPollMs = 1_000;
const kNoQuality: Quality = { roundTripMs: null, inputToPictureMs: null, slow: null };

export class SessionPage implements Page {
  readonly name = 'session';
  readonly element: HTMLElement;
  title: string;

  private readonly stageElement = h('div', { class: 'stage' });
  private readonly stage: Stage;
  private readonly ghost = new GhostCursor();
  private readonly cursor: CursorShape;
  private readonly keys = new KeySender((message, atMs) => { this.sendInput(message, atMs); });
  private readonly field: TextField;
  private readonly caret: CaretFollower;
  private readonly clipboard: ClipboardShare;
  private readonly keyboard: KeyboardInput;
  private readonly pointer: PointerInput;
  private readonly cover: SessionCover;
  private readonly menu: SessionMenu;
  private readonly figures = new FiguresPanel(() => { this.setFigures(false); });
  private readonly terms: SessionTerms;
  private readonly handle: TopHandle | null;
  private readonly bar: KeyBar | null;
  private readonly tickets: TicketSource;
  private readonly stop = new AbortController();

  private session: Session | null = null;
  private info: SessionInfo | null = null;
  private status: Status | null = null;
  private quality: Quality = kNoQuality;
  private drawnSize = storedSize();
  private wasLive = false;
  private couldType = true;
  private pollTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly app: App,
    private readonly target: Target,
    name: string,
  ) {
    this.title = name;
    const touch = touchFirst();
    this.stage = new Stage(this.stageElement, {
      settled: () => { this.session?.send({ type: 'resize', size: this.size() }); },
      placed: () => { this.cursor?.draw(this.stage.scale, this.stage.pixelRatio); },
    });
    this.stage.canvas.setAttribute('role', 'img');
    this.cursor = new CursorShape(this.stageElement, this.ghost.canvas);
    this.field = new TextField(text.session.input(name), this.keys);
    this.caret = new CaretFollower(this.stage, this.field);
    this.keys.onTyped = (atMs) => { this.caret.typed(atMs); };
    this.stageElement.append(this.field.element, this.ghost.canvas);
    this.tickets = new TicketSource(app.api, target, () => this.size());
    this.terms = new SessionTerms(app.api);
    this.cover = this.makeCover(name);
    this.menu = this.makeMenu(name, touch);
    this.handle = touch ? null : new TopHandle(name, () => { this.openMenu(); });
    this.bar = touch ? new KeyBar(this.keys, { openMenu: () => { this.openMenu(); }, toggleKeyboard: () => { this.toggleSoftKeyboard(); } }) : null;
    this.clipboard = new ClipboardShare({
      want: (formats) => { this.session?.send({ type: 'wantCopy', formats }); },
      paste: (clips) => { this.session?.send({ type: 'paste', clips }); },
      rights: () => this.status?.rights ?? 0,
      live: () => this.status?.phase === 'live',
    }, app.toasts, this.stop.signal);
    this.keyboard = new KeyboardInput(platform(), {
      active: () => this.takesKeys(),
      releaseAll: (atMs) => { this.sendInput({ type: 'ReleaseAll' }, atMs); },
      openMenu: () => { this.openMenu(); },
      toggleFigures: () => { this.setFigures(!this.figures.open); },
      mayPaste: () => this.clipboard.mayPaste,
      pasted: (event, then) => { this.clipboard.pasted(event, then); },
    }, this.keys);
    this.pointer = this.makePointer();
    this.element = h('main', { class: touch ? 'page session-page with-bar' : 'page session-page' },
      this.stageElement, this.cover.element, this.figures.element, this.handle?.element, this.bar?.element, this.menu.element);
  }

  shown(): void {
    const { signal } = this.stop;
    this.cover.starting('ask', '', null);
    this.rename(this.title);
    this.tickets.prepare();
    const facts = viewerFacts();
    const url = `wss://${location.host}/ws/view`;
    this.session = this.app.worker.start({ url, canvas: this.stage.canvas, facts, size: this.size() }, (message) => { this.heard(message); });
    this.setFigures(recall('figures') === 'open');
    this.applyTerms();
    document.addEventListener('visibilitychange', () => { this.session?.send({ type: 'visibility', visible: document.visibilityState === 'visible' }); }, { signal });
    for (const event of ['online', 'pageshow']) {
      window.addEventListener(event, () => { this.session?.send({ type: 'wake' }); }, { signal });
    }
    this.followSoftKeyboard(signal);
  }

  close(): void {
    this.stop.abort();
    clearTimeout(this.pollTimer);
    this.session?.close();
    for (const part of [this.stage, this.keyboard, this.pointer, this.cover, this.handle]) part?.close();
    for (const name of ['session', 'exact', 'update', 'frames']) delete document.documentElement.dataset[name];
    void leaveFullScreen().catch(() => undefined);
  }

  // --- what the session says -------------------------------------------------------------------------------------

  private heard(message: FromWorkerBody): void {
    const root = document.documentElement.dataset;
    switch (message.type) {
      case 'status':
        return this.setStatus(message.status);
      case 'askTicket':
        void this.getTicket();
        return;
      case 'surface':
        return this.stage.setDesktop(message);
      case 'shown':
        root['update'] = String(message.update);
        root['exact'] = String(message.exact);
        root['frames'] = String(message.frames);
        return this.caret.changed(message.changed, nowMs());
      case 'quality':
        this.quality = message.quality;
        return this.drawQuality();
      case 'figures':
        return this.figures.draw(message.figures);
      case 'cursor':
        return this.cursor.set(message, this.stage.scale, this.stage.pixelRatio);
      case 'pointer':
        return this.ghost.showAt(this.stage.fromDesktop(message));
      case 'copyOffered':
        return this.clipboard.offered(message.formats);
      case 'copied':
        return this.clipboard.copied(message.clips);
      case 'clipProgress':
        return this.clipboard.progress(message.done, message.total);
      case 'notice': {
        const levels = { [NoticeLevel.Info]: 'info', [NoticeLevel.Warning]: 'warning', [NoticeLevel.Error]: 'error' } as const;
        return this.app.toasts.show(levels[message.level], message.text);
      }
      case 'broken':
        root['session'] = 'ended';
        return this.cover.ended({ cause: 'desktop-failed', text: `${text.errors.broken} ${message.text}`, hasPicture: false }, true);
    }
  }

  private setStatus(status: Status): void {
    const before = this.status?.phase;
    this.status = status;
    document.documentElement.dataset['session'] = status.phase;
    this.stageElement.classList.toggle('old', status.phase === 'stale' || (status.phase === 'ended' && status.hasPicture));
    if (status.phase !== 'live') {
      document.documentElement.dataset['exact'] = 'false';
      this.keyboard.forget();
      this.pointer.forget();
    }
    this.drawQuality();
    this.poll();
    switch (status.phase) {
      case 'connecting':
      case 'waiting':
        return this.cover.starting(this.step(status), sentenceOf(status), status.retryAtMs);
      case 'live':
        this.cover.hide();
        if (before !== 'live') this.becameLive(status);
        return;
      case 'stale':
        return this.cover.stale(status);
      case 'ended':
        this.menu.close();
        void leaveFullScreen().catch(() => undefined);
        return this.cover.ended(status, this.resource() !== null);
    }
  }

  private becameLive(status: Status): void {
    if (!this.menu.open) this.field.focus();
    const canType = (status.rights & kMayInput) !== 0;
    if (canType !== this.couldType) this.app.toasts.show('info', canType ? text.session.mayTypeAgain : text.session.viewOnly);
    this.couldType = canType;
    if (this.wasLive) return;
    this.wasLive = true;
    if (recall('menu-hint') !== null) return;
    remember('menu-hint', 'seen');
    if (this.handle === null) this.app.toasts.show('info', text.session.menuHintTouch);
    else this.handle.introduce();
  }

  private step(status: Status): Step {
    if (this.info === null) return 'ask';
    if (status.phase === 'connecting') return 'link';
    return status.cause === 'first-picture' ? 'picture' : 'start';
  }

  private drawQuality(): void {
    const live = this.status?.phase === 'live';
    this.menu.quality(live, this.quality);
    this.handle?.quality(live, this.quality);
  }

  // --- what the broker says --------------------------------------------------------------------------------------

  private async getTicket(): Promise<void> {
    const answer = await this.tickets.next();
    if (this.stop.signal.aborted) return;
    if (!answer.ok) {
      this.session?.send({ type: 'ticketFailed', failure: answer.failure, text: answer.text });
      return;
    }
    this.terms.learn(answer.terms);
    this.applyTerms();
    this.learn(answer.session);
    this.session?.send({ type: 'ticket', bytes: answer.bytes });
    if (this.status !== null && this.status.phase !== 'live') this.setStatus(this.status);
  }

  /** While a start is waited for, the broker knows how it goes and, when it fails, why. */
  private poll(): void {
    const phase = this.status?.phase;
    const cause = this.status?.cause;
    const wanted = phase === 'waiting' || (phase === 'stale' && (cause === 'desktop-lost' || cause === 'desktop-starting'));
    if (!wanted) {
      clearTimeout(this.pollTimer);
      this.pollTimer = undefined;
    } else {
      this.pollTimer ??= setTimeout(() => { void this.askBroker(); }, kPollMs);
    }
  }

  private async askBroker(): Promise<void> {
    const id = this.tickets.session;
    if (id !== null) {
      try {
        this.learn(await this.app.api.session(id));
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        if (error.status === 404) this.finishFailed('gone', '');
        if (error.signedOut) this.finishFailed('signed-out', '');
        // Anything else passes; the link tells the rest.
      }
    }
    if (this.stop.signal.aborted) return;
    this.pollTimer = undefined;
    this.poll();
  }

  private learn(info: SessionInfo): void {
    this.info = info;
    this.rename(info.name);
    if (info.state === 'failed') this.finishFailed('desktop-failed', info.detail);
    else if (info.state === 'ended') this.finishFailed('session-ended', info.detail);
    const status = this.status;
    const waiting = status !== null && (status.phase === 'waiting' || status.phase === 'connecting');
    if (waiting) this.cover.starting(this.step(status), info.detail || sentenceOf(status), status.retryAtMs);
  }

  private finishFailed(cause: 'desktop-failed' | 'session-ended' | 'gone' | 'signed-out', sentence: string): void {
    this.session?.send({ type: 'finish', cause, text: sentence });
  }

  private rename(name: string): void {
    this.title = name;
    this.app.setTitle(name);
    this.cover.rename(name);
    this.menu.rename(name);
    this.handle?.rename(name);
    this.stage.canvas.setAttribute('aria-label', text.session.screen(name));
    this.field.element.setAttribute('aria-label', text.session.input(name));
  }

  private resource(): string | null {
    return this.target.kind === 'resource' ? this.target.resource : (this.info?.resource ?? null);
  }

  // --- what the person does --------------------------------------------------------------------------------------

  private size(): WindowSize {
    const limits = { smallest: kMinScreenSide, largest: kMaxScreenSide };
    return wantedDesktop(this.stage.area, devicePixelRatio, this.drawnSize, limits);
  }

  private sendInput(message: InputMessage, atMs: number): void {
    if (this.status?.phase === 'live') this.session?.send({ type: 'input', message, atMs });
  }

  /** Keys are for the desktop while it is live and nothing of the page itself has the focus. */
  private takesKeys(): boolean {
    if (this.status?.phase !== 'live' || document.querySelector('dialog[open]') !== null) return false;
    return this.field.hasFocus || document.activeElement === document.body;
  }

  private makePointer(): PointerInput {
    return new PointerInput(this.stage, {
      send: (message, atMs) => { this.sendInput(message, atMs); },
      takeFocus: (point) => {
        this.caret.clicked(point);
        if (!this.field.hasFocus) this.field.focus();
      },
      toggleSoftKeyboard: () => { this.toggleSoftKeyboard(); },
      touched: (point) => { this.ghost.showAt(point); },
      hovered: (point) => {
        this.ghost.hide();
        this.handle?.hovered(point, this.stage.width);
      },
      controlHeld: () => this.keyboard.isHeld('ControlLeft') || this.keyboard.isHeld('ControlRight'),
    });
  }

  private makeCover(name: string): SessionCover {
    return new SessionCover(name, {
      retryNow: () => { this.session?.send({ type: 'wake' }); },
      openAgain: () => { this.openAgain(); },
      leave: () => { this.app.go(''); },
      reloadPage: () => { location.reload(); },
      signIn: () => { this.app.signedOut(text.signIn.expired); },
    });
  }

  private makeMenu(name: string, touch: boolean): SessionMenu {
    return new SessionMenu(name, {
      toggleFullScreen: () => { void this.toggleFullScreen(); },
      sendKeys: (keys) => { this.keys.chord(keys, nowMs()); },
      setSize: (size) => { this.setSize(size); },
      disconnect: () => { this.app.go(''); },
      signOut: () => { void this.app.signOut(); },
      toggleKeyboard: () => { this.toggleSoftKeyboard(); },
      copyToDevice: () => { void this.clipboard.copyToDevice(); },
      pasteFromDevice: () => { void this.clipboard.pasteFromDevice(); },
      toggleFigures: () => { this.setFigures(!this.figures.open); },
      setTerms: (terms) => {
        this.terms.choose(terms);
        this.applyTerms();
      },
      closed: () => { if (this.status?.phase === 'live') this.field.focus(); },
    }, { size: this.drawnSize, touch });
  }

  private openAgain(): void {
    const resource = this.resource();
    if (resource === null) return this.app.go('');
    if (this.target.kind === 'resource') this.app.reload();
    else this.app.go(resourceHash(resource));
  }

  private openMenu(): void {
    this.keyboard.release(nowMs());
    this.menu.showClipboard(this.clipboard.mayCopy, this.clipboard.mayPaste);
    this.menu.show();
  }

  private async toggleFullScreen(): Promise<void> {
    try {
      if (isFullScreen()) return await leaveFullScreen();
      const captured = await enterFullScreen();
      this.app.toasts.show('info', captured ? text.session.fullScreenHint : text.keyboard.notCaptured);
    } catch {
      this.app.toasts.show('warning', text.session.fullScreenFailed);
    }
  }

  private setFigures(open: boolean): void {
    const hadFocus = this.figures.element.contains(document.activeElement);
    this.figures.setOpen(open);
    this.menu.figuresShown(open);
    remember('figures', open ? 'open' : null);
    this.session?.send({ type: 'watch', watched: open });
    if (hadFocus) this.field.focus();
  }

  private applyTerms(): void {
    this.session?.send({ type: 'prefer', terms: this.terms.chosen });
    this.menu.showTerms(this.terms.shown, this.terms.limitKbit);
  }

  private setSize(size: number): void {
    this.drawnSize = size;
    remember('size', String(size));
    this.session?.send({ type: 'resize', size: this.size() });
  }

  private toggleSoftKeyboard(): void {
    this.field.setSoftKeyboard(!this.field.softKeyboard);
    this.bar?.setKeyboard(this.field.softKeyboard);
  }

  /** Keeps the key bar above the soft keyboard, and notices when the system hides that by itself. */
  private followSoftKeyboard(signal: AbortSignal): void {
    const visual = window.visualViewport;
    const bar = this.bar;
    if (visual === null || bar === null) return;
    let covered = 0;
    const follow = (): void => {
      const before = covered;
      covered = Math.max(0, window.innerHeight - visual.height - visual.offsetTop);
      const up = covered > 60;
      bar.element.style.transform = up ? `translateY(${-covered}px)` : '';
      if (!up && before > 60 && this.field.softKeyboard) this.toggleSoftKeyboard();
    };
    visual.addEventListener('resize', follow, { signal });
    visual.addEventListener('scroll', follow, { signal });
  }
}

function sentenceOf(status: Status): string {
  return status.text !== '' ? status.text : text.causes[status.cause][1];
}

function storedSize(): number {
  const stored = Number(recall('size') ?? 1);
  return kSizeChoices.find((one) => one === stored) ?? 1;
}
