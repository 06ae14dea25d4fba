import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { kLateMs, kLongestHoldMs } from '../src/core/late_pictures.js';
import { World } from './session_world.js';
import { VideoWorld } from './video_world.js';

const kWayMs = 40;

/** A page that has been live for a while, over a way of kWayMs. */
function live(): World {
  const world = new World().goLive();
  arrive(world, kWayMs);
  assert.deepEqual(pictures(world), ['update']);
  return world;
}

/** An update that was captured so long ago. */
function arrive(world: World, ageMs: number): void {
  world.update({ captureUs: (world.nowMs - ageMs) * 1_000 });
}

const pictures = (world: World): string[] => world.order().filter((type) => ['update', 'show', 'hide'].includes(type));

describe('pictures that were held up on their way', () => {
  test('are applied and acknowledged but not shown; the first shown is the one that is on time', () => {
    const world = live();
    world.pass(3_000);
    world.order();
    for (let age = 3_000; age > 2_900; age -= 33) arrive(world, age);
    assert.equal(world.sentOf('FrameAck').length > 0, true);
    arrive(world, kWayMs);
    assert.deepEqual(pictures(world), ['hide', 'update', 'update', 'update', 'update', 'update', 'show']);
  });

  test('are shown when nothing newer follows', () => {
    const world = live();
    world.pass(3_000);
    world.order();
    arrive(world, 3_000);
    assert.deepEqual(pictures(world), ['hide', 'update']);
    world.pass(kLongestHoldMs - 1);
    assert.deepEqual(pictures(world), []);
    world.pass(1);
    assert.deepEqual(pictures(world), ['show']);
  });

  test('that stay late are the usual: a longer way, or a clock that was set, freezes nothing for long', () => {
    const world = live();
    for (let passed = 0; passed <= kLongestHoldMs; passed += 50) {
      arrive(world, kWayMs + kLateMs + 100);
      world.pass(50);
    }
    world.order();
    for (let i = 0; i < 20; i += 1) {
      arrive(world, kWayMs + kLateMs + 100);
      world.pass(50);
    }
    assert.deepEqual(new Set(pictures(world)), new Set(['update']));
  });

  test('of a link whose queue is as long as it ever gets are shown', () => {
    const world = live();
    for (const late of [0, 100, 300, kLateMs - kWayMs, 0]) arrive(world, kWayMs + late);
    assert.deepEqual(new Set(pictures(world)), new Set(['update']));
  });

  test('a new picture that begins meanwhile is shown by its own rule', () => {
    const world = live();
    world.pass(3_000);
    world.order();
    arrive(world, 3_000);
    world.reset(640, 480);
    arrive(world, 2_900);
    assert.deepEqual(pictures(world), ['hide', 'update', 'update', 'show']);
  });

  test('of what comes out of a video decoder meanwhile, the newest frame is painted at the end, and all are dealt with', () => {
    const world = new VideoWorld();
    world.streams.show();
    world.packet({ key: true });
    world.frame();
    world.streams.hide();
    for (let i = 0; i < 3; i += 1) {
      world.packet({ x: 16 * i });
      world.frame();
    }
    assert.equal(world.painted.length, 1);
    assert.deepEqual(world.done, [1, 2, 3, 4]);
    world.streams.show();
    assert.deepEqual(world.painted.map((one) => one.area.x), [0, 32]);
    assert.equal(world.unclosedFrames, 0);
  });
});
