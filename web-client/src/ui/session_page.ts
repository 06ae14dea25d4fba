// A session: the stage with the desktop, its input, and what the page says around it.
import { ClipboardShare } from './clipboard_share.js';
import { CaretFollower } from '../browser/caret_follower.js';
import { CursorShape } from '../browser/cursor_shape.js';
import { nowMs } from '../browser/event_time.js';
import { platform, touchFirst, viewerFacts } from '../browser/facts.js';
import { capturesKeys, enterFullScreen, isFullScreen, leaveFullScreen } from '../browser/full_screen.js';
import { GhostCursor } from '../browser/ghost_cursor.js';
import { KeySender } from '../browser/key_sender.js';
import { KeyboardInput } from '../browser/keyboard_input.js';
import { PointerInput } from '../browser/pointer_input.js';
import { ownWindow, watchPixelRatio } from '../browser/screens.js';
import { recall, remember } from '../browser/preferences.js';
import { followSoftKeyboard } from '../browser/soft_keyboard_space.js';
import { touchModes } from '../browser/touch_input.js';
import { ServerReturn } from '../browser/server_return.js';
import type { Session } from '../browser/session_worker.js';
import { Stage } from '../browser/stage.js';
import { TextField } from '../browser/text_field.js';
import { onWake } from '../browser/wake_events.js';
import type { Cause, Quality, Status } from '../core/effects.js';
import { wantedDesktop } from '../core/geometry.js';
import { monitorOf, wantsFullScreen } from '../core/monitors.js';
import type { InputMessage, WindowSize } from '../core/session.js';
import type { Terms } from '../core/terms.js';
import { viewModes } from '../core/view.js';
import { WarpWatch } from '../core/warp_watch.js';
import type { FromWorkerBody } from '../decode/messages.js';
import { kMaxScreenSide, kMayInput, kMinScreenSide, NoticeLevel } from '../wire/messages.gen.js';
import { ApiError, type Answered, type SessionInfo, type WaitingInLine } from './api.js';
import type { App, Page } from './app.js';
import { CaptureOffer } from './capture_offer.js';
import { h } from './dom.js';
import { EdgeHandle } from './edge_handle.js';
import { FiguresPanel } from './figures_panel.js';
import { KeyBar } from './key_bar.js';
import { fromServer } from './language/server.js';
import { MonitorWindows } from './monitor_windows.js';
import { resourceHash, sessionHash } from './route.js';
import { SessionComfort } from './session_comfort.js';
import { SessionCover, type Step } from './session_cover.js';
import { SessionMenu } from './session_menu.js';
import { SessionTerms } from './session_terms.js';
import { kSizeSetting } from './settings/picture_entries.js';
import { text } from './text.js';
import { TicketSource, type Target } from './ticket_source.js';
import { TopHandle } from './top_handle.js';
import { ViewMenu, type ViewChoices } from './view_menu.js';

/** How often the broker is asked how a start is going. */
const kPollMs = 1_000;
/** With these there is no link, and nothing but the way to the server is missing. */
const kAwayCauses: readonly Cause[] = ['link-cut', 'link-failed', 'gateway-restarts'];
const kNoQuality: Quality = { roundTripMs: null, inputToPictureMs: null, slow: null };

export class SessionPage implements Page {
  readonly name = 'session';
  readonly element: HTMLElement;
  title: string;

  private readonly stageElement = h('div', { class: 'stage' });
  private readonly stage: Stage;
  private readonly ghost = new GhostCursor((place) => this.stage.fromDesktop(place));
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
  private readonly monitors: MonitorWindows;
  /** Which of the desktop's monitors this window is. */
  private readonly monitor = monitorOf(location.hash);
  private readonly handle: TopHandle | null;
  private readonly bar: KeyBar | null;
  private readonly choices: ViewChoices = storedChoices();
  private readonly view: ViewMenu;
  private readonly offer = new CaptureOffer(() => { this.pointer.capture(); });
  private readonly warps = new WarpWatch();
  private readonly tickets: TicketSource;
  private readonly comfort: SessionComfort;
  private readonly stop = new AbortController();

  private readonly serverReturn = new ServerReturn(() => { this.wake(); });
  private session: Session | null = null;
  private info: SessionInfo | null = null;
  private status: Status | null = null;
  private quality: Quality = kNoQuality;
  private wasLive = false;
  private couldType = true;
  private pollTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly app: App,
    private readonly target: Target,
    /** Empty until it is known. */
    name: string,
  ) {
    this.title = name;
    const touch = touchFirst();
    this.stage = new Stage(this.stageElement, {
      settled: () => { this.tellSize(); },
      placed: () => {
        this.cursor?.draw(this.stage.scale, this.stage.pixelRatio);
        this.ghost.draw();
        this.caret?.placed();
      },
    });
    this.stage.setMode(this.choices.view);
    this.stage.canvas.setAttribute('role', 'img');
    this.cursor = new CursorShape(this.stageElement, this.ghost.canvas);
    this.field = new TextField('', this.keys);
    this.caret = new CaretFollower(this.stage, this.field);
    this.keys.onTyped = (atMs) => { this.caret.typed(atMs); };
    this.caret.caretAt = (rect) => { this.stage.keepVisible(this.field.softKeyboard ? rect : null); };
    this.stageElement.append(this.field.element, this.ghost.canvas);
    this.tickets = new TicketSource(app.api, target, () => this.windowSize(), (line) => { this.setLine(line); }, this.stop.signal);
    this.terms = new SessionTerms(app.api);
    this.monitors = this.makeMonitors();
    this.cover = this.makeCover();
    this.comfort = this.makeComfort();
    this.view = this.makeViewMenu(touch);
    this.menu = this.makeMenu(name, touch);
    this.handle = touch ? null : new TopHandle(name, () => { this.openMenu(); });
    this.bar = touch ? new KeyBar(this.keys, { openMenu: () => { this.openMenu(); }, toggleKeyboard: () => { this.toggleSoftKeyboard(); } }) : null;
    this.clipboard = new ClipboardShare({
      want: (formats) => { this.session?.send({ type: 'wantCopy', formats }); },
      paste: (clips) => { this.session?.send({ type: 'paste', clips }); },
      cancel: () => { this.session?.send({ type: 'cancelClip' }); },
      rights: () => this.status?.rights ?? 0,
      live: () => this.status?.phase === 'live',
      focus: () => { if (this.status?.phase === 'live') this.field.focus(); },
    }, app, this.stop.signal);
    this.keyboard = new KeyboardInput(platform(), {
      active: () => this.takesKeys(),
      releaseAll: (atMs) => { this.sendInput({ type: 'ReleaseAll' }, atMs); },
      openMenu: () => { this.openMenu(); },
      toggleFigures: () => { this.setFigures(!this.figures.open); },
      mayPaste: () => this.clipboard.keysPaste,
      pasted: (event, then) => { this.clipboard.pasted(event, then); },
    }, this.keys);
    this.pointer = this.makePointer();
    if (target.kind === 'resource') this.menu.append(app.installer.button('menu-entry', text.install.this));
    this.applyTouch();
    if (touch) this.stageElement.append(new EdgeHandle(() => { this.openMenu(); }).element);
    this.element = h('main', { class: touch ? 'page session-page with-bar' : 'page session-page' },
      this.stageElement, this.clipboard.element, this.comfort.element, this.offer.element, this.cover.element, this.figures.element, this.handle?.element, this.bar?.element, this.menu.element);
  }

  shown(): void {
    const { signal } = this.stop;
    this.cover.starting('ask', '', null);
    this.rename(this.title);
    const facts = { ...viewerFacts(), monitor: this.monitor };
    this.session = this.app.worker.start({ canvas: this.stage.canvas, facts, size: this.size(), opens: this.tickets.opens() }, (message) => { this.heard(message); });
    this.comfort.begin();
    this.setFigures(recall('figures') === 'open');
    this.applyTerms();
    document.addEventListener('visibilitychange', () => { this.session?.send({ type: 'visibility', visible: document.visibilityState === 'visible' }); }, { signal });
    onWake(() => { this.wake(); }, signal);
    // A window is moved without an event; the person comes back into it.
    window.addEventListener('focus', () => { if (this.monitors.several) this.tellSize(); }, { signal });
    if (wantsFullScreen(location.hash)) this.stageElement.addEventListener('pointerdown', () => { void this.toggleFullScreen(); }, { once: true, signal });
    watchPixelRatio(() => { this.stage.measureAgain(); }, signal);
    followSoftKeyboard({
      covered: (pixels) => { this.softKeyboardCovers(pixels); },
      hidden: () => { if (this.field.softKeyboard) this.toggleSoftKeyboard(); },
    }, signal);
  }

  close(): void {
    this.stop.abort();
    clearTimeout(this.pollTimer);
    this.serverReturn.follow(false);
    this.session?.close();
    for (const part of [this.stage, this.keyboard, this.pointer, this.cover, this.handle]) part?.close();
    for (const name of ['session', 'exact', 'update', 'frames', 'video']) delete document.documentElement.dataset[name];
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
      case 'opening':
        void this.getTicket(message);
        return;
      case 'surface':
        return this.stage.setDesktop(message);
      case 'shown':
        root['update'] = String(message.update);
        root['exact'] = String(message.exact);
        root['frames'] = String(message.frames);
        root['video'] = message.video;
        return this.caret.changed(message.changed, nowMs());
      case 'quality':
        this.quality = message.quality;
        return this.drawQuality();
      case 'figures':
        return this.figures.draw(message.figures);
      case 'cursor':
        this.warps.cursor(message.width === 0);
        return this.cursor.set(message, this.stage.scale, this.stage.pixelRatio);
      case 'pointer':
        this.pointer.pointerIsAt(message);
        if (document.pointerLockElement === null && this.warps.displaced(nowMs())) this.offer.show();
        return this.ghost.showAt(message);
      case 'copyOffered':
        return this.clipboard.offered(message.formats);
      case 'copied':
        return this.clipboard.copied(message.clips);
      case 'clipProgress':
        return this.clipboard.progress(message.copying, message.done, message.total);
      case 'clipCancelled':
        return this.clipboard.cancelled(message.copying);
      case 'screenshot':
        return this.comfort.tookScreenshot(message.picture);
      case 'monitors':
        this.monitors.update(message.monitors);
        this.stage.goesOn = this.monitors.several;
        return;
      case 'notice': {
        const levels = { [NoticeLevel.Info]: 'info', [NoticeLevel.Warning]: 'warning', [NoticeLevel.Error]: 'error' } as const;
        return this.app.toasts.show(levels[message.level], fromServer(message.text));
      }
      case 'broken':
        root['session'] = 'ended';
        return this.cover.ended({ cause: 'desktop-failed', text: `${text.errors.broken} ${message.text}`, hasPicture: false }, true);
    }
  }

  private setStatus(status: Status): void {
    const before = this.status?.phase;
    this.status = status;
    this.comfort.heardStatus(status);
    this.serverReturn.follow(status.phase !== 'live' && status.phase !== 'ended' && kAwayCauses.includes(status.cause));
    document.documentElement.dataset['session'] = status.phase;
    this.stageElement.classList.toggle('old', status.phase === 'stale' || (status.phase === 'ended' && status.hasPicture));
    if (status.phase !== 'live') {
      document.documentElement.dataset['exact'] = 'false';
      this.keyboard.forget();
      this.pointer.forget();
      this.keys.forget();
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

  private wake(): void {
    this.session?.send({ type: 'wake' });
  }

  private becameLive(status: Status): void {
    if (!this.menu.open) this.field.focus();
    const canType = (status.rights & kMayInput) !== 0;
    if (canType !== this.couldType) this.app.toasts.show('info', canType ? text.session.mayTypeAgain : text.session.viewOnly);
    this.couldType = canType;
    if (canType) void this.pointer.resume().then((offered) => { if (offered) this.offer.show(); });
    if (this.wasLive) return;
    this.wasLive = true;
    this.comfort.becameLive(this.handle);
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

  /** `first`: what it said to a link that asked by itself. */
  private async getTicket(first?: Answered): Promise<void> {
    const answer = await this.tickets.next(first);
    if (this.stop.signal.aborted) return;
    this.session?.send({ type: 'mayOpen', opens: this.tickets.opens() });
    if (!answer.ok) {
      this.session?.send({ type: 'ticketFailed', failure: answer.failure, text: answer.text });
      return;
    }
    this.terms.learn(answer.terms);
    this.applyTerms();
    this.learn(answer.session);
    if (answer.bytes !== null) this.session?.send({ type: 'ticket', bytes: answer.bytes, session: answer.session.id });
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
    this.app.names.set(info.resource, info.name);
    this.rename(info.name);
    if (info.state === 'failed') this.finishFailed('desktop-failed', info.detail);
    else if (info.state === 'ended') this.finishFailed('session-ended', info.detail);
    const status = this.status;
    const waiting = status !== null && (status.phase === 'waiting' || status.phase === 'connecting');
    if (waiting) this.cover.starting(this.step(status), fromServer(info.detail) || sentenceOf(status), status.retryAtMs);
  }

  private finishFailed(cause: 'desktop-failed' | 'session-ended' | 'gone' | 'signed-out', sentence: string): void {
    this.session?.send({ type: 'finish', cause, text: sentence });
  }

  private setLine(line: WaitingInLine | null): void {
    this.cover.setLine(line);
    if (line !== null && this.title === '') void this.findName();
  }

  /** Who waits in line has no session yet whose name would be known. */
  private async findName(): Promise<void> {
    const resource = this.resource() ?? '';
    try {
      for (const { id, name } of await this.app.api.catalogue()) this.app.names.set(id, name);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
    }
    if (!this.stop.signal.aborted && this.title === '') this.rename(this.app.names.get(resource) ?? '');
  }

  private rename(plain: string): void {
    const full = this.monitor === 0 || plain === '' ? plain : text.display.title(plain, this.monitor + 1);
    const name = full === '' ? text.product : full;
    this.title = plain;
    this.app.setTitle(full);
    this.cover.rename(full);
    this.menu.rename(name);
    this.handle?.rename(name);
    this.stage.canvas.setAttribute('aria-label', text.session.screen(name));
    this.field.element.setAttribute('aria-label', text.session.input(name));
  }

  private resource(): string | null {
    return this.target.kind === 'resource' ? this.target.resource : (this.info?.resource ?? null);
  }

  // --- what the person does --------------------------------------------------------------------------------------

  /** What to ask the desktop for: nothing where it is to keep its own size. */
  private size(): WindowSize {
    const follows = this.stage.mode === 'follow';
    return follows ? this.windowSize() : { width: 0, height: 0, scalePercent: this.windowSize().scalePercent };
  }

  private windowSize(): WindowSize {
    const limits = { smallest: kMinScreenSide, largest: kMaxScreenSide };
    const { left, top } = ownWindow();
    return { ...wantedDesktop(this.stage.area, devicePixelRatio, this.app.settings.get(kSizeSetting), limits), left, top };
  }

  private tellSize(): void {
    this.session?.send({ type: 'resize', size: this.size() });
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
      send: (message, atMs) => { this.keys.pointer(message, atMs); },
      takeFocus: (point) => {
        this.caret.clicked(point);
        if (!this.field.hasFocus) this.field.focus();
      },
      toggleSoftKeyboard: () => { this.toggleSoftKeyboard(); },
      touched: (place) => { this.ghost.showAt(place); },
      hovered: (point) => {
        this.ghost.hide();
        this.handle?.hovered(point, this.stage.width);
      },
      captureChanged: (captured) => {
        this.ghost.stay(captured || this.choices.touch === 'trackpad');
        // Where full screen takes Esc for the desktop, browsers want it held.
        if (captured) this.app.toasts.show('info', isFullScreen() && capturesKeys() ? text.touch.capturedWithKeys : text.touch.captured);
      },
      captureRefused: () => { this.app.toasts.show('warning', text.touch.captureRefused); },
      controlHeld: () => this.keyboard.isHeld('ControlLeft') || this.keyboard.isHeld('ControlRight'),
    });
  }

  private makeCover(): SessionCover {
    return new SessionCover({
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
      setSize: (size) => { this.app.settings.set(kSizeSetting, kSizeSetting.allows(size) ? size : kSizeSetting.initial); },
      disconnect: () => { this.leave(); },
      signOut: () => { void this.app.signOut(); },
      toggleKeyboard: () => { this.toggleSoftKeyboard(); },
      copyToDevice: () => { void this.clipboard.copyToDevice(); },
      pasteFromDevice: () => { void this.clipboard.pasteFromDevice(); },
      toggleFigures: () => { this.setFigures(!this.figures.open); },
      openSettings: () => { void this.comfort.openSettings(); },
      setTerms: (terms) => { this.chooseTerms(terms); },
      closed: () => { if (this.status?.phase === 'live') this.field.focus(); },
    }, { size: this.app.settings.get(kSizeSetting), touch, monitors: this.monitors.element, view: this.view.element, entries: this.comfort.menuEntries });
  }

  private makeComfort(): SessionComfort {
    const { signal } = this.stop;
    const unsubscribe = this.app.settings.onChange(kSizeSetting, (size) => {
      this.menu.showSize(size);
      this.tellSize();
    });
    signal.addEventListener('abort', unsubscribe);
    return new SessionComfort(this.app, {
      rights: () => this.status?.rights ?? 0,
      name: () => this.title,
      terms: () => this.terms.shown,
      chooseTerms: (terms) => { this.chooseTerms(terms); },
      view: () => this.choices,
      chooseView: (choices) => { this.chooseView(choices); },
      focus: () => { if (this.status?.phase === 'live') this.field.focus(); },
      followPrimary: (follow) => { this.session?.send({ type: 'followPrimary', follow }); },
      toggleFullScreen: () => { void this.toggleFullScreen(); },
      openClipboard: () => { void this.clipboard.openPanel(''); },
      askScreenshot: () => { this.session?.send({ type: 'screenshot' }); },
    }, signal);
  }

  private makeMonitors(): MonitorWindows {
    return new MonitorWindows({
      address: () => (this.tickets.session === null ? null : sessionHash(this.tickets.session)),
      tell: (sentence) => { this.app.toasts.show('info', sentence); },
      warn: (sentence) => { this.app.toasts.show('warning', sentence); },
      closeMenu: () => { this.menu.close(); },
      enterFullScreen: (screen) => { void this.toggleFullScreen(screen); },
    });
  }

  private makeViewMenu(touch: boolean): ViewMenu {
    return new ViewMenu({
      choose: (choices) => { this.chooseView(choices); },
      resetView: () => { this.stage.resetView(); },
      capture: () => { this.pointer.capture(); },
      closeMenu: () => { this.menu.close(); },
    }, this.choices, touch);
  }

  private chooseView(wanted: Partial<ViewChoices>): void {
    const { view = this.choices.view, touch = this.choices.touch, keyBar = this.choices.keyBar } = wanted;
    const otherView = view !== this.choices.view;
    Object.assign(this.choices, { view, touch, keyBar });
    remember('view', view);
    remember('touch', touch);
    remember('key-bar', keyBar ? null : 'hidden');
    this.applyTouch();
    if (!otherView) return;
    this.stage.setMode(view);
    this.tellSize();
  }

  private applyTouch(): void {
    const { touch, keyBar } = this.choices;
    this.ghost.stay(touch === 'trackpad');
    this.pointer.setTouchMode(touch);
    if (this.bar !== null) this.bar.element.hidden = !keyBar;
  }

  /** A window that was opened for a monitor has nothing else to show. */
  private leave(): void {
    if (this.monitor > 0) window.close();
    this.app.go('');
  }

  private openAgain(): void {
    const resource = this.resource();
    if (resource === null) return this.app.go('');
    if (this.target.kind === 'resource') this.app.reload();
    else this.app.go(resourceHash(resource));
  }

  private openMenu(): void {
    this.keyboard.release(nowMs());
    this.view.show(this.stage.zoomed);
    this.menu.showClipboard(this.clipboard.mayCopy, this.clipboard.mayPaste);
    this.menu.show();
  }

  private async toggleFullScreen(screen?: Screen): Promise<void> {
    try {
      if (screen === undefined && isFullScreen()) return await leaveFullScreen();
      const captured = await enterFullScreen(screen);
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

  private chooseTerms(terms: Terms): void {
    this.terms.choose(terms);
    this.applyTerms();
  }

  private toggleSoftKeyboard(): void {
    this.field.setSoftKeyboard(!this.field.softKeyboard);
    this.stage.setSoftKeyboard(this.field.softKeyboard, 0);
    this.caret.tell();
    this.bar?.setKeyboard(this.field.softKeyboard);
  }

  /** Keeps the key bar above the soft keyboard, and the desktop's caret in sight. */
  private softKeyboardCovers(pixels: number): void {
    if (this.bar !== null) this.bar.element.style.transform = pixels > 0 ? `translateY(${-pixels}px)` : '';
    this.stage.setSoftKeyboard(this.field.softKeyboard, pixels);
  }
}

function sentenceOf(status: Status): string {
  return fromServer(status.text) || text.causes[status.cause][1];
}

function storedChoices(): ViewChoices {
  return {
    view: viewModes.find((one) => one === recall('view')) ?? 'follow',
    touch: touchModes.find((one) => one === recall('touch')) ?? 'direct',
    keyBar: recall('key-bar') !== 'hidden',
  };
}
