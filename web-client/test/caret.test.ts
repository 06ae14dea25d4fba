import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CaretGuess } from '../src/core/caret.js';

const rect = (x: number, y: number, width: number, height: number) => ({ x, y, width, height });

describe('the caret of the desktop', () => {
  test('is unknown at first, and where was clicked after that', () => {
    const guess = new CaretGuess();
    assert.equal(guess.caret, null);
    guess.clicked({ x: 100, y: 200 });
    assert.deepEqual(guess.caret, rect(100, 190, 1, 20));
  });

  test('is at the end of the small change that answers a key', () => {
    const guess = new CaretGuess();
    guess.clicked({ x: 100, y: 200 });
    guess.typed(1_000);
    assert.equal(guess.changed([rect(96, 192, 32, 16)], 1_020), true);
    assert.deepEqual(guess.caret, rect(127, 192, 1, 16));
    assert.equal(guess.changed([rect(112, 192, 16, 16)], 1_030), false);
  });

  test('is on the lower line after Enter', () => {
    const guess = new CaretGuess();
    guess.clicked({ x: 300, y: 200 });
    guess.typed(0);
    guess.changed([rect(288, 192, 16, 16), rect(16, 224, 16, 16)], 10);
    assert.equal(guess.caret?.y, 224);
  });

  test('is far from a click that was beside the text, once a key is answered there', () => {
    const guess = new CaretGuess();
    guess.clicked({ x: 600, y: 400 });
    guess.typed(0);
    assert.equal(guess.changed([rect(16, 48, 16, 32)], 10), true);
    assert.equal(guess.caret?.y, 48);
  });

  test('is where something blinks', () => {
    const guess = new CaretGuess();
    guess.clicked({ x: 100, y: 200 });
    assert.equal(guess.changed([rect(144, 192, 1, 18)], 60_000), true);
    assert.equal(guess.caret?.x, 144);
    assert.equal(guess.changed([rect(700, 30, 2, 18)], 61_000), true);
    assert.equal(guess.caret?.y, 30);
  });

  test('is not moved by a clock in the panel, a film, or a change long after the key', () => {
    const guess = new CaretGuess();
    guess.clicked({ x: 100, y: 500 });
    guess.typed(0);
    assert.equal(guess.changed([rect(1_200, 0, 64, 16), rect(900, 0, 64, 16)], 10), false);
    assert.equal(guess.changed([rect(1_200, 0, 32, 16)], 30_000), false);
    assert.equal(guess.changed([rect(80, 400, 640, 360)], 10), false);
    assert.equal(guess.changed([rect(96, 496, 64, 16)], 5_000), false);
    assert.equal(guess.caret?.x, 100);
  });
});
