import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backspaceUnits, kFieldFiller, splitText, textEdit } from '../src/core/text_edit.js';

test('typed letters are inserted', () => assert.deepEqual(textEdit('hel', 'hello'), { erase: 0, insert: 'lo' }));
test('a correction takes back only what is wrong', () => {
  assert.deepEqual(textEdit('I teh', 'I the '), { erase: 2, insert: 'he ' });
});
test('deleting is erasing', () => assert.deepEqual(textEdit('abc', 'a'), { erase: 2, insert: '' }));
test('an emoji is one character', () => {
  assert.deepEqual(textEdit('a😀', 'a'), { erase: 1, insert: '' });
  assert.deepEqual(textEdit('a😀', 'a😁'), { erase: 1, insert: '😁' });
});

/** What an editor with these rules holds after the edit. */
function edited(before: string, after: string): string {
  const { erase, insert } = textEdit(before, after);
  let text = before;
  for (let i = 0; i < erase; i += 1) text = backspaceUnits(text).slice(0, -1).join('');
  return text + insert;
}

const kFamily = '👨‍👩‍👧‍👦';
const edits: readonly (readonly [what: string, before: string, after: string, erase: number])[] = [
  ['the first letter', '', 'x', 0],
  ['an accent dropped in the middle of a word', 'naïve', 'naive', 3],
  ['a character of Chinese typed on', '日本', '日本語', 0],
  ['all of it replaced', 'abc', 'xyz', 3],
  ['autocorrect of a word that was sent', `${kFieldFiller}I recieve`, `${kFieldFiller}I receive `, 4],
  ['a capital put on a sentence', 'hello', 'Hello', 5],
  ['two spaces made a full stop', 'done  ', 'done. ', 2],
  ['a swiped word, chosen anew among suggestions', 'put it tge', 'put it there', 2],
  ['a family of seven code points taken back by one press', `so${kFamily}`, 'so', 1],
  ['a worker become a person', 'a👩‍💻', 'a👩', 1],
  ['a hand that got a colour', 'a👍', 'a👍🏽', 0],
  ['a colour changed', 'a👍🏽', 'a👍🏿', 1],
  ['a flag changed', '🇩🇪', '🇫🇷', 1],
  ['a keycap taken back', '1️⃣', '', 1],
  ['a letter with a combining accent taken back', 'cafe\u0301', 'caf', 1],
  ['one vowel sign of Thai taken back', 'กี่', 'กี', 1],
  ['a cluster of Devanagari taken back', 'कि', '', 2],
  ['dictation: a sentence put in at once and then rewritten', 'I would like to by a', 'I would like to buy a house, please.', 3],
];
for (const [what, before, after, erase] of edits) {
  test(`${what}`, () => {
    assert.equal(textEdit(before, after).erase, erase);
    assert.equal(edited(before, after), after);
  });
}
test('a long dictation is one insertion', () => {
  const speech = 'and so on '.repeat(400);
  assert.deepEqual(textEdit(kFieldFiller, kFieldFiller + speech), { erase: 0, insert: speech });
});
test('Backspace held on an empty field goes on to the desktop', () => {
  assert.deepEqual(textEdit(kFieldFiller, kFieldFiller.slice(0, -3)), { erase: 3, insert: '' });
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
