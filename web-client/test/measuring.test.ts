import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ClockOffset } from '../src/core/clock_offset.js';
import { FiguresLog, kSeconds } from '../src/core/figures.js';
import type { Split } from '../src/core/latency.js';
import { kNoTime, Slowness, type Moment } from '../src/core/slowness.js';
import { kPresets, presetNames, presetOf, termsFrom } from '../src/core/terms.js';
import { TimeReport } from '../src/core/time_report.js';
import { kInputParts, kMaxTimedInputs } from '../src/wire/messages.gen.js';
import { World } from './session_world.js';

const split = (parts: Partial<Split>): Split => ({ ...kNoTime, ...parts });
const quiet: Moment = { roundTripMs: 20, split: null, busyShare: 0, queueMs: 0 };

test('the answer that was delayed least says how far the clocks are apart', () => {
  const clock = new ClockOffset();
  assert.equal(clock.toAgent(0), null);
  for (const [sentMs, upMs, downMs] of [[0, 5, 90], [1_000, 10, 10], [2_000, 80, 5]] as const) {
    clock.add(sentMs, sentMs + upMs + 7_000, sentMs + upMs + downMs);
  }
  assert.equal(clock.toAgent(3_000), 10_000);
  assert.equal(clock.toPage(10_000, 3_000), 3_000);
  assert.equal(clock.shortestRoundTripMs, 20);
});

test('clocks that drift are followed although an old answer was faster', () => {
  const clock = new ClockOffset();
  const drift = 50e-6;
  for (let atMs = 0; atMs <= 600_000; atMs += 5_000) {
    const delay = atMs === 0 ? 1 : 3;
    clock.add(atMs, (atMs + delay) * (1 + drift) + 500, atMs + 2 * delay);
  }
  const truth = 605_000 * (1 + drift) + 500;
  assert.ok(Math.abs((clock.toAgent(605_000) ?? 0) - truth) < 5, `${clock.toAgent(605_000)} is not ${truth}`);
});

test('times go out about once a second, and at once when many have gathered', () => {
  const report = new TimeReport();
  assert.equal(report.dueMs(), Infinity);
  report.add([split({ network: 1.5 })]);
  const first = report.take(0);
  assert.deepEqual([...(first?.partsUs ?? [])], [1_500, 0, 0, 0, 0, 0, 0]);
  report.add([split({})]);
  assert.equal(report.take(900), null);
  report.addRoundTrip(12);
  assert.equal(report.take(1_000)?.rttUs, 12_000);
  report.add(Array.from({ length: kMaxTimedInputs + 1 }, () => split({})));
  assert.equal(report.take(1_001)?.partsUs.length, kMaxTimedInputs * kInputParts);
  assert.equal(report.take(2_001)?.partsUs.length, kInputParts);
});

test('slowness is named after some seconds and once only', () => {
  const slowness = new Slowness();
  const far = { ...quiet, roundTripMs: 240 };
  const said = Array.from({ length: 10 }, (_, second) => slowness.judge(far, second * 1_000));
  assert.deepEqual(said.slice(0, 3), [null, null, null]);
  assert.ok(said.slice(4).every((one) => one === 'network'));
});

test('a value that hovers about its threshold does not make the sentence flicker', () => {
  const slowness = new Slowness();
  const said = Array.from({ length: 60 }, (_, s) => slowness.judge({ ...quiet, roundTripMs: s % 2 === 0 ? 155 : 140 }, s * 1_000));
  const changes = said.filter((one, i) => i > 0 && one !== said[i - 1]).length;
  assert.ok(changes <= 1, said.join(' '));
});

test('each reason is named for what is slow', () => {
  const cases: readonly [string, Partial<Moment>][] = [
    ['network', { roundTripMs: 240 }],
    ['application', { split: split({ application: 400, network: 30 }) }],
    ['browser', { split: split({ decode: 70, present: 20 }) }],
    ['browser', { busyShare: 0.95 }],
    ['bandwidth', { split: split({ transfer: 300 }) }],
    ['bandwidth', { queueMs: 250 }],
  ];
  for (const [reason, moment] of cases) {
    const slowness = new Slowness();
    for (let s = 0; s < 6; s += 1) slowness.judge({ ...quiet, ...moment }, s * 1_000);
    assert.equal(slowness.current, reason);
    for (let s = 6; s < 20; s += 1) slowness.judge(quiet, s * 1_000);
    assert.equal(slowness.current, null);
  }
});

test('figures keep one minute and count each second by its true length', () => {
  const log = new FiguresLog(new Slowness(), 0);
  assert.equal(log.take(20, 999), null);
  for (let s = 1; s <= 100; s += 1) {
    log.received(250_000);
    log.shown([split({ network: 20, application: 10 })], true, 4);
    const figures = log.take(20, s * 2_000);
    assert.deepEqual(figures?.seconds.at(-1), { latencyMs: 30, bits: 1_000_000, frames: 0.5 });
    assert.equal(figures?.seconds.length, Math.min(s, kSeconds));
  }
});

test('the agent is asked for its figures only while somebody looks', () => {
  const world = new World().goLive();
  world.sent();
  world.pass(2_500);
  assert.deepEqual(world.sentOf('Preferences'), []);
  world.session.watch(true, world.nowMs);
  assert.equal(world.sentOf('Preferences')[0]?.figures, true);
  world.session.watch(false, world.nowMs);
  assert.equal(world.sentOf('Preferences')[0]?.figures, false);
});

test('what the person prefers is told to every agent that comes', () => {
  const world = new World();
  world.session.prefer(kPresets.saver);
  world.goLive();
  world.session.prefer(kPresets.sharp);
  assert.deepEqual(world.sentOf('Preferences').map((one) => one.targetMs), [kPresets.sharp.targetMs]);
});

test('the words for terms are found again, and foreign ones are none', () => {
  for (const name of presetNames) assert.equal(presetOf(kPresets[name]), name);
  assert.equal(presetOf({ targetMs: 61, ceilingKbit: 0, qualityFloor: 0 }), null);
  assert.deepEqual(termsFrom({ ...kPresets.saver }), kPresets.saver);
  for (const wrong of [null, 7, {}, { targetMs: 60, ceilingKbit: 5, qualityFloor: 0 }, { targetMs: 60, ceilingKbit: 0, qualityFloor: 101 }]) {
    assert.equal(termsFrom(wrong), null);
  }
});

test('a slow network is named although nobody looks', () => {
  const world = new World().goLive();
  for (let second = 0; second < 8; second += 1) {
    const timeUs = Math.round((world.nowMs - 240) * 1_000);
    world.receive({ type: 'Pong', timeUs, clockUs: 1 });
    world.nowMs += 1_100;
    world.update();
  }
  assert.equal(world.take('quality').at(-1)?.quality.slow, 'network');
});
