import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type KeyFacts, KeyTranslator, modifierBits, type Platform } from '../src/core/keyboard.js';
import { tap } from '../src/core/key_taps.js';
import { kModAlt, kModAltGraph, kModControl, kModMeta, kModShift } from '../src/wire/messages.gen.js';

/** A keyboard on a platform; each press or release gives what the desktop is told, as "+code/key" and "-code/key". */
class Keyboard {
  readonly translator: KeyTranslator;
  nowMs = 0;
  constructor(platform: Platform) {
    this.translator = new KeyTranslator(platform);
  }
  private event(down: boolean, code: string, key: string, more: Partial<KeyFacts>): string {
    const facts = { down, code, key, repeat: false, composing: false, modifiers: 0, atMs: this.nowMs, ...more };
    const answer = this.translator.translate(facts);
    return `${words(answer.actions)}${answer.handled ? '' : ' field'}`.trim();
  }
  press(code: string, key: string, more: Partial<KeyFacts> = {}): string {
    return this.event(true, code, key, more);
  }
  release(code: string, key: string, more: Partial<KeyFacts> = {}): string {
    return this.event(false, code, key, more);
  }
}

const words = (actions: readonly { down: boolean; code: string; key: string }[]): string =>
  actions.map((one) => `${one.down ? '+' : '-'}${one.code}/${one.key}`).join(' ');

describe('on any platform', () => {
  test('a key goes down once and up once', () => {
    const k = new Keyboard('other');
    assert.equal(k.press('KeyA', 'a'), '+KeyA/a');
    assert.equal(k.press('KeyA', 'a', { repeat: true }), '');
    assert.equal(k.release('KeyA', 'a'), '-KeyA/a');
    assert.equal(k.release('KeyA', 'a'), '');
  });

  test('a release whose key changed with Shift still lifts what was pressed', () => {
    const k = new Keyboard('other');
    k.press('ShiftLeft', 'Shift', { modifiers: kModShift });
    assert.equal(k.press('Digit1', '!', { modifiers: kModShift }), '+Digit1/!');
    k.release('ShiftLeft', 'Shift');
    assert.equal(k.release('Digit1', '1'), '-Digit1/!');
  });

  test('a second press without a release lifts the key first', () => {
    const k = new Keyboard('other');
    k.press('KeyA', 'a');
    assert.equal(k.press('KeyA', 'a'), '-KeyA/a +KeyA/a');
  });

  test('a modifier whose release was lost is lifted at the next key', () => {
    const k = new Keyboard('other');
    k.press('AltLeft', 'Alt', { modifiers: kModAlt });
    assert.equal(k.press('KeyA', 'a'), '-AltLeft/Alt +KeyA/a');
  });

  test('a key whose place the browser does not know is tapped, so that a release under another name leaves nothing down', () => {
    const k = new Keyboard('mac');
    assert.equal(k.press('', 'A', { modifiers: kModShift }), '+/A -/A');
    assert.equal(k.press('', 'A', { modifiers: kModShift, repeat: true }), '+/A -/A');
    assert.equal(k.release('', 'a'), '');
    assert.equal(k.translator.holding, false);
  });

  test('losing the focus forgets everything that is down', () => {
    const k = new Keyboard('other');
    k.press('KeyA', 'a');
    assert.equal(k.translator.releaseAll(), true);
    assert.equal(k.release('KeyA', 'a'), '');
    assert.equal(k.translator.releaseAll(), false);
  });

  test('a dead key and the key after it are left to the text field', () => {
    const k = new Keyboard('other');
    assert.equal(k.press('BracketLeft', 'Dead'), 'field');
    assert.equal(k.release('BracketLeft', 'Dead'), '');
    assert.equal(k.press('ShiftLeft', 'Shift', { modifiers: kModShift }), '+ShiftLeft/Shift');
    assert.equal(k.press('KeyE', 'E', { modifiers: kModShift }), 'field');
    assert.equal(k.release('KeyE', 'E', { modifiers: kModShift }), '');
    assert.equal(k.press('KeyE', 'e'), '-ShiftLeft/Shift +KeyE/e');
  });

  test('after an accent that the device composed itself, keys are keys again', () => {
    const k = new Keyboard('other');
    assert.equal(k.press('BracketLeft', 'Dead'), 'field');
    assert.equal(k.press('KeyE', 'Process'), 'field');
    assert.equal(k.press('ControlLeft', 'Control', { modifiers: kModControl }), '+ControlLeft/Control');
    assert.equal(k.press('KeyS', 's', { modifiers: kModControl }), '+KeyS/s');
  });

  test('a shortcut right after a dead key is a shortcut', () => {
    const k = new Keyboard('other');
    k.press('BracketLeft', 'Dead');
    k.press('ControlLeft', 'Control', { modifiers: kModControl });
    assert.equal(k.press('KeyC', 'c', { modifiers: kModControl }), '+KeyC/c');
  });

  test('Compose is left to a device that composes, and sent where none does', () => {
    const k = new Keyboard('other');
    assert.equal(k.press('ContextMenu', 'Compose'), 'field');
    assert.equal(k.release('ContextMenu', 'Compose'), '');
    assert.equal(k.press('Quote', 'Process'), 'field');
    assert.equal(k.press('KeyE', 'Process'), 'field');
    assert.equal(k.press('KeyX', 'x'), '+KeyX/x');
    assert.equal(k.press('ContextMenu', 'Compose'), 'field');
    assert.equal(k.press('ShiftLeft', 'Shift', { modifiers: kModShift }), '+ShiftLeft/Shift');
    assert.equal(k.press('KeyA', 'A', { modifiers: kModShift }), '+ContextMenu/Compose -ContextMenu/Compose +KeyA/A');
  });

  test('what an input method works on is left to the text field', () => {
    const k = new Keyboard('other');
    assert.equal(k.press('KeyN', 'Process'), 'field');
    assert.equal(k.press('KeyI', 'i', { composing: true }), 'field');
    assert.equal(k.press('', 'Unidentified'), 'field');
  });

  test('keys without a release are tapped', () => {
    const k = new Keyboard('other');
    assert.equal(k.press('Lang1', 'HangulMode'), '+Lang1/HangulMode -Lang1/HangulMode');
  });

  test('PrintScreen comes once, whether the browser tells of its press or of its release alone', () => {
    const k = new Keyboard('other');
    assert.equal(k.release('PrintScreen', 'PrintScreen'), '+PrintScreen/PrintScreen -PrintScreen/PrintScreen');
    assert.equal(k.press('PrintScreen', 'PrintScreen'), '+PrintScreen/PrintScreen');
    assert.equal(k.release('PrintScreen', 'PrintScreen'), '-PrintScreen/PrintScreen');
  });

  test('a key that the browser has no name for is left to the text field', () => {
    const k = new Keyboard('other');
    assert.equal(k.press('Digit5', '\0', { modifiers: kModAltGraph }), 'field');
    assert.equal(k.release('Digit5', '\0'), '');
  });

  test('Shift and AltGr that an input method let go of are lifted while it still composes', () => {
    const k = new Keyboard('other');
    k.press('ShiftLeft', 'Shift', { modifiers: kModShift });
    k.press('AltRight', 'AltGraph', { modifiers: kModShift });
    assert.equal(k.press('Digit9', 'Process', { modifiers: kModShift | kModAltGraph }), 'field');
    assert.equal(k.press('KeyE', 'Process', { composing: true }), '-ShiftLeft/Shift -AltRight/AltGraph field');
  });

  test('AltGr stays down where key events do not tell of it', () => {
    const k = new Keyboard('other');
    assert.equal(k.press('AltRight', 'AltGraph'), '+AltRight/AltGraph');
    assert.equal(k.press('KeyE', '€'), '+KeyE/€');
    k.release('KeyE', '€');
    assert.equal(k.release('AltRight', 'AltGraph'), '-AltRight/AltGraph');
  });

  test('a key without a code is known by what it produces', () => {
    const k = new Keyboard('other');
    assert.equal(k.press('', 'Enter'), '+/Enter -/Enter');
  });
});

describe('on Windows', () => {
  test('AltGr is one key, not Control and AltGr', () => {
    const k = new Keyboard('windows');
    assert.equal(k.press('ControlLeft', 'Control', { modifiers: kModControl }), '');
    assert.equal(k.press('AltRight', 'AltGraph', { modifiers: kModAltGraph | kModControl | kModAlt }), '+AltRight/AltGraph');
    assert.equal(k.press('KeyE', '€', { modifiers: kModAltGraph | kModControl | kModAlt }), '+KeyE/€');
    assert.equal(k.release('ControlLeft', 'Control'), '');
    assert.equal(k.release('AltRight', 'AltGraph'), '-AltRight/AltGraph');
  });

  test('only modifiers that are really down are told with AltGr', () => {
    const k = new Keyboard('windows');
    k.press('ControlLeft', 'Control', { modifiers: kModControl });
    k.press('AltRight', 'AltGraph', { modifiers: kModAltGraph | kModControl | kModAlt });
    const { actions } = k.translator.translate({
      down: true, code: 'KeyQ', key: '@', repeat: false, composing: false, modifiers: kModAltGraph | kModControl | kModAlt, atMs: 5,
    });
    assert.equal(actions[0]?.modifiers, kModAltGraph);
  });

  test('a real Control goes down with the key that follows', () => {
    const k = new Keyboard('windows');
    assert.equal(k.press('ControlLeft', 'Control', { modifiers: kModControl }), '');
    k.nowMs = 5;
    assert.equal(k.press('KeyC', 'c', { modifiers: kModControl }), '+ControlLeft/Control +KeyC/c');
  });

  test('a Control held alone goes down after a moment', () => {
    const k = new Keyboard('windows');
    k.press('ControlLeft', 'Control', { modifiers: kModControl });
    assert.deepEqual(k.translator.tick(10), []);
    assert.equal(words(k.translator.tick(k.translator.nextDeadline())), '+ControlLeft/Control');
    assert.equal(k.translator.nextDeadline(), Infinity);
  });

  test('a Control tapped alone is told whole', () => {
    const k = new Keyboard('windows');
    k.press('ControlLeft', 'Control', { modifiers: kModControl });
    assert.equal(k.release('ControlLeft', 'Control'), '+ControlLeft/Control -ControlLeft/Control');
  });
});

describe('on a Mac', () => {
  test('Command is Control, and keys pressed with it are tapped', () => {
    const k = new Keyboard('mac');
    assert.equal(k.press('MetaLeft', 'Meta', { modifiers: kModMeta }), '+ControlLeft/Control');
    assert.equal(k.press('KeyC', 'c', { modifiers: kModMeta }), '+KeyC/c -KeyC/c');
    assert.equal(k.release('MetaLeft', 'Meta'), '-ControlLeft/Control');
  });

  test('Option with a character sends the character alone', () => {
    const k = new Keyboard('mac');
    assert.equal(k.press('AltLeft', 'Alt', { modifiers: kModAlt }), '');
    assert.equal(k.press('KeyA', 'å', { modifiers: kModAlt }), '+KeyA/å');
    k.release('KeyA', 'å', { modifiers: kModAlt });
    assert.equal(k.release('AltLeft', 'Alt'), '');
  });

  test('Option tapped alone is Alt', () => {
    const k = new Keyboard('mac');
    k.press('AltLeft', 'Alt', { modifiers: kModAlt });
    assert.equal(k.release('AltLeft', 'Alt'), '+AltLeft/Alt -AltLeft/Alt');
  });

  test('Option with any other key is Alt', () => {
    const k = new Keyboard('mac');
    k.press('AltLeft', 'Alt', { modifiers: kModAlt });
    assert.equal(k.press('Tab', 'Tab', { modifiers: kModAlt }), '+AltLeft/Alt +Tab/Tab');
    k.release('Tab', 'Tab', { modifiers: kModAlt });
    assert.equal(k.release('AltLeft', 'Alt'), '-AltLeft/Alt');
  });

  test('Caps Lock, told once by a press and once by a release, is tapped each time', () => {
    const k = new Keyboard('mac');
    assert.equal(k.press('CapsLock', 'CapsLock'), '+CapsLock/CapsLock -CapsLock/CapsLock');
    assert.equal(k.release('CapsLock', 'CapsLock'), '+CapsLock/CapsLock -CapsLock/CapsLock');
  });
});

describe('buttons for keys', () => {
  test('press in order and lift in reverse, with the modifiers that are down at each', () => {
    const actions = tap(['Control', 'Alt', 'Delete']);
    assert.equal(words(actions), '+ControlLeft/Control +AltLeft/Alt +Delete/Delete -Delete/Delete -AltLeft/Alt -ControlLeft/Control');
    assert.deepEqual(actions.map((one) => one.modifiers), [kModControl, kModControl | kModAlt, kModControl | kModAlt, kModControl | kModAlt, kModControl, 0]);
  });

  test('a character with a latched modifier is a shortcut', () => {
    assert.equal(words(tap(['Control'], 'c')), '+ControlLeft/Control +KeyC/c -KeyC/c -ControlLeft/Control');
  });
});

test('modifier states are one bit each', () => {
  assert.equal(modifierBits((name) => name === 'Shift' || name === 'AltGraph'), kModShift | kModAltGraph);
});
