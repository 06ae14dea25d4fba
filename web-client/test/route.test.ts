import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accountHash, kAdminHash, parseRoute, resourceHash, sessionHash } from '../src/ui/route.js';

test('addresses lead to their pages and back', () => {
  assert.deepEqual(parseRoute(resourceHash('text editor/ä')), { to: 'resource', resource: 'text editor/ä' });
  assert.deepEqual(parseRoute(sessionHash('s-1')), { to: 'session', session: 's-1' });
  assert.deepEqual(parseRoute(accountHash), { to: 'account' });
  assert.deepEqual(parseRoute(kAdminHash), { to: 'admin' });
  assert.deepEqual(parseRoute('#open=aB3_-'), { to: 'redeem', code: 'aB3_-' });
});

test('the way back from a sign-in service carries its answer', () => {
  const route = parseRoute('#/return/corp%20login?code=a%26b&state=c');
  assert.ok(route.to === 'return');
  assert.equal(route.provider, 'corp login');
  assert.deepEqual(Object.fromEntries(route.answer), { code: 'a&b', state: 'c' });
  assert.deepEqual(parseRoute('#/return/corp'), { to: 'catalogue' });
});

test('anything else leads to the catalogue', () => {
  for (const hash of ['', '#', '#/', '#/s/', '#/x/y', '#open=']) assert.deepEqual(parseRoute(hash), { to: 'catalogue' });
});

test('broken percent signs are taken as they are', () => {
  assert.deepEqual(parseRoute('#/s/%zz'), { to: 'resource', resource: '%zz' });
});
