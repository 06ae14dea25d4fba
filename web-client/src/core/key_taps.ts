// Keys that buttons press, as the key events a keyboard would make.
import { kModAlt, kModControl, kModMeta, kModShift } from '../wire/messages.gen.js';
import type { KeyAction } from './keyboard.js';

interface NamedKey {
  readonly code: string;
  readonly key: string;
  readonly modifier?: number;
}

const named = {
  Control: { code: 'ControlLeft', key: 'Control', modifier: kModControl },
  Alt: { code: 'AltLeft', key: 'Alt', modifier: kModAlt },
  Shift: { code: 'ShiftLeft', key: 'Shift', modifier: kModShift },
  Super: { code: 'MetaLeft', key: 'Meta', modifier: kModMeta },
  Escape: { code: 'Escape', key: 'Escape' },
  Tab: { code: 'Tab', key: 'Tab' },
  Enter: { code: 'Enter', key: 'Enter' },
  Backspace: { code: 'Backspace', key: 'Backspace' },
  Delete: { code: 'Delete', key: 'Delete' },
  PrintScreen: { code: 'PrintScreen', key: 'PrintScreen' },
  Left: { code: 'ArrowLeft', key: 'ArrowLeft' },
  Right: { code: 'ArrowRight', key: 'ArrowRight' },
  Up: { code: 'ArrowUp', key: 'ArrowUp' },
  Down: { code: 'ArrowDown', key: 'ArrowDown' },
  Insert: { code: 'Insert', key: 'Insert' },
  Pause: { code: 'Pause', key: 'Pause' },
  Menu: { code: 'ContextMenu', key: 'ContextMenu' },
  W: { code: 'KeyW', key: 'w' },
  T: { code: 'KeyT', key: 't' },
  N: { code: 'KeyN', key: 'n' },
  Home: { code: 'Home', key: 'Home' },
  End: { code: 'End', key: 'End' },
  PageUp: { code: 'PageUp', key: 'PageUp' },
  PageDown: { code: 'PageDown', key: 'PageDown' },
  F1: { code: 'F1', key: 'F1' },
  F2: { code: 'F2', key: 'F2' },
  F3: { code: 'F3', key: 'F3' },
  F4: { code: 'F4', key: 'F4' },
  F5: { code: 'F5', key: 'F5' },
  F6: { code: 'F6', key: 'F6' },
  F7: { code: 'F7', key: 'F7' },
  F8: { code: 'F8', key: 'F8' },
  F9: { code: 'F9', key: 'F9' },
  F10: { code: 'F10', key: 'F10' },
  F11: { code: 'F11', key: 'F11' },
  F12: { code: 'F12', key: 'F12' },
} as const satisfies Record<string, NamedKey>;

export type KeyName = keyof typeof named;

export const kFunctionKeys: readonly KeyName[] = [
  'F1', 'F2', 'F3', 'F4', 'F5', 'F6', 'F7', 'F8', 'F9', 'F10', 'F11', 'F12',
];

/** Presses the keys in order, then a character when one is given, and lifts all in reverse. */
export function tap(keys: readonly KeyName[], character?: string): KeyAction[] {
  const all: NamedKey[] = keys.map((name) => named[name]);
  if (character !== undefined) all.push({ code: characterCode(character), key: character });
  return [...pressed(all), ...released(all)];
}

export function press(keys: readonly KeyName[]): KeyAction[] {
  return pressed(keys.map((name) => named[name]));
}

export function release(keys: readonly KeyName[]): KeyAction[] {
  return released(keys.map((name) => named[name]));
}

function pressed(keys: readonly NamedKey[]): KeyAction[] {
  let modifiers = 0;
  return keys.map(({ code, key, modifier }) => {
    // As browsers tell it: a modifier counts itself from its own press on.
    modifiers |= modifier ?? 0;
    return { down: true, code, key, modifiers };
  });
}

function released(keys: readonly NamedKey[]): KeyAction[] {
  let modifiers = keys.reduce((bits, { modifier }) => bits | (modifier ?? 0), 0);
  return [...keys].reverse().map(({ code, key, modifier }) => {
    modifiers &= ~(modifier ?? 0);
    return { down: false, code, key, modifiers };
  });
}

export function latchedBits(keys: readonly KeyName[]): number {
  return keys.reduce((bits, name) => bits | ((named[name] as NamedKey).modifier ?? 0), 0);
}

/** Where a letter or digit lies on a keyboard; shortcuts of some programs go by the place. */
function characterCode(character: string): string {
  if (/^[a-z]$/i.test(character)) return `Key${character.toUpperCase()}`;
  return /^[0-9]$/.test(character) ? `Digit${character}` : '';
}
