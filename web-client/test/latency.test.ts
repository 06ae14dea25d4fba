import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ClockOffset } from '../src/core/clock_offset.js';
import { InputLatency, kParts, RoundTrip, totalOf } from '../src/core/latency.js';
import { pauseMs } from '../src/core/reconnect.js';

const kNoWait = 0;

/** A latency whose clock knows that the agent's is 1,000 s behind and the round trip 20 ms. */
function measured(): InputLatency {
  const clock = new ClockOffset();
  clock.add(1_000_000, 10, 1_000_020);
  return new InputLatency(clock);
}

test('each event counts from its own time to the first picture after it', () => {
  const latency = new InputLatency(new ClockOffset());
  for (const [sequence, atMs] of [[1, 0], [2, 10], [3, 20]] as const) latency.sent(sequence, atMs);
  const answer = (inputSequence: number, inputs: number[]) => ({ inputSequence, inputs: Uint32Array.from(inputs), captureUs: 0, agentUs: 0 });
  latency.received(answer(2, [1, kNoWait, kNoWait, 2, kNoWait, kNoWait]), 49);
  assert.deepEqual(latency.shown(1, 50).map(totalOf), [50, 40]);
  latency.received(answer(3, [3, kNoWait, kNoWait]), 59);
  assert.deepEqual(latency.shown(1, 60).map(totalOf), [40]);
  assert.equal(latency.medianMs, 40);
});

test('an input without an effect is not counted against the next picture', () => {
  const latency = new InputLatency(new ClockOffset());
  latency.sent(1, 0);
  latency.received({ inputSequence: 1, inputs: Uint32Array.of(1, 0, 0), captureUs: 0, agentUs: 0 }, 60_000);
  assert.deepEqual(latency.shown(0, 60_000), []);
});

test('the parts are where the time went, and add up to all of it', () => {
  const latency = measured();
  // Up 10, injected after 2, drawn after 30, encoded in 3, 45 down of which 35 are transfer, 4 decoded, 1 put up.
  latency.sent(1, 1_000_100);
  const captureUs = (110 + 2 + 30) * 1_000;
  latency.received({ inputSequence: 1, inputs: Uint32Array.of(1, 2_000, 30_000), captureUs, agentUs: 3_000 }, 1_000_190);
  const [split] = latency.shown(1, 1_000_195);
  assert.deepEqual(split, { network: 20, agent: 2, application: 30, encode: 3, transfer: 35, decode: 4, present: 1 });
});

test('clocks that err move time between network and transfer only', () => {
  for (const error of [-500, -7, 7, 500]) {
    const clock = new ClockOffset();
    clock.add(0, 10 + error, 20);
    const latency = new InputLatency(clock);
    latency.sent(1, 100);
    latency.received({ inputSequence: 1, inputs: Uint32Array.of(1, 1_000, 20_000), captureUs: 131_000, agentUs: 2_000 }, 150);
    const [split] = latency.shown(1, 152);
    assert.ok(split !== undefined);
    assert.equal(totalOf(split), 52);
    assert.equal(split.network + split.transfer, 27);
    for (const part of kParts) assert.ok(split[part] >= 0, part);
  }
});

test('an input that an agent does not time is not invented', () => {
  const latency = measured();
  latency.sent(1, 1_000_100);
  latency.received({ inputSequence: 1, inputs: new Uint32Array(), captureUs: 0, agentUs: 0 }, 1_000_120);
  assert.deepEqual(latency.shown(1, 1_000_125), []);
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
