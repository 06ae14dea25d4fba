// Keyboard events as the desktop wants them: each physical key goes down once and up once, whatever the browser leaves
// out or makes up. Text that comes from dead keys and input methods is left to the text field (see text_edit.ts).

import {
  kModAlt,
  kModAltGraph,
  kModCapsLock,
  kModControl,
  kModMeta,
  kModNumLock,
  kModShift,
} from '../wire/messages.gen.js';

export type Platform = 'mac' | 'windows' | 'other';

/** What a KeyboardEvent says, without the DOM. */
export interface KeyFacts {
  readonly down: boolean;
  readonly code: string;
  readonly key: string;
  readonly repeat: boolean;
  /** KeyboardEvent.isComposing: an input method is at work. */
  readonly composing: boolean;
  /** kMod bits. */
  readonly modifiers: number;
  readonly atMs: number;
  /** On a Mac: the Command key is down. Set by the translator. */
  readonly command?: boolean;
}

export interface KeyAction {
  readonly down: boolean;
  readonly code: string;
  readonly key: string;
  readonly modifiers: number;
}

export interface KeyAnswer {
  readonly actions: readonly KeyAction[];
  /** The browser must not act on this event. When false it goes to the text field. */
  readonly handled: boolean;
}

/** Windows reports AltGr as ControlLeft and AltRight in the same instant; a Control held back longer was a real one. */
const kAltGraphPairMs = 20;
/** Keys for which browsers report no release. */
const kNoRelease = new Set(['Lang1', 'Lang2', 'Eject']);
const kModifierKeys = new Set(['Shift', 'Control', 'Alt', 'Meta', 'AltGraph', 'CapsLock', 'NumLock', 'ScrollLock', 'Fn']);

const kSides: Readonly<Record<string, { readonly bit: number; readonly codes: readonly string[] }>> = {
  Shift: { bit: kModShift, codes: ['ShiftLeft', 'ShiftRight'] },
  Control: { bit: kModControl, codes: ['ControlLeft', 'ControlRight'] },
  Alt: { bit: kModAlt, codes: ['AltLeft', 'AltRight'] },
  Meta: { bit: kModMeta, codes: ['MetaLeft', 'MetaRight', 'OSLeft', 'OSRight'] },
  AltGraph: { bit: kModAltGraph, codes: ['AltRight'] },
};

/** Chromium names a key by NUL when it has no name for what it types; that may still come as text. */
const kControlCharacters = /\p{Cc}/u;
const isPrintable = (key: string): boolean => [...key].length === 1;
const identity = (facts: { code: string; key: string }): string => (facts.code === '' ? `key ${facts.key}` : facts.code);

export class KeyTranslator {
  /** Keys that are down at the desktop, by code, as they were sent. */
  private readonly held = new Map<string, KeyAction>();
  /** A ControlLeft on Windows that may turn out to be half of AltGr. */
  private pendingControl: KeyFacts | null = null;
  /** An Option key on a Mac that may turn out to choose a character. */
  private pendingOption: KeyFacts | null = null;
  private optionChose = false;
  /** A dead key was pressed: the next key belongs to the text field. */
  private afterDead = false;
  /** Events since AltGr went down have said so; not every browser's do. */
  private altGraphTold = false;
  /** A Compose key that the device's own input method may be using. */
  private pendingCompose: KeyFacts | null = null;

  constructor(private readonly platform: Platform) {}

  /** Whether any key is down at the desktop. */
  get holding(): boolean {
    return this.held.size > 0;
  }

  isHeld(code: string): boolean {
    return this.held.has(code);
  }

  /** When `tick` has something to do, or Infinity. */
  nextDeadline(): number {
    return this.pendingControl === null ? Infinity : this.pendingControl.atMs + kAltGraphPairMs;
  }

  tick(nowMs: number): KeyAction[] {
    return nowMs >= this.nextDeadline() ? this.flushControl() : [];
  }

  /** The page lost the focus or the link: forgets every key. True when some were down, so ReleaseAll is due. */
  releaseAll(): boolean {
    const held = this.holding;
    this.held.clear();
    this.pendingControl = null;
    this.pendingOption = null;
    this.pendingCompose = null;
    this.afterDead = false;
    return held;
  }

  translate(event: KeyFacts): KeyAnswer {
    const facts = this.platform === 'mac' ? macFacts(event) : event;
    return facts.down ? this.pressed(facts) : this.released(facts);
  }

  private pressed(facts: KeyFacts): KeyAnswer {
    const paired = this.pendingControl !== null && facts.code === 'AltRight';
    if (paired && facts.atMs - (this.pendingControl?.atMs ?? 0) <= kAltGraphPairMs) this.pendingControl = null;
    const actions = this.flushControl();
    // Input methods keep releases of modifiers for themselves.
    if (!facts.repeat) actions.push(...this.releaseLostModifiers(facts));

    if (this.belongsToTextField(facts)) return { actions, handled: false };
    if (facts.code === '' && !kModifierKeys.has(facts.key)) return this.tapped(facts, actions);
    if (facts.repeat) return { actions, handled: true };
    if (facts.key === 'Compose') {
      this.pendingCompose = facts;
      return { actions, handled: false };
    }
    if (!kModifierKeys.has(facts.key)) actions.push(...this.flushCompose());
    if (this.platform === 'windows' && facts.code === 'ControlLeft') {
      this.pendingControl = facts;
      return { actions, handled: true };
    }
    if (this.platform === 'mac' && facts.key === 'Alt') {
      this.pendingOption = facts;
      this.optionChose = false;
      return { actions, handled: true };
    }
    if (this.pendingOption !== null && !kModifierKeys.has(facts.key)) {
      if (isPrintable(facts.key)) return this.optionCharacter(facts, actions);
      actions.push(...this.press(this.pendingOption));
      this.pendingOption = null;
    }
    actions.push(...this.press(facts));
    // macOS tells no release of a key while Command is down.
    const releaseNeverComes =
      kNoRelease.has(facts.code) ||
      (this.platform === 'mac' && (facts.key === 'CapsLock' || (facts.command === true && !kModifierKeys.has(facts.key))));
    if (releaseNeverComes) actions.push(...this.release(identity(facts), facts.modifiers));
    return { actions, handled: true };
  }

  /** Without the key's place its release cannot be told from another's: iPads name another character then, or none. */
  private tapped(facts: KeyFacts, actions: KeyAction[]): KeyAnswer {
    actions.push(...this.flushCompose(), ...this.press(facts), ...this.release(identity(facts), facts.modifiers));
    return { actions, handled: true };
  }

  private released(facts: KeyFacts): KeyAnswer {
    const actions = this.flushControl();
    if (this.pendingOption !== null && facts.code === this.pendingOption.code) {
      // Pressed alone: programs open their menu on it.
      if (!this.optionChose) actions.push(...this.press(this.pendingOption));
      this.pendingOption = null;
    }
    // Windows reports PrintScreen, and macOS CapsLock switched off, by its release alone.
    const alone = facts.code === 'PrintScreen' || (this.platform === 'mac' && facts.key === 'CapsLock');
    if (alone && !this.held.has(identity(facts))) actions.push(...this.press(facts));
    actions.push(...this.release(identity(facts), facts.modifiers));
    return { actions, handled: true };
  }

  private belongsToTextField(facts: KeyFacts): boolean {
    if (kControlCharacters.test(facts.key)) return true;
    const after = this.afterDead;
    if (!kModifierKeys.has(facts.key)) this.afterDead = false;
    if (facts.composing || facts.key === 'Process' || (facts.key === 'Unidentified' && facts.code === '')) {
      // The device composes; the desktop must not do so a second time.
      this.pendingCompose = null;
      return true;
    }
    if (facts.key === 'Dead') {
      this.afterDead = true;
      return true;
    }
    const shortcut = (facts.modifiers & (kModControl | kModMeta)) !== 0 && (facts.modifiers & kModAltGraph) === 0;
    return after && !shortcut && !kModifierKeys.has(facts.key);
  }

  /** Nobody here composes, so the desktop does: Compose goes out before the key that follows it. */
  private flushCompose(): KeyAction[] {
    const compose = this.pendingCompose;
    this.pendingCompose = null;
    return compose === null ? [] : [...this.press(compose), ...this.release(identity(compose), compose.modifiers)];
  }

  /** Option chose this character on a Mac: it goes without Alt, which would make a shortcut of it. */
  private optionCharacter(facts: KeyFacts, actions: KeyAction[]): KeyAnswer {
    this.optionChose = true;
    actions.push(...this.press({ ...facts, modifiers: facts.modifiers & ~kModAlt }));
    return { actions, handled: true };
  }

  private press(facts: KeyFacts): KeyAction[] {
    const id = identity(facts);
    // A second press without a release: the release was lost.
    const lost = this.release(id, facts.modifiers);
    const action = { down: true, code: facts.code, key: facts.key, modifiers: this.cleanModifiers(facts) };
    this.held.set(id, action);
    return [...lost, action];
  }

  private release(id: string, modifiers: number): KeyAction[] {
    const action = this.held.get(id);
    if (action === undefined) return [];
    this.held.delete(id);
    return [{ ...action, down: false, modifiers }];
  }

  private flushControl(): KeyAction[] {
    const control = this.pendingControl;
    this.pendingControl = null;
    return control === null ? [] : this.press(control);
  }

  /** A modifier that is down at the desktop but not in this event was released where the page could not see it. */
  private releaseLostModifiers(facts: KeyFacts): KeyAction[] {
    const altGraph = (facts.modifiers & kModAltGraph) !== 0;
    this.altGraphTold = altGraph || (this.altGraphTold && this.held.has('AltRight'));
    const actions: KeyAction[] = [];
    // With AltGr Windows tells of Control and Alt, too.
    if (altGraph && this.platform === 'windows') return actions;
    for (const [name, side] of Object.entries(kSides)) {
      if ((facts.modifiers & side.bit) !== 0 || facts.key === name || (name === 'AltGraph' && !this.altGraphTold)) continue;
      for (const code of side.codes) {
        if (code !== facts.code && this.held.get(code)?.key === name) actions.push(...this.release(code, facts.modifiers));
      }
    }
    return actions;
  }

  /** AltGr on Windows sets Control and Alt too; only those that are really down are told. */
  private cleanModifiers(facts: KeyFacts): number {
    let modifiers = facts.modifiers;
    if (this.platform === 'windows' && (modifiers & kModAltGraph) !== 0) {
      if (!this.held.has('ControlLeft') && !this.held.has('ControlRight')) modifiers &= ~kModControl;
      if (!this.held.has('AltLeft')) modifiers &= ~kModAlt;
    }
    return modifiers;
  }
}

/** On a Mac the Command key does what Control does elsewhere, so that fingers find their shortcuts. */
function macFacts(facts: KeyFacts): KeyFacts {
  const command = (facts.modifiers & kModMeta) !== 0;
  const modifiers = command ? (facts.modifiers & ~kModMeta) | kModControl : facts.modifiers;
  if (facts.key !== 'Meta') return { ...facts, modifiers, command };
  const code = facts.code === 'MetaRight' || facts.code === 'OSRight' ? 'ControlRight' : 'ControlLeft';
  return { ...facts, code, key: 'Control', modifiers };
}

/** The kMod bits of an event's state. */
export function modifierBits(has: (name: string) => boolean): number {
  const bits: [string, number][] = [
    ['Shift', kModShift],
    ['Control', kModControl],
    ['Alt', kModAlt],
    ['Meta', kModMeta],
    ['AltGraph', kModAltGraph],
    ['CapsLock', kModCapsLock],
    ['NumLock', kModNumLock],
  ];
  return bits.reduce((sum, [name, bit]) => (has(name) ? sum | bit : sum), 0);
}
