// Keyboard events of the window, while the session has the focus, to the desktop.
import { KeyTranslator, modifierBits, type Platform } from '../core/keyboard.js';
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
}

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
    // Of the window itself, not of its elements.
    window.addEventListener('blur', (event) => { this.release(eventTimeMs(event)); }, { signal });
    document.addEventListener('visibilitychange', (event) => {
      if (document.visibilityState === 'hidden') this.release(eventTimeMs(event));
    }, options);
  }

  close(): void {
    this.stop.abort();
    clearTimeout(this.timer);
  }

  /** The desktop forgot all keys by itself, as after a cut. */
  forget(): void {
    this.translator.releaseAll();
  }

  /** Lifts what is held, here and at the desktop. */
  release(atMs: number): void {
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
    if (answer.handled) event.preventDefault();
    event.stopPropagation();
    for (const action of answer.actions) this.keys.key(action, atMs);
    this.schedule();
  }

  private schedule(): void {
    clearTimeout(this.timer);
    const deadline = this.translator.nextDeadline();
    if (deadline === Infinity) return;
    this.timer = setTimeout(() => {
      for (const action of this.translator.tick(nowMs())) this.keys.key(action, nowMs());
      this.schedule();
    }, Math.max(0, deadline - nowMs()));
  }
}
