// Sends keys and text that no keyboard event stands behind: buttons, the soft keyboard, input methods. Modifiers that
// were latched on the key bar apply to the next key or click, locked ones to all.
import type { KeyAction } from '../core/keyboard.js';
import type { InputMessage } from '../core/session.js';
import { type KeyName, latchedBits, press, release, tap } from '../core/key_taps.js';
import { Latches, type LatchState } from '../core/latches.js';

export class KeySender {
  private readonly latches = new Latches();
  /** Modifiers that are down around a click. */
  private around: readonly KeyName[] = [];
  onLatchChange: () => void = () => undefined;
  /** Something was typed that the desktop will answer at its caret. */
  onTyped: (atMs: number) => void = () => undefined;

  constructor(private readonly send: (message: InputMessage, atMs: number) => void) {}

  key(action: KeyAction, atMs: number): void {
    if (action.down) this.onTyped(atMs);
    this.send({ type: 'Key', ...action }, atMs);
  }

  /** Presses the keys in order and lifts them in reverse; together with what is latched. */
  chord(keys: readonly KeyName[], atMs: number): void {
    for (const action of tap([...this.latches.held, ...keys])) this.key(action, atMs);
    this.unlatch();
  }

  /** Text as it is. With a modifier latched, its first character is a shortcut; with one locked, every one. */
  text(text: string, atMs: number): void {
    let rest = text;
    while (this.latches.held.length > 0 && rest !== '') {
      const [first = ''] = rest;
      for (const action of tap(this.latches.held, first)) this.key(action, atMs);
      this.unlatch();
      rest = rest.slice(first.length);
    }
    for (const [index, line] of rest.split(/\r?\n/).entries()) {
      if (index > 0) this.chord(['Enter'], atMs);
      if (line === '') continue;
      this.onTyped(atMs);
      this.send({ type: 'TextInput', text: line }, atMs);
    }
  }

  /** A pointer's message; what is latched is down while a button is. */
  pointer(message: InputMessage, atMs: number): void {
    const down = message.type === 'PointerButton' && message.down;
    if (down && this.around.length === 0) {
      this.around = this.latches.held;
      for (const action of press(this.around)) this.key(action, atMs);
    }
    this.send(message, atMs);
    if (message.type !== 'PointerButton' || down || this.around.length === 0) return;
    for (const action of release(this.around)) this.key(action, atMs);
    this.around = [];
    this.unlatch();
  }

  /** The modifier stays down for the next key, or no longer; or, tapped twice, until it is tapped again. */
  toggleLatch(key: KeyName, atMs: number): void {
    this.latches.tap(key, atMs);
    this.onLatchChange();
  }

  latchState(key: KeyName): LatchState {
    return this.latches.state(key);
  }

  get latchedModifiers(): number {
    return latchedBits(this.latches.held);
  }

  unlatch(): void {
    if (this.latches.used()) this.onLatchChange();
  }

  /** The desktop holds no key any more. */
  forget(): void {
    this.around = [];
    this.latches.clear();
    this.onLatchChange();
  }
}
