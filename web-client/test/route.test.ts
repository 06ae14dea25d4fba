import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kAdminHash, parseRoute, resourceHash, sessionHash } from '../src/ui/route.js';

test('addresses lead to their pages and back', () => {
  assert.deepEqual(parseRoute(resourceHash('text editor/ä')), { to: 'resource', resource: 'text editor/ä' });
  assert.deepEqual(parseRoute(sessionHash('s-1')), { to: 'session', session: 's-1' });
  assert.deepEqual(parseRoute(kAdminHash), { to: 'admin' });
  assert.deepEqual(parseRoute('#open=aB3_-'), { to: 'redeem', code: 'aB3_-' });
});

test('anything else leads to the catalogue', () => {
  for (const hash of ['', '#', '#/', '#/s/', '#/x/y', '#open=']) assert.deepEqual(parseRoute(hash), { to: 'catalogue' });
});

test('broken percent signs are taken as they are', () => {
  assert.deepEqual(parseRoute('#/s/%zz'), { to: 'resource', resource: '%zz' });
});
