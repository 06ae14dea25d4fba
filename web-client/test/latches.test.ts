import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { KeySender } from '../src/browser/key_sender.js';
import { Latches } from '../src/core/latches.js';
import { WarpWatch } from '../src/core/warp_watch.js';
import type { InputMessage } from '../src/core/session.js';

describe('a modifier of the key bar', () => {
  test('tapped once is held for the next key', () => {
    const latches = new Latches();
    latches.tap('Control', 0);
    assert.equal(latches.state('Control'), 'next');
    assert.equal(latches.used(), true);
    assert.equal(latches.state('Control'), 'off');
  });

  test('tapped twice in a row is held until it is tapped again', () => {
    const latches = new Latches();
    latches.tap('Control', 0);
    latches.tap('Control', 200);
    assert.equal(latches.used(), false);
    assert.equal(latches.state('Control'), 'locked');
    latches.tap('Control', 5_000);
    assert.equal(latches.state('Control'), 'off');
  });

  test('tapped again after a while is let go', () => {
    const latches = new Latches();
    latches.tap('Alt', 0);
    latches.tap('Alt', 2_000);
    assert.equal(latches.state('Alt'), 'off');
  });

  /** What a desktop gets, in short. */
  const sent = (act: (keys: KeySender) => void): string => {
    const story: string[] = [];
    act(new KeySender((message: InputMessage) => {
      if (message.type === 'Key') story.push(`${message.down ? '+' : '-'}${message.key}`);
      else if (message.type === 'PointerButton') story.push(`${message.down ? '+' : '-'}button`);
      else if (message.type === 'TextInput') story.push(message.text);
      else story.push(message.type);
    }));
    return story.join(' ');
  };
  const button = (down: boolean): InputMessage => ({ type: 'PointerButton', x: 1, y: 1, button: 0, down });

  test('is down around a click, and let go after it', () => {
    assert.equal(sent((keys) => {
      keys.toggleLatch('Control', 0);
      keys.pointer(button(true), 1);
      keys.pointer({ type: 'PointerMove', x: 2, y: 2 }, 2);
      keys.pointer(button(false), 3);
      keys.pointer(button(true), 4);
      keys.pointer(button(false), 5);
    }), '+Control +button PointerMove -button -Control +button -button');
  });

  test('that is locked makes a shortcut of every character', () => {
    assert.equal(sent((keys) => {
      keys.toggleLatch('Control', 0);
      keys.toggleLatch('Control', 100);
      keys.text('ab', 200);
      keys.toggleLatch('Control', 1_000);
      keys.text('c', 1_100);
    }), '+Control +a -a -Control +Control +b -b -Control c');
  });
});

describe('a program that steers by the pointer', () => {
  const displaced = (watch: WarpWatch, ...times: number[]): boolean[] => times.map((at) => watch.displaced(at));

  test('hides it and puts it back again and again', () => {
    const watch = new WarpWatch();
    watch.cursor(true);
    assert.deepEqual(displaced(watch, 0, 100, 200, 300, 400), [false, false, false, true, false]);
  });

  test('is not one that shows the pointer, or moves it once in a while', () => {
    const shown = new WarpWatch();
    shown.cursor(false);
    assert.ok(!displaced(shown, 0, 10, 20, 30, 40).includes(true));
    const rare = new WarpWatch();
    rare.cursor(true);
    assert.ok(!displaced(rare, 0, 1_000, 2_000, 3_000, 4_000, 5_000).includes(true));
  });

  test('is offered again only after a while', () => {
    const watch = new WarpWatch();
    watch.cursor(true);
    displaced(watch, 0, 10, 20, 30);
    assert.ok(!displaced(watch, 1_000, 1_010, 1_020, 1_030, 1_040).includes(true));
    assert.ok(displaced(watch, 200_000, 200_010, 200_020, 200_030).includes(true));
  });
});
