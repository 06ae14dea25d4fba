import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { buttonChanges, MoveCoalescer } from '../src/core/pointer.js';
import { WheelAccumulator } from '../src/core/wheel.js';

describe('moves', () => {
  test('the first of a frame goes at once, the newest of the rest at the next frame', () => {
    const moves = new MoveCoalescer();
    assert.deepEqual(moves.offer({ x: 1, y: 1 }), { x: 1, y: 1 });
    assert.equal(moves.offer({ x: 2, y: 2 }), null);
    assert.equal(moves.offer({ x: 3, y: 3 }), null);
    assert.deepEqual(moves.frame(), { x: 3, y: 3 });
    assert.equal(moves.frame(), null);
    assert.equal(moves.waiting, false);
  });

  test('a move to where the pointer is says nothing', () => {
    const moves = new MoveCoalescer();
    moves.offer({ x: 1, y: 1 });
    moves.frame();
    assert.equal(moves.offer({ x: 1, y: 1 }), null);
  });

  test('a button overtakes a held move', () => {
    const moves = new MoveCoalescer();
    moves.offer({ x: 1, y: 1 });
    moves.offer({ x: 2, y: 2 });
    moves.overtaken({ x: 4, y: 4 });
    assert.equal(moves.frame(), null);
  });

  test('coming back to the last place forgets the detour', () => {
    const moves = new MoveCoalescer();
    moves.offer({ x: 1, y: 1 });
    moves.offer({ x: 2, y: 2 });
    moves.offer({ x: 1, y: 1 });
    assert.equal(moves.frame(), null);
  });
});

describe('buttons', () => {
  test('each of the five has its number', () => {
    const pressed = [1, 2, 4, 8, 16].map((bit) => buttonChanges(0, bit)[0]?.button);
    assert.deepEqual(pressed, [0, 2, 1, 3, 4]);
  });

  test('releases come before presses', () => {
    assert.deepEqual(buttonChanges(1, 2), [{ button: 0, down: false }, { button: 2, down: true }]);
  });

  test('what stays is not told', () => assert.deepEqual(buttonChanges(5, 5), []));
});

describe('the wheel', () => {
  const units = (deltaY: number, deltaMode = 0, times = 1): number => {
    const wheel = new WheelAccumulator();
    let sum = 0;
    for (let i = 0; i < times; i += 1) {
      wheel.add({ deltaX: 0, deltaY, deltaMode });
      sum += wheel.take()?.dy ?? 0;
    }
    return sum;
  };

  test('a notch is 120 in every browser\'s units', () => {
    assert.deepEqual([units(100), units(120), units(-120), units(3, 1), units(-3, 1)], [120, 120, -120, 120, -120]);
  });

  test('small steps of a trackpad add up and lose nothing', () => {
    assert.equal(units(0.25, 0, 400), 120);
  });

  test('a notch is a notch in every engine, also where the system turns it into more lines', () => {
    const notches = [
      { deltaX: 0, deltaY: 120, deltaMode: 0, wheelDeltaX: 0, wheelDeltaY: -120 }, // Chromium
      { deltaX: 0, deltaY: 96, deltaMode: 0, wheelDeltaX: 0, wheelDeltaY: -120 }, // Chromium, page zoomed to 125 %
      { deltaX: 0, deltaY: 6, deltaMode: 1, wheelDeltaX: 0, wheelDeltaY: -120 }, // Firefox
      { deltaX: 0, deltaY: 90, deltaMode: 0, wheelDeltaX: 0, wheelDeltaY: -120 }, // WebKitGTK
    ];
    for (const notch of notches) {
      const wheel = new WheelAccumulator();
      wheel.add(notch);
      assert.deepEqual(wheel.take(), { dx: 0, dy: 120 }, JSON.stringify(notch));
    }
  });

  test('a trackpad goes by its pixels', () => {
    const wheel = new WheelAccumulator();
    wheel.add({ deltaX: 0, deltaY: 40, deltaMode: 0, wheelDeltaX: 0, wheelDeltaY: -120 });
    assert.deepEqual(wheel.take(), { dx: 0, dy: 48 });
  });

  test('the mode is looked at before the deltas, because Firefox then speaks of lines', () => {
    const seen: string[] = [];
    const facts = { deltaX: 0, deltaY: 3, deltaMode: 1 };
    new WheelAccumulator().add(new Proxy(facts, {
      get: (target, name: keyof typeof facts) => {
        seen.push(name);
        return target[name];
      },
    }));
    assert.equal(seen[0], 'deltaMode');
  });

  test('both directions at once', () => {
    const wheel = new WheelAccumulator();
    wheel.add({ deltaX: -50, deltaY: 100, deltaMode: 0 });
    assert.deepEqual(wheel.take(), { dx: -60, dy: 120 });
    assert.equal(wheel.take(), null);
  });

  test('an absurd event is bounded and leaves nothing behind', () => {
    const wheel = new WheelAccumulator();
    wheel.add({ deltaX: Number.NaN, deltaY: 1e12, deltaMode: 0 });
    assert.deepEqual(wheel.take(), { dx: 0, dy: 1_200 });
    assert.equal(wheel.take(), null);
  });
});
