import assert from 'node:assert/strict';
import { test } from 'node:test';
import { splitText, textEdit } from '../src/core/text_edit.js';

test('typed letters are inserted', () => assert.deepEqual(textEdit('hel', 'hello'), { erase: 0, insert: 'lo' }));
test('a correction takes back only what is wrong', () => {
  assert.deepEqual(textEdit('I teh', 'I the '), { erase: 2, insert: 'he ' });
});
test('deleting is erasing', () => assert.deepEqual(textEdit('abc', 'a'), { erase: 2, insert: '' }));
test('an emoji is one character', () => {
  assert.deepEqual(textEdit('a😀', 'a'), { erase: 1, insert: '' });
  assert.deepEqual(textEdit('a😀', 'a😁'), { erase: 1, insert: '😁' });
});
test('an edit applied to the old text gives the new one', () => {
  for (const [before, after] of [['', 'x'], ['naïve', 'naive'], ['日本', '日本語'], ['abc', 'xyz']] as const) {
    const { erase, insert } = textEdit(before, after);
    assert.equal([...before].slice(0, [...before].length - erase).join('') + insert, after);
  }
});

test('text is split between characters and within the limit', () => {
  const text = 'aé€😀'.repeat(50);
  for (const limit of [4, 5, 7, 64, 4_096]) {
    const parts = splitText(text, limit);
    assert.equal(parts.join(''), text);
    for (const part of parts) assert.ok(Buffer.byteLength(part) <= limit);
  }
});
test('nothing is split into nothing, and NUL is dropped', () => {
  assert.deepEqual(splitText('', 10), []);
  assert.deepEqual(splitText('a\0b', 10), ['ab']);
});
