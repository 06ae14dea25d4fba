// Modifiers of the key bar: a tap holds one for the next key, two taps in a row hold it until it is tapped again.
import type { KeyName } from './key_taps.js';

export type LatchState = 'off' | 'next' | 'locked';

const kDoubleTapMs = 400;

export class Latches {
  private readonly states = new Map<KeyName, { state: LatchState; atMs: number }>();

  tap(key: KeyName, atMs: number): void {
    const before = this.states.get(key);
    if (before === undefined) this.states.set(key, { state: 'next', atMs });
    else if (before.state === 'next' && atMs - before.atMs <= kDoubleTapMs) before.state = 'locked';
    else this.states.delete(key);
  }

  state(key: KeyName): LatchState {
    return this.states.get(key)?.state ?? 'off';
  }

  /** In the order they were tapped. */
  get held(): KeyName[] {
    return [...this.states.keys()];
  }

  /** A key was pressed with them. True when some were for that one alone. */
  used(): boolean {
    const before = this.states.size;
    for (const [key, { state }] of this.states) if (state === 'next') this.states.delete(key);
    return this.states.size !== before;
  }

  /** The link went: nothing is held for a desktop that may be another. */
  clear(): void {
    this.states.clear();
  }
}
