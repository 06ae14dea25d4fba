import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Rect } from '../src/core/geometry.js';
import { difference, intersection, withoutVideo } from '../src/core/rects.js';

const rect = (x: number, y: number, width: number, height: number): Rect => ({ x, y, width, height });
const covers = (rects: readonly Rect[], x: number, y: number): number =>
  rects.filter((one) => x >= one.x && x < one.x + one.width && y >= one.y && y < one.y + one.height).length;

/** Numbers from 0 to `below`, the same in every run. */
function* numbers(seed: number, below: number): Generator<number, never> {
  for (let state = seed; ; ) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield (state >>> 8) % below;
  }
}

function someRect(next: () => number): Rect {
  return rect(next(), next(), 1 + next(), 1 + next());
}

describe('rectangles', () => {
  test('intersection and difference split the pixels of one without gap or overlap', () => {
    const source = numbers(7, 9);
    const next = (): number => source.next().value;
    for (let round = 0; round < 300; round += 1) {
      const a = someRect(next);
      const b = someRect(next);
      const both = intersection(a, b);
      const rest = difference(a, b);
      for (let y = 0; y < 20; y += 1) {
        for (let x = 0; x < 20; x += 1) {
          const inA = covers([a], x, y);
          const inB = covers([b], x, y);
          assert.equal(covers(both, x, y), inA * inB);
          assert.equal(covers(rest, x, y), inA * (1 - inB));
        }
      }
    }
  });

  test('what a stream shows is left out of what an update changed, and nothing else is', () => {
    const area = rect(4, 4, 12, 12);
    const kept = [rect(4, 4, 12, 4), rect(8, 8, 4, 8)];
    const source = numbers(11, 12);
    const next = (): number => source.next().value;
    for (let round = 0; round < 300; round += 1) {
      const changed = [someRect(next), someRect(next)];
      const left = withoutVideo(changed, area, kept);
      for (let y = 0; y < 26; y += 1) {
        for (let x = 0; x < 26; x += 1) {
          const video = covers([area], x, y) > 0 && covers(kept, x, y) === 0;
          assert.equal(covers(left, x, y) > 0, covers(changed, x, y) > 0 && !video, `round ${round}: ${x},${y}`);
        }
      }
    }
  });

  test('a rectangle that the picture keeps whole stays whole', () => {
    const area = rect(0, 0, 100, 100);
    const kept = [rect(0, 0, 100, 50), rect(0, 50, 10, 50)];
    const changed = [rect(5, 5, 20, 20), rect(90, 10, 40, 40), rect(200, 0, 10, 10)];
    assert.deepEqual(withoutVideo(changed, area, kept), changed);
  });
});
