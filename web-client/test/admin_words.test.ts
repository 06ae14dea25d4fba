import assert from 'node:assert/strict';
import { test } from 'node:test';
import { identifierOf } from '../src/ui/admin/parts.js';
import { about } from '../src/ui/admin/admin_app.js';
import { niceTop, strokes } from '../src/ui/admin/charts.js';
import { parsePlace, place } from '../src/ui/admin/place.js';
import { valueText } from '../src/ui/admin/policies.js';
import { browserName, bytes, commandLine, commandWords, duration } from '../src/ui/admin/words.js';

test('a command line is read as a shell reads quotes, and written so that it reads back', () => {
  for (const words of [['mousepad'], ['sh', '-c', 'echo "hi there"'], ['run', "it's", ''], ['a b', '$x;y']]) {
    assert.deepEqual(commandWords(commandLine(words)), words);
  }
  assert.deepEqual(commandWords('  one "two three"  four\'s five\' '), ['one', 'two three', 'fours five']);
  assert.equal(commandWords('never "closed'), null);
});

test('addresses of pages lead there and back', () => {
  assert.deepEqual(parsePlace(place('users', 'ada/b ä')), ['users', 'ada/b ä']);
  assert.deepEqual(parsePlace(place('')), []);
  assert.deepEqual(parsePlace(''), []);
  assert.deepEqual(parsePlace('#x'), []);
  assert.deepEqual(parsePlace('#/users/%zz'), ['users', '%zz']);
});

test('spans of time and amounts are short', () => {
  assert.deepEqual([5, 65, 3_600, 5_400, 86_400, 90_000].map(duration), ['5 s', '1 min', '1 h', '1 h 30 min', '1 d', '1 d 1 h']);
  assert.deepEqual([0, 999, 1_500, 12_345_678].map(bytes), ['0 B', '999 B', '1.5 kB', '12.3 MB']);
});

test('browsers are told apart', () => {
  assert.equal(browserName('Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0'), 'Firefox on Linux');
  assert.equal(browserName('Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36 Edg/126.0'), 'Edge on Windows');
  assert.equal(browserName('Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Safari/604.1'), 'Safari on iPhone');
  assert.equal(browserName('curl/8.5'), 'curl/8.5');
  assert.equal(browserName(''), '');
});

test('names become identifiers that the server takes', () => {
  assert.deepEqual(['Text Editor!', '  Bürö 2.0 ', '!!!'].map(identifierOf), ['text-editor', 'buro-2-0', '']);
});

test('rules are written as the server reads them', () => {
  assert.deepEqual([0, 90, 900, 7_200, 86_400].map((value) => valueText('duration', value)), ['none', '90s', '15m', '2h', '1d']);
  assert.equal(valueText('choice', true), 'yes');
  assert.equal(valueText('count', 4), '4');
  assert.equal(valueText('networks', []), 'any');
  assert.equal(valueText('networks', ['10.0.0.0/8', 'fd00::/8']), '10.0.0.0/8, fd00::/8');
  assert.equal(valueText('hours', undefined), '');
});

test('a chart has a round top, and points between gaps hang together', () => {
  assert.deepEqual([0.3, 1, 13, 50, 51, 999].map(niceTop), [0.5, 1, 20, 50, 100, 1_000]);
  const { line } = strokes([{ atS: 0, value: 0 }, { atS: 10, value: 50 }, { atS: 20, value: null }, { atS: 30, value: 50 }], 100);
  assert.equal(line.match(/M/g)?.length, 2);
  assert.equal(strokes([], 1).line, '');
});

test('a page concerns itself with its own kinds of changes, and with all when they are unknown', () => {
  const concerns = about('user.', 'grant');
  assert.equal(concerns(['user.add']), true);
  assert.equal(concerns(['resource.add', 'login']), false);
  assert.equal(concerns([]), false);
  assert.equal(concerns(null), true);
});
