import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromBase64url, toBase64url } from '../src/ui/base64url.js';
import { ago, date } from '../src/ui/moments.js';

test('bytes travel as base64url and back', () => {
  for (const bytes of [[], [0], [255, 254], [251, 239, 190], [1, 2, 3, 4, 5]]) {
    const part = toBase64url(Uint8Array.from(bytes).buffer);
    assert.equal(part, Buffer.from(bytes).toString('base64url'));
    assert.deepEqual([...fromBase64url(part)], bytes);
  }
});

test('moments are told in the largest unit that fits, and as a day when long ago', () => {
  const nowS = 1_700_000_000;
  const told = (unit: Intl.RelativeTimeFormatUnit, count: number): string =>
    new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' }).format(-count, unit);
  assert.equal(ago(nowS - 59, nowS), told('minute', 0));
  assert.equal(ago(nowS - 60, nowS), told('minute', 1));
  assert.equal(ago(nowS - 7_199, nowS), told('hour', 1));
  assert.equal(ago(nowS - 86_400 * 3, nowS), told('day', 3));
  assert.equal(ago(nowS + 500, nowS), told('minute', 0), 'a clock that is behind the server');
  assert.equal(ago(nowS - 86_400 * 40, nowS), date(nowS - 86_400 * 40));
});
