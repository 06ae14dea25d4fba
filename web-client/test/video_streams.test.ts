import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { nameOf, VideoCodec } from '../src/core/video_codec.js';
import { kMostInDecoder, kMostWaiting, kPaintGapMs, kStallMs } from '../src/core/video_streams.js';
import { kKeyBytes, VideoWorld } from './video_world.js';

/** A stream whose picture is on the canvas and whose key frame has been painted. */
function playing(): VideoWorld {
  const world = new VideoWorld();
  world.streams.show();
  world.packet({ key: true });
  world.frame();
  return world;
}

describe('names of codings', () => {
  test('H.264 is named by the parameter set of the key packet', () => {
    assert.equal(nameOf(VideoCodec.H264, kKeyBytes), 'avc1.64001f');
    const afterDelimiter = new Uint8Array([0, 0, 0, 1, 9, 0x10, 0, 0, 1, 0x67, 0x42, 0xc0, 0x28, 0x8c]);
    assert.equal(nameOf(VideoCodec.H264, afterDelimiter), 'avc1.42c028');
  });

  test('a packet whose first slice comes before any parameter set has no name, however it is cut', () => {
    const slice = new Uint8Array([0, 0, 1, 0x65, 0x88, 0x84, 0, 0, 1, 0x67, 0x64, 0, 0x1f, 0]);
    assert.equal(nameOf(VideoCodec.H264, slice), null);
    for (let length = 0; length < 8; length += 1) assert.equal(nameOf(VideoCodec.H264, kKeyBytes.subarray(0, length)), null);
  });
});

describe('a stream that plays', () => {
  test('each frame is painted at the place its newest packet names, and closed once', () => {
    const world = playing();
    world.packet({ x: 32 });
    world.packet({ x: 48 });
    world.frame();
    assert.deepEqual(world.painted.map((one) => one.area.x), [0, 48]);
    assert.equal(world.unclosedFrames, 0);
  });

  test('an update is dealt with when its frame is painted, not before', () => {
    const world = playing();
    assert.deepEqual(world.done, [1]);
    world.packet();
    assert.deepEqual(world.done, [1]);
    world.frame();
    assert.deepEqual(world.done, [1, 2]);
  });

  test('packets that gave no frame are dealt with by the next frame', () => {
    const world = playing();
    for (let i = 0; i < 3; i += 1) world.packet();
    world.frame(33, 2);
    assert.deepEqual(world.done, [1, 2, 3, 4]);
  });

  test('frames faster than the display are dropped for the newest, which is always painted', () => {
    const world = playing();
    for (let i = 0; i < 3; i += 1) world.packet();
    world.frame(kPaintGapMs - 1);
    world.frame(0);
    assert.equal(world.painted.length, 1);
    world.frame(0);
    assert.equal(world.painted.length, 2);
    assert.deepEqual(world.done, [1, 2, 3, 4]);
    assert.equal(world.unclosedFrames, 0);
  });

  test('a slow decoder that always has newer packets still shows its frames', () => {
    const world = playing();
    for (let i = 0; i < 10; i += 1) {
      world.packet();
      world.packet();
      world.frame(kPaintGapMs);
      world.frame(kPaintGapMs);
    }
    assert.equal(world.painted.length, 21);
  });

  test('the decoder never owes more than a few frames, and gets the rest in order', () => {
    const world = playing();
    for (let i = 0; i < 20; i += 1) world.packet();
    assert.equal(world.decoder.chunks.length, kMostInDecoder);
    for (let i = 0; i < 20; i += 1) {
      assert.ok(world.decoder.chunks.length <= kMostInDecoder);
      world.frame();
    }
    assert.deepEqual(world.done, Array.from({ length: 21 }, (_, i) => i + 1));
    const stamps = world.decoder.frames.map((one) => one.timestamp);
    assert.deepEqual(stamps, [...stamps].sort((a, b) => a - b));
  });

  test('a key of the same kind goes to the same decoder; another size or coding opens a new one', () => {
    const world = playing();
    world.packet({ key: true });
    assert.equal(world.decoders.length, 1);
    const lost = world.packet();
    world.packet({ key: true, width: 320 });
    assert.equal(world.decoders.length, 2);
    assert.ok(world.decoders[0]?.closed);
    assert.ok(world.done.includes(lost));
    world.packet({ key: true, width: 320, codec: VideoCodec.Vp9 });
    assert.deepEqual(world.decoders.map((one) => one.config.name), ['avc1.64001f', 'avc1.64001f', 'vp09.00.41.08']);
  });

  test('a frame that a closed decoder still gives is closed and not painted', () => {
    const world = playing();
    world.packet();
    const old = world.decoder;
    world.packet({ end: true });
    old.output(world.nowMs);
    assert.equal(world.painted.length, 1);
    assert.equal(world.unclosedFrames, 0);
    assert.deepEqual(world.done, [1, 2, 3]);
  });

  test('two streams do not know of each other', () => {
    const world = playing();
    world.packet({ stream: 1, key: true, x: 640 });
    world.packet({ stream: 0, end: true });
    world.frame();
    assert.deepEqual(world.painted.map((one) => one.stream), [0, 1]);
    assert.deepEqual(world.streams.areas().map(([stream]) => stream), [1]);
  });
});

describe('a picture that is not on the canvas yet', () => {
  test('keeps the newest frame of each stream and paints it when it is shown', () => {
    const world = new VideoWorld();
    world.packet({ key: true });
    world.packet();
    world.frame();
    world.frame();
    assert.deepEqual([world.painted.length, world.done, world.unclosedFrames], [0, [1, 2], 1]);
    world.streams.show();
    assert.equal(world.painted.length, 1);
    assert.equal(world.painted[0]?.timestamp, world.decoder.frames[1]?.timestamp);
    assert.equal(world.unclosedFrames, 0);
  });

  test('a reset ends all, closes what was kept, and the next picture starts unseen', () => {
    const world = playing();
    world.packet();
    world.streams.reset();
    assert.ok(world.decoder.closed);
    assert.deepEqual(world.done, [1, 2]);
    world.packet({ key: true });
    world.frame();
    assert.equal(world.painted.length, 1);
    world.streams.reset();
    assert.equal(world.unclosedFrames, 0);
  });
});

describe('a stream that fails', () => {
  test('says so once; its updates are dealt with, later ones at once, until another key', () => {
    const world = playing();
    world.packet();
    world.packet();
    world.decoder.listener.failed('no such profile');
    world.decoder.listener.failed('no such profile');
    assert.deepEqual(world.failures, ['H264: no such profile']);
    assert.deepEqual(world.done, [1, 2, 3]);
    world.packet();
    assert.deepEqual(world.done, [1, 2, 3, 4]);
    world.packet({ key: true, codec: VideoCodec.Vp8 });
    world.frame();
    assert.deepEqual(world.painted.length, 2);
  });

  test('a decoder that cannot be opened, or throws, has failed', () => {
    const world = new VideoWorld();
    world.openFails = 'not supported';
    world.packet({ key: true });
    world.openFails = null;
    world.packet({ key: true });
    world.decoder.failNext = 'closed';
    world.packet();
    world.packet({ key: true, bytes: [0, 0, 1, 0x65, 1, 2, 3, 4] });
    assert.deepEqual(world.failures, ['H264: not supported', 'H264: closed', 'H264: a key packet without a sequence parameter set']);
    assert.deepEqual(world.done.sort(), [1, 2, 3, 4]);
  });

  test('a decoder that stalls is given up, so that acknowledgements go on', () => {
    const world = playing();
    world.packet();
    world.pass(kStallMs - 1);
    assert.deepEqual(world.failures, []);
    world.pass(1);
    assert.equal(world.failures.length, 1);
    assert.deepEqual(world.done, [1, 2]);
    assert.equal(world.streams.nextDeadline(), Infinity);
  });

  test('a stream at rest owes nothing', () => {
    const world = playing();
    assert.equal(world.streams.nextDeadline(), Infinity);
    world.pass(60_000);
    world.packet();
    assert.equal(world.streams.nextDeadline(), world.nowMs + kStallMs);
    assert.deepEqual(world.failures, []);
  });

  test('more packets than any honest decoder lags behind end it', () => {
    const world = playing();
    for (let i = 0; i < kMostWaiting + kMostInDecoder; i += 1) world.packet();
    assert.deepEqual(world.failures, []);
    world.packet();
    assert.equal(world.failures.length, 1);
    assert.equal(world.done.length, 1 + kMostWaiting + kMostInDecoder + 1);
  });
});
