// Keyboard events of the window, while the session has the focus, to the desktop.
import { KeyTranslator, modifierBits, type KeyAction, type Platform } from '../core/keyboard.js';
import { eventTimeMs, nowMs } from './event_time.js';
import type { KeySender } from './key_sender.js';

export interface KeyboardTarget {
  /** Whether keys are for the desktop now. */
  active(): boolean;
  /** Lifts every key and button at the desktop. */
  releaseAll(atMs: number): void;
  /** The shortcut that leaves the desktop's keyboard for the page's own menu. */
  openMenu(): void;
  /** The shortcut that shows and hides the panel of figures. */
  toggleFigures(): void;
  /** Whether what the device has copied may go to the desktop. */
  mayPaste(): boolean;
  /** The browser gives what the device has copied; `then` is called once the desktop knows. */
  pasted(event: ClipboardEvent, then: () => void): void;
}

/** The keys for which a browser gives a page the clipboard without asking; Command is Control by now on a Mac. */
const isPasteShortcut = (event: KeyboardEvent): boolean =>
  !event.altKey && ((event.code === 'KeyV' && (event.ctrlKey || event.metaKey)) || (event.code === 'Insert' && event.shiftKey));
/** How long keys wait for the paste event: most browsers send it in the same task, Firefox once it has read the clipboard. */
const kPasteEventMs = 100;
/** How long keys wait for content that was announced: a large picture. */
const kPasteMs = 2_000;

/** Ctrl+Alt+Shift+M: the page's menu. A page that takes every key must leave one way out for the keyboard alone. */
const isMenuShortcut = (event: KeyboardEvent): boolean =>
  event.code === 'KeyM' && event.ctrlKey && event.altKey && event.shiftKey;

/** Ctrl+Alt+Shift+I: the figures, beside the menu's. */
const isFiguresShortcut = (event: KeyboardEvent): boolean =>
  event.code === 'KeyI' && event.ctrlKey && event.altKey && event.shiftKey;

export class KeyboardInput {
  private readonly translator: KeyTranslator;
  private readonly stop = new AbortController();
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** Keys that wait for the desktop to know what is pasted, in order. */
  private waiting: { readonly action: KeyAction; readonly atMs: number }[] | null = null;
  private waitTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    platform: Platform,
    private readonly target: KeyboardTarget,
    private readonly keys: KeySender,
  ) {
    this.translator = new KeyTranslator(platform);
    const { signal } = this.stop;
    const options = { capture: true, signal };
    window.addEventListener('keydown', (event) => { this.handle(event, true); }, options);
    window.addEventListener('keyup', (event) => { this.handle(event, false); }, options);
    window.addEventListener('paste', (event) => { this.paste(event); }, options);
    // Of the window itself, not of its elements.
    window.addEventListener('blur', (event) => { this.release(eventTimeMs(event)); }, { signal });
    document.addEventListener('visibilitychange', (event) => {
      if (document.visibilityState === 'hidden') this.release(eventTimeMs(event));
    }, options);
  }

  close(): void {
    this.stop.abort();
    clearTimeout(this.timer);
    clearTimeout(this.waitTimer);
  }

  /** The desktop forgot all keys by itself, as after a cut. */
  forget(): void {
    this.translator.releaseAll();
    this.waiting = null;
  }

  /** Lifts what is held, here and at the desktop. */
  release(atMs: number): void {
    this.goOn();
    this.keys.unlatch();
    this.translator.releaseAll();
    this.target.releaseAll(atMs);
  }

  isHeld(code: string): boolean {
    return this.translator.isHeld(code);
  }

  private handle(event: KeyboardEvent, down: boolean): void {
    if (!this.target.active()) return;
    const atMs = eventTimeMs(event);
    if (down && (isMenuShortcut(event) || isFiguresShortcut(event))) {
      event.preventDefault();
      this.release(atMs);
      if (isMenuShortcut(event)) this.target.openMenu();
      else if (!event.repeat) this.target.toggleFigures();
      return;
    }
    const answer = this.translator.translate({
      down,
      code: event.code,
      key: event.key,
      repeat: event.repeat,
      // 229: the input method has it (UI Events, 7.3.1); Safari says so after compositionend, when isComposing is over.
      composing: event.isComposing || event.keyCode === 229,
      modifiers: modifierBits((name) => event.getModifierState(name)),
      atMs,
    });
    // A paste event follows when the browser acts on the keys, and none when there is nothing to paste.
    const pastes = down && !event.repeat && isPasteShortcut(event) && this.target.mayPaste();
    if (pastes) this.wait(kPasteEventMs);
    else if (answer.handled) event.preventDefault();
    event.stopPropagation();
    for (const action of answer.actions) this.key(action, atMs);
    this.schedule();
  }

  private key(action: KeyAction, atMs: number): void {
    if (this.waiting === null) this.keys.key(action, atMs);
    else this.waiting.push({ action, atMs });
  }

  private wait(ms: number): void {
    this.waiting ??= [];
    clearTimeout(this.waitTimer);
    this.waitTimer = setTimeout(() => { this.goOn(); }, ms);
  }

  private goOn(): void {
    clearTimeout(this.waitTimer);
    const waiting = this.waiting ?? [];
    this.waiting = null;
    for (const { action, atMs } of waiting) this.keys.key(action, atMs);
  }

  private paste(event: ClipboardEvent): void {
    // Without the keys somebody chose "Paste" for the field itself, whose text is typed.
    if (!this.target.active() || this.waiting === null) return;
    this.wait(kPasteMs);
    this.target.pasted(event, () => { this.goOn(); });
  }

  private schedule(): void {
    clearTimeout(this.timer);
    const deadline = this.translator.nextDeadline();
    if (deadline === Infinity) return;
    this.timer = setTimeout(() => {
      for (const action of this.translator.tick(nowMs())) this.key(action, nowMs());
      this.schedule();
    }, Math.max(0, deadline - nowMs()));
  }
}
