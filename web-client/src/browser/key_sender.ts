// Sends keys and text that no keyboard event stands behind: buttons, the soft keyboard, input methods. Modifiers that
// were latched on the key bar apply to the next key.
import type { KeyAction } from '../core/keyboard.js';
import type { InputMessage } from '../core/session.js';
import { type KeyName, latchedBits, tap } from '../core/key_taps.js';

export class KeySender {
  private readonly latched = new Set<KeyName>();
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
    for (const action of tap([...this.latched, ...keys])) this.key(action, atMs);
    this.unlatch();
  }

  /** Text as it is. With a modifier latched, its first character is a shortcut. */
  text(text: string, atMs: number): void {
    let rest = text;
    if (this.latched.size > 0 && rest !== '') {
      const [first = ''] = rest;
      for (const action of tap([...this.latched], first)) this.key(action, atMs);
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

  /** The modifier stays down for the next key, or no longer. */
  toggleLatch(key: KeyName): void {
    if (!this.latched.delete(key)) this.latched.add(key);
    this.onLatchChange();
  }

  isLatched(key: KeyName): boolean {
    return this.latched.has(key);
  }

  get latchedModifiers(): number {
    return latchedBits([...this.latched]);
  }

  unlatch(): void {
    if (this.latched.size === 0) return;
    this.latched.clear();
    this.onLatchChange();
  }
}
