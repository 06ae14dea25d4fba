import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LiveModel, type LiveAnswer, type LiveMeasure, type LiveSession } from '../src/ui/admin/live_model.js';

const none = { count: 0, sum_ms: 0, p50_ms: 0, p95_ms: 0 };

function measure(at: number, change: Partial<LiveMeasure> = {}): LiveMeasure {
  return { measured_s: at, bytes_down: 0, bytes_up: 0, peak_mbit_s: 0, connected_s: 0, inputs: 0, reconnects: 0, response: none, round_trip: none, ...change };
}

function session(id: string, change: Partial<LiveSession> = {}): LiveSession {
  return {
    session: id, user: 'ada', display_name: 'Ada', resource: 'notes', name: 'Notes', kind: 'app', pool: 'desktop', state: 'connected', detail: '',
    started_s: 1, address: '', browser: '', viewers: 1, width: 0, height: 0, measure: null, ...change,
  };
}

function answer(now: number, sessions: readonly LiveSession[], change: Partial<LiveAnswer> = {}): LiveAnswer {
  return { now_s: now, audit: 1, actions: [], sessions, ended: [], whole: true, next: null, ...change };
}

test('what is told again and has not changed leaves the row as the same object', () => {
  const model = new LiveModel();
  assert.equal(model.apply([answer(10, [session('a'), session('b')])]), true);
  const before = model.sessions.get('a');
  assert.equal(model.apply([answer(13, [session('a')])]), false);
  assert.equal(model.sessions.get('a'), before);
  assert.equal(model.apply([answer(16, [session('a', { state: 'disconnected' })])]), true);
  assert.notEqual(model.sessions.get('a'), before);
});

test('a session that ended goes, and the next question begins a little before the newest answer', () => {
  const model = new LiveModel();
  assert.equal(model.since, 0);
  model.apply([answer(100, [session('a')]), answer(101, [session('b')])]);
  assert.deepEqual([...model.sessions.keys()], ['a', 'b']);
  assert.equal(model.since, 95);
  model.apply([answer(110, [], { ended: [{ session: 'a', reason: 'done' }] })]);
  assert.deepEqual([...model.sessions.keys()], ['b']);
});

test('latency and bandwidth are those of the last interval', () => {
  const model = new LiveModel();
  const first = measure(10, { bytes_down: 1_000, response: { count: 10, sum_ms: 5_000, p50_ms: 500, p95_ms: 900 } });
  model.apply([answer(10, [session('a', { measure: first })])]);
  assert.equal(model.sessions.get('a')?.latencyMs, 500, 'until there is an interval, the whole');
  assert.equal(model.sessions.get('a')?.mbit, null);
  const second = measure(20, { bytes_down: 1_251_000, response: { count: 20, sum_ms: 5_300, p50_ms: 450, p95_ms: 900 } });
  model.apply([answer(20, [session('a', { measure: second })])]);
  assert.equal(model.sessions.get('a')?.latencyMs, 30);
  assert.equal(model.sessions.get('a')?.mbit, 1);
});

test('a pause keeps the latency of before for a minute', () => {
  const model = new LiveModel();
  const typed = { count: 10, sum_ms: 200, p50_ms: 20, p95_ms: 30 };
  model.apply([answer(0, [session('a', { measure: measure(0) })])]);
  for (let at = 10; at <= 60; at += 10) model.apply([answer(at, [session('a', { measure: measure(at, { response: typed }) })])]);
  assert.equal(model.sessions.get('a')?.latencyMs, 20);
  assert.equal(model.sessions.get('a')?.samples.at(-1)?.responseMs, null);
  model.apply([answer(70, [session('a', { measure: measure(70, { response: { ...typed, p50_ms: 77 } }) })])]);
  assert.equal(model.sessions.get('a')?.latencyMs, 77, 'then what is known of the whole');
});

test('samples are bounded', () => {
  const model = new LiveModel();
  for (let at = 1; at <= 400; at += 1) model.apply([answer(at, [session('a', { measure: measure(at, { bytes_down: at }) })])]);
  assert.equal(model.sessions.get('a')?.samples.length, 180);
  assert.equal(model.sessions.get('a')?.samples.at(-1)?.atS, 400);
});

test('a desktop that began to count anew never makes a negative rate', () => {
  const model = new LiveModel();
  model.apply([answer(1, [session('a', { measure: measure(1, { bytes_down: 9_000, response: { count: 9, sum_ms: 90, p50_ms: 10, p95_ms: 10 } }) })])]);
  model.apply([answer(2, [session('a', { measure: measure(2, { bytes_down: 10 }) })])]);
  const sample = model.sessions.get('a')?.samples.at(-1);
  assert.equal(sample?.downMbit, 0);
  assert.equal(sample?.responseMs, null);
});
