// What the service worker keeps: files of the page, and nothing that belongs to somebody.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cachesToDrop, filesToFetch, mayKeep, newestFirst, treatment } from '../src/service/cache_plan.js';

const origin = 'https://desk.example';
const get = (path: string, mode = 'cors', method = 'GET', cache = 'default'): string =>
  treatment({ method, mode, cache, url: new URL(path, origin).href }, origin);

test('files with a hash and the page come from the device, other pages from the server', () => {
  assert.equal(get('/assets/main-ABCDEFGH.js'), 'file');
  assert.equal(get('/', 'navigate'), 'kept-page');
  assert.equal(get('/?app=notes', 'navigate'), 'kept-page');
  assert.equal(get('/admin', 'navigate'), 'page');
});

test('who loads the page again gets what the server has now', () => {
  for (const cache of ['no-cache', 'reload']) assert.equal(get('/', 'navigate', 'GET', cache), 'page');
});

test('the version that came last is looked at first', () => {
  assert.deepEqual(newestFirst(['vitrine-a', 'other', 'vitrine-b']), ['vitrine-b', 'vitrine-a']);
});

test('nothing of API, tickets, icons, metrics or other sites passes through its hands', () => {
  for (const path of ['/api/me', '/api/sessions', '/api/sessions/x/ticket', '/api/icons/notes', '/api/manifest', '/ws/view', '/metrics', '/healthz',
    '/manifest.webmanifest', '/sw.js', '/assets/main-ABCDEFGH.js?x', 'https://elsewhere.example/assets/main-ABCDEFGH.js']) {
    assert.equal(get(path), 'none', path);
  }
  assert.equal(get('/api/openapi.json', 'navigate'), 'none');
  assert.equal(get('/', 'cors'), 'none');
  assert.equal(get('/assets/main-ABCDEFGH.js', 'cors', 'POST'), 'none');
});

test('a new version fetches what is needed, and of the rest what was used before', () => {
  const files = { needed: ['/assets/main-NEWNEWNE.js'], optional: ['/assets/words-de-NEWNEWNE.js', '/assets/words-ar-NEWNEWNE.js'] };
  assert.deepEqual(filesToFetch(files, []), files.needed);
  assert.deepEqual(filesToFetch(files, ['/assets/main-OLDOLDOL.js', '/assets/words-de-OLDOLDOL.js']), ['/assets/main-NEWNEWNE.js', '/assets/words-de-NEWNEWNE.js']);
  assert.ok(mayKeep(files, '/assets/words-ar-NEWNEWNE.js'));
  assert.ok(!mayKeep(files, '/assets/words-ar-OLDOLDOL.js'), 'another version keeps its own');
});

test('files of the version before stay for pages that are open', () => {
  assert.deepEqual(cachesToDrop(['vitrine-a', 'vitrine-b', 'other', 'vitrine-c'], 'c'), ['vitrine-a']);
  assert.deepEqual(cachesToDrop(['vitrine-b', 'vitrine-c'], 'c'), []);
});
