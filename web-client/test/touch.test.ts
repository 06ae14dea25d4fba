import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { GestureRecogniser, kLongPressMs, type FingerEvent, type Gesture } from '../src/core/touch.js';
import { DirectTouchPointer, type PointerAction } from '../src/core/touch_pointer.js';

/** Fingers on a screen; what they mean is gathered as gestures and as pointer actions. */
class Hand {
  private readonly recogniser = new GestureRecogniser();
  private readonly pointer = new DirectTouchPointer();
  nowMs = 0;
  gestures: Gesture[] = [];
  actions: PointerAction[] = [];

  private event(kind: FingerEvent['kind'], finger: number, x: number, y: number): this {
    return this.note(this.recogniser.handle({ kind, finger, point: { x, y }, atMs: this.nowMs }));
  }
  private note(gestures: Gesture[]): this {
    this.gestures.push(...gestures);
    for (const gesture of gestures) this.actions.push(...this.pointer.handle(gesture));
    return this;
  }
  down(x: number, y: number, finger = 1): this {
    return this.event('down', finger, x, y);
  }
  move(x: number, y: number, finger = 1): this {
    return this.event('move', finger, x, y);
  }
  up(x: number, y: number, finger = 1): this {
    return this.event('up', finger, x, y);
  }
  cancel(finger = 1): this {
    return this.event('cancel', finger, 0, 0);
  }
  wait(ms: number): this {
    const until = this.nowMs + ms;
    const deadline = this.recogniser.nextDeadline();
    if (deadline <= until) {
      this.nowMs = deadline;
      this.note(this.recogniser.tick(deadline));
    }
    this.nowMs = until;
    return this;
  }
  get types(): string[] {
    return this.gestures.map((one) => one.type);
  }
  /** Actions in short: m = move, v and ^ = a button down and up, w = wheel. */
  get story(): string {
    return this.actions
      .map((one) => {
        if (one.type === 'button') return `${one.button}${one.down ? 'v' : '^'}`;
        return one.type === 'wheel' ? `w${one.dx},${one.dy}` : one.type;
      })
      .join(' ');
  }
}

describe('one finger', () => {
  test('a tap is a left click where it was', () => {
    const hand = new Hand().down(10, 20).wait(80).up(11, 21);
    assert.equal(hand.story, 'move 0v 0^');
    assert.deepEqual(hand.actions[1], { type: 'button', point: { x: 10, y: 20 }, button: 0, down: true });
  });

  test('two taps near each other hit the same point, so that they are a double click', () => {
    const hand = new Hand().down(10, 20).wait(60).up(10, 20).wait(120).down(18, 26).wait(60).up(18, 26);
    assert.deepEqual(hand.gestures.map((one) => ('count' in one ? one.count : 0)), [1, 2]);
    const points = hand.actions.filter((one) => one.type === 'button').map((one) => one.point);
    assert.ok(points.every((point) => point.x === 10 && point.y === 20));
  });

  test('two taps far apart or late are two clicks', () => {
    const apart = new Hand().down(10, 20).up(10, 20).wait(100).down(90, 20).up(90, 20);
    const late = new Hand().down(10, 20).up(10, 20).wait(600).down(10, 20).up(10, 20);
    for (const hand of [apart, late]) assert.deepEqual(hand.gestures.map((one) => ('count' in one ? one.count : 0)), [1, 1]);
  });

  test('a long press is a right click while the finger still rests, and nothing more when it leaves', () => {
    const hand = new Hand().down(50, 50).wait(kLongPressMs);
    assert.equal(hand.story, 'buzz move 2v 2^');
    hand.wait(200).up(50, 50);
    assert.equal(hand.story, 'buzz move 2v 2^');
  });

  test('after a long press the finger moves over the menu without a button', () => {
    const hand = new Hand().down(50, 50).wait(kLongPressMs).move(90, 120).up(90, 120);
    assert.equal(hand.story, 'buzz move 2v 2^ move');
  });

  test('a drag presses where the finger came down', () => {
    const hand = new Hand().down(50, 50).move(55, 50).move(70, 50).move(90, 60).up(90, 60);
    assert.equal(hand.story, 'move 0v move move 0^');
    assert.deepEqual(hand.actions[1], { type: 'button', point: { x: 50, y: 50 }, button: 0, down: true });
  });

  test('a slow drag is no long press once it has begun', () => {
    const hand = new Hand().down(50, 50).move(70, 50).wait(2_000).up(70, 50);
    assert.deepEqual(hand.types, ['dragStart', 'dragEnd']);
  });

  test('a drag that the system takes away ends with its button up', () => {
    const hand = new Hand().down(50, 50).move(70, 50).cancel();
    assert.equal(hand.story, 'move 0v move 0^');
  });

  test('a second finger ends a drag', () => {
    const hand = new Hand().down(50, 50).move(70, 50).down(100, 100, 2).move(120, 120, 2).up(120, 120, 2).up(70, 50);
    assert.equal(hand.story, 'move 0v move 0^');
  });
});

describe('two fingers', () => {
  test('a tap is a right click between them', () => {
    const hand = new Hand().down(10, 10).down(30, 10, 2).wait(50).up(10, 10).up(30, 10, 2);
    assert.equal(hand.story, 'move 2v 2^');
    assert.deepEqual(hand.actions[0], { type: 'move', point: { x: 20, y: 10 } });
  });

  test('side by side scroll: content follows the fingers', () => {
    const hand = new Hand().down(100, 300).down(160, 300, 2);
    for (let y = 290; y >= 190; y -= 10) hand.move(100, y).move(160, y, 2);
    hand.up(100, 190).up(160, 190, 2);
    const scrolled = hand.actions.reduce((sum, one) => sum + (one.type === 'wheel' ? one.dy : 0), 0);
    assert.ok(scrolled > 180 && scrolled <= 264, `${scrolled} units for about 100 pixels`);
    assert.ok(!hand.story.includes('v'), 'no button is pressed');
  });

  test('sideways scroll sideways', () => {
    const hand = new Hand().down(100, 300).down(160, 300, 2);
    for (let x = 10; x <= 100; x += 10) hand.move(100 + x, 300).move(160 + x, 300, 2);
    const sum = hand.actions.reduce((dx, one) => dx + (one.type === 'wheel' ? one.dx : 0), 0);
    assert.ok(sum < -100, String(sum));
  });

  test('moving apart is a pinch and does not scroll', () => {
    const hand = new Hand().down(100, 300).down(140, 300, 2);
    for (let d = 10; d <= 100; d += 10) hand.move(100 - d, 300).move(140 + d, 300, 2);
    const factor = hand.gestures.reduce((product, one) => (one.type === 'pinch' ? product * one.factor : product), 1);
    assert.ok(factor > 2, String(factor));
    assert.equal(hand.story, '');
  });

  test('the finger that stays after a scroll starts nothing', () => {
    const hand = new Hand().down(100, 300).down(160, 300, 2);
    for (let y = 290; y >= 200; y -= 10) hand.move(100, y).move(160, y, 2);
    const before = hand.actions.length;
    hand.up(160, 200, 2).move(100, 100).wait(1_000).up(100, 100);
    assert.equal(hand.actions.length, before);
  });
});

test('a tap of three fingers opens the keyboard', () => {
  const hand = new Hand().down(10, 10).down(40, 10, 2).down(70, 10, 3).wait(40).up(10, 10).up(40, 10, 2).up(70, 10, 3);
  assert.equal(hand.story, 'keyboard');
});

test('any order of finger events leaves no button down', () => {
  let seed = 12345;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
  for (let run = 0; run < 300; run += 1) {
    const hand = new Hand();
    const held = new Set<number>();
    for (let step = 0; step < 30; step += 1) {
      const finger = random(4);
      const [x, y] = [random(300), random(300)];
      if (!held.has(finger)) held.add(finger), hand.down(x, y, finger);
      else if (random(3) > 0) hand.move(x, y, finger);
      else held.delete(finger), random(4) === 0 ? hand.cancel(finger) : hand.up(x, y, finger);
      hand.wait(random(300));
    }
    for (const finger of held) hand.up(0, 0, finger);
    const buttons = new Map<number, boolean>();
    for (const action of hand.actions) {
      if (action.type !== 'button') continue;
      assert.notEqual(buttons.get(action.button) ?? false, action.down, `run ${run}: twice the same`);
      buttons.set(action.button, action.down);
    }
    assert.ok(![...buttons.values()].includes(true), `run ${run}: a button stays down`);
  }
});
