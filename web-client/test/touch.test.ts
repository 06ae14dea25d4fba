import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { GestureRecogniser, kLongPressMs, type FingerEvent, type Gesture } from '../src/core/touch.js';
import { DirectTouchPointer, type PointerAction, type TouchPointer, type TouchView } from '../src/core/touch_pointer.js';
import { TrackpadPointer } from '../src/core/trackpad_pointer.js';

/** A picture of the window's size, or one of which fingers have made it show a part. */
function pictureOf(zoomed = false): TouchView {
  const desktop = { width: 400, height: 800 };
  return { toDesktop: (point) => point, desktop, cssScale: 1, zoomed, canPan: () => zoomed };
}

/** Fingers on a screen; what they mean is gathered as gestures and as pointer actions. */
class Hand {
  private readonly recogniser = new GestureRecogniser();
  constructor(private readonly pointer: TouchPointer = new DirectTouchPointer(pictureOf())) {}
  nowMs = 0;
  gestures: Gesture[] = [];
  actions: PointerAction[] = [];

  private event(kind: FingerEvent['kind'], finger: number, x: number, y: number): this {
    return this.note(this.recogniser.handle({ kind, finger, point: { x, y }, atMs: this.nowMs }));
  }
  private note(gestures: Gesture[]): this {
    this.gestures.push(...gestures);
    for (const gesture of gestures) this.actions.push(...this.pointer.handle(gesture, this.nowMs));
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
  /** The next event is this much older than what the page has done meanwhile. */
  late(ms: number, act: (hand: this) => this): this {
    const now = this.nowMs;
    this.nowMs = now - ms;
    act(this);
    this.nowMs = now;
    return this;
  }
  cancel(finger = 1): this {
    return this.event('cancel', finger, 0, 0);
  }
  wait(ms: number): this {
    const until = this.nowMs + ms;
    for (;;) {
      const deadline = Math.min(this.recogniser.nextDeadline(), this.pointer.nextDeadline());
      if (deadline > until) break;
      this.nowMs = deadline;
      this.actions.push(...this.pointer.tick(deadline));
      this.note(this.recogniser.tick(deadline));
    }
    this.nowMs = until;
    return this;
  }
  /** The page lost the focus. */
  lost(): this {
    return this.note(this.recogniser.reset());
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
    assert.deepEqual(hand.actions[1], { type: 'button', place: { x: 10, y: 20 }, button: 0, down: true });
  });

  test('two taps near each other hit the same point, so that they are a double click', () => {
    const hand = new Hand().down(10, 20).wait(60).up(10, 20).wait(120).down(18, 26).wait(60).up(18, 26);
    assert.deepEqual(hand.gestures.map((one) => ('count' in one ? one.count : 0)), [1, 2]);
    const points = hand.actions.filter((one) => one.type === 'button').map((one) => one.place);
    assert.ok(points.every((point) => point.x === 10 && point.y === 20));
  });

  test('two taps far apart or late are two clicks', () => {
    const apart = new Hand().down(10, 20).up(10, 20).wait(100).down(90, 20).up(90, 20);
    const late = new Hand().down(10, 20).up(10, 20).wait(600).down(10, 20).up(10, 20);
    for (const hand of [apart, late]) assert.deepEqual(hand.gestures.map((one) => ('count' in one ? one.count : 0)), [1, 1]);
  });

  test('a long press magnifies what is below, and is a right click there when the finger leaves', () => {
    const hand = new Hand().down(50, 50).wait(kLongPressMs);
    assert.equal(hand.story, 'buzz move magnify');
    hand.wait(200).up(50, 50);
    assert.equal(hand.story, 'buzz move magnify magnify move 2v 2^');
  });

  test('after a long press the finger moves to the place it means', () => {
    const hand = new Hand().down(50, 50).wait(kLongPressMs).move(90, 120).up(90, 120);
    assert.equal(hand.story, 'buzz move magnify move magnify magnify move 2v 2^');
    assert.deepEqual(hand.actions.at(-1), { type: 'button', place: { x: 90, y: 120 }, button: 2, down: false });
  });

  test('what a busy page hears late counts by when it happened', () => {
    const tap = new Hand().down(50, 50).wait(900).late(820, (hand) => hand.up(50, 50));
    assert.equal(tap.story, 'buzz move magnify magnify move 0v 0^');
    const second = new Hand().down(50, 50).wait(50).up(50, 50).wait(100).down(55, 50).wait(900).late(820, (hand) => hand.up(55, 50));
    assert.deepEqual(second.gestures.map((one) => ('count' in one ? one.count : one.type)), [1, 'press', 'pressCancel', 2]);
    const drag = new Hand().down(50, 50).wait(900).late(700, (hand) => hand.move(55, 50).move(90, 50)).up(90, 50);
    assert.deepEqual(drag.types, ['press', 'pressCancel', 'dragStart', 'dragEnd']);
    const two = new Hand().down(50, 50).wait(900).late(820, (hand) => hand.down(90, 50, 2).up(50, 50).up(90, 50, 2));
    assert.equal(two.story, 'buzz move magnify magnify move 2v 2^');
    const rested = new Hand().down(50, 50).wait(900).late(300, (hand) => hand.move(52, 50)).wait(50).up(52, 50);
    assert.deepEqual(rested.types, ['press', 'pressEnd']);
  });

  test('a long press that is taken away clicks nothing', () => {
    const cancelled = new Hand().down(50, 50).wait(kLongPressMs).cancel();
    const second = new Hand().down(50, 50).wait(kLongPressMs).down(90, 90, 2).up(90, 90, 2).up(50, 50);
    for (const hand of [cancelled, second]) {
      assert.equal(hand.story, 'buzz move magnify magnify');
      assert.deepEqual(hand.actions.at(-1), { type: 'magnify', at: null });
    }
  });

  test('a drag presses where the finger came down', () => {
    const hand = new Hand().down(50, 50).move(55, 50).move(70, 50).move(90, 60).up(90, 60);
    assert.equal(hand.story, 'move 0v move move 0^');
    assert.deepEqual(hand.actions[1], { type: 'button', place: { x: 50, y: 50 }, button: 0, down: true });
  });

  test('a slow drag is no long press once it has begun', () => {
    const hand = new Hand().down(50, 50).move(70, 50).wait(2_000).up(70, 50);
    assert.deepEqual(hand.types, ['dragStart', 'dragEnd']);
  });

  test('a drag that the system takes away ends with its button up', () => {
    const hand = new Hand().down(50, 50).move(70, 50).cancel();
    assert.equal(hand.story, 'move 0v move 0^');
  });

  test('a drag ends with its button up when the page loses the focus', () => {
    const hand = new Hand().down(50, 50).move(70, 50).lost().move(90, 90).up(90, 90);
    assert.equal(hand.story, 'move 0v move 0^');
  });

  test('a tap and a drag press twice at once, which is a double click that drags', () => {
    const hand = new Hand().down(50, 50).wait(50).up(50, 50).wait(80).down(52, 50).move(80, 50).up(80, 50);
    assert.equal(hand.story, 'move 0v 0^ move 0v move 0^');
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
    assert.deepEqual(hand.actions[0], { type: 'move', place: { x: 20, y: 10 } });
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
    assert.deepEqual([...new Set(hand.actions.map((one) => one.type))], ['pan', 'zoom']);
    hand.up(0, 300);
    assert.equal(hand.actions.at(-1)?.type, 'zoomEnd');
  });

  test('side by side move a zoomed picture and turn no wheel', () => {
    const hand = new Hand(new DirectTouchPointer(pictureOf(true))).down(100, 300).down(160, 300, 2);
    for (let y = 290; y >= 200; y -= 10) hand.move(100, y).move(160, y, 2);
    assert.deepEqual([...new Set(hand.actions.map((one) => one.type))], ['pan']);
  });

  test('tapping twice show all of a zoomed picture again, once is a right click as ever', () => {
    const zoomed = (): Hand => new Hand(new DirectTouchPointer(pictureOf(true)));
    const tap = (hand: Hand): Hand => hand.down(10, 10).down(30, 10, 2).wait(50).up(10, 10).up(30, 10, 2);
    assert.equal(tap(tap(zoomed()).wait(100)).wait(1_000).story, 'resetView');
    assert.equal(tap(zoomed()).wait(1_000).story, 'move 2v 2^');
    // By its own time the second came soon enough.
    assert.equal(tap(zoomed()).wait(700).late(500, tap).story, 'move 2v 2^ resetView');
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

describe('a trackpad', () => {
  const trackpad = (): TrackpadPointer => {
    const pointer = new TrackpadPointer(pictureOf());
    pointer.pointerIsAt({ x: 200, y: 400 });
    return pointer;
  };
  const places = (hand: Hand): string[] => hand.actions.flatMap((one) => ('place' in one && one.type !== 'follow' ? [`${one.place.x},${one.place.y}`] : []));

  test('a tap clicks where the pointer is, not where the finger is', () => {
    const hand = new Hand(trackpad()).down(10, 20).wait(60).up(10, 20);
    assert.equal(hand.story, 'move 0v 0^');
    assert.deepEqual([...new Set(places(hand))], ['200,400']);
  });

  test('a slow finger moves it pixel for pixel, a fast one further', () => {
    const slow = new Hand(trackpad()).down(10, 20);
    for (let x = 11; x <= 50; x += 1) slow.move(x, 20);
    const [x] = (places(slow).at(-1) ?? '').split(',').map(Number);
    assert.ok(x !== undefined && x >= 235 && x <= 255, String(x));
    const fast = new Hand(trackpad()).down(10, 20).move(50, 20);
    const [far] = (places(fast).at(-1) ?? '').split(',').map(Number);
    assert.ok(far !== undefined && far > 290, String(far));
    assert.ok(!fast.story.includes('0v'));
  });

  test('it stays on the desktop', () => {
    const hand = new Hand(trackpad()).down(10, 20);
    for (let step = 0; step < 40; step += 1) hand.move(step % 2 === 0 ? 300 : 310, 20 + step * 30);
    const [, y] = (places(hand).at(-1) ?? '').split(',').map(Number);
    assert.equal(y, 799);
  });

  test('a tap and a drag hold the left button', () => {
    const hand = new Hand(trackpad()).down(10, 20).wait(50).up(10, 20).wait(80).down(12, 20).move(40, 20).up(40, 20);
    assert.equal(hand.story, 'move 0v 0^ 0v move follow 0^');
  });

  test('a long press and a drag hold the left button too, without the drag it is the right one', () => {
    const dragged = new Hand(trackpad()).down(10, 20).wait(kLongPressMs).move(40, 20).up(40, 20);
    assert.equal(dragged.story, 'buzz 0v move follow 0^');
    const still = new Hand(trackpad()).down(10, 20).wait(kLongPressMs).up(10, 20);
    assert.equal(still.story, 'buzz move 2v 2^');
  });

  test('two fingers scroll at the pointer, and tap for the right button there', () => {
    const hand = new Hand(trackpad()).down(100, 300).down(160, 300, 2);
    for (let y = 290; y >= 200; y -= 10) hand.move(100, y).move(160, y, 2);
    assert.deepEqual([...new Set(places(hand))], ['200,400']);
    const tap = new Hand(trackpad()).down(10, 10).down(30, 10, 2).wait(50).up(10, 10).up(30, 10, 2);
    assert.equal(tap.story, 'move 2v 2^');
  });

  test('follows a pointer that a program moved', () => {
    const pointer = trackpad();
    pointer.pointerIsAt({ x: 5, y: 6 });
    assert.deepEqual(pointer.place, { x: 5, y: 6 });
  });
});

for (const [mode, make] of [['direct', () => new DirectTouchPointer(pictureOf())], ['zoomed', () => new DirectTouchPointer(pictureOf(true))], ['trackpad', () => new TrackpadPointer(pictureOf())]] as const) test(`any order of finger events leaves no button down: ${mode}`, () => {
  let seed = 12345;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
  for (let run = 0; run < 300; run += 1) {
    const hand = new Hand(make());
    const held = new Set<number>();
    for (let step = 0; step < 30; step += 1) {
      const finger = random(4);
      const [x, y] = [random(300), random(300)];
      if (!held.has(finger)) held.add(finger), hand.down(x, y, finger);
      else if (random(3) > 0) hand.move(x, y, finger);
      else held.delete(finger), random(4) === 0 ? hand.cancel(finger) : hand.up(x, y, finger);
      hand.wait(random(300));
    }
    for (const finger of held) run % 2 === 0 ? hand.up(0, 0, finger) : hand.lost();
    hand.wait(2_000);
    const buttons = new Map<number, boolean>();
    for (const action of hand.actions) {
      if (action.type !== 'button') continue;
      assert.notEqual(buttons.get(action.button) ?? false, action.down, `run ${run}: twice the same`);
      buttons.set(action.button, action.down);
    }
    assert.ok(![...buttons.values()].includes(true), `run ${run}: a button stays down`);
  }
});
