import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InputLatency, RoundTrip } from '../src/core/latency.js';
import { pauseMs } from '../src/core/reconnect.js';

test('each event counts from its own time to the first picture after it', () => {
  const latency = new InputLatency();
  latency.sent(1, 0);
  latency.sent(2, 10);
  latency.sent(3, 20);
  latency.shown(2, 50);
  assert.equal(latency.medianMs, 50);
  latency.shown(3, 60);
  assert.equal(latency.medianMs, 40);
});

test('an input without an effect is not counted against the next picture', () => {
  const latency = new InputLatency();
  latency.sent(1, 0);
  latency.shown(1, 60_000);
  assert.equal(latency.medianMs, null);
});

test('a round trip is the median of the newest five', () => {
  const trip = new RoundTrip();
  for (const ms of [500, 10, 11, 12, 13, 14]) trip.add(ms);
  assert.equal(trip.medianMs, 12);
});

test('pauses stay within half and all of their length', () => {
  assert.equal(pauseMs(0, 0.9), 0);
  assert.equal(pauseMs(1, 0), 125);
  assert.ok(pauseMs(1, 0.999) < 250);
  assert.equal(pauseMs(1_000, 0), 2_500);
});
