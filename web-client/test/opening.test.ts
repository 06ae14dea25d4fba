// Links that open their session by themselves.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { canBeOpened, subprotocolsOf } from '../src/core/opening.js';
import { kEarlyLooks, kFirstLookMs, kFirstLooks, kLateLookMs, kLookMs, kMostLooks, ReturnWatch } from '../src/core/return_watch.js';
import { kMaxOpening, parseMessage, type ViewerHello, type ViewerOpening } from '../src/wire/messages.gen.js';
import { kTicket, World } from './session_world.js';

const kWish = { resource: 'mousepad', session: '', csrf: 'token' };

function opening(bytes: Uint8Array | null | undefined): { wish: ViewerOpening; hello: ViewerHello } {
  assert.ok(bytes);
  const wish = parseMessage(bytes);
  assert.equal(wish?.type, 'ViewerOpening');
  const hello = parseMessage((wish as ViewerOpening).hello);
  assert.equal(hello?.type, 'ViewerHello');
  return { wish: wish as ViewerOpening, hello: hello as ViewerHello };
}

function begun(): World {
  const world = new World();
  world.session.mayOpen(kWish);
  world.session.start(world.nowMs);
  return world;
}

describe('a link that opens its session', () => {
  test('brings all with its upgrade and says nothing more', () => {
    const world = begun();
    const [open] = world.take('open');
    const { wish, hello } = opening(open?.words);
    assert.deepEqual([wish.resource, wish.session, wish.csrf], ['mousepad', '', 'token']);
    assert.deepEqual([hello.width, hello.height, hello.ticket.length, hello.browser], [800, 600, 0, 'Test 1']);
    world.session.opened(world.nowMs, true);
    world.receive({ type: 'OpeningAnswer', status: 200, body: '{"session":{}}' });
    world.welcome();
    assert.equal(world.phase, 'waiting');
    assert.deepEqual(world.sent(), []);
    assert.deepEqual(world.take('askTicket'), []);
    assert.deepEqual(world.take('opening'), [{ type: 'opening', status: 200, body: '{"session":{}}' }]);
  });

  test('says it as the first message where the upgrade could not bring it', () => {
    const world = begun();
    const [open] = world.take('open');
    world.session.opened(world.nowMs);
    assert.deepEqual(world.sentOf('ViewerOpening'), [opening(open?.words).wish]);
    world.receive({ type: 'OpeningAnswer', status: 200, body: '{}' });
    world.welcome();
    assert.equal(world.phase, 'waiting');
  });

  test('takes a ticket where the broker wants more first', () => {
    const world = begun();
    world.session.opened(world.nowMs, true);
    world.receive({ type: 'OpeningAnswer', status: 403, body: '{"code":"step_up_required"}' });
    assert.equal(world.take('opening').length, 1);
    assert.deepEqual(world.sent(), []);
    world.session.ticket(kTicket, world.nowMs);
    assert.equal(world.sentOf('ViewerHello').length, 1);
    world.welcome();
    assert.equal(world.phase, 'waiting');
  });

  test('is none while the page gets a ticket, whatever becomes of links meanwhile', () => {
    const world = begun();
    world.take('open');
    world.session.opened(world.nowMs, true);
    world.receive({ type: 'OpeningAnswer', status: 202, body: '{}' });
    world.session.closed(world.nowMs);
    world.pass(10);
    assert.deepEqual(world.take('open').map(({ words }) => words), [null]);
    world.session.opened(world.nowMs);
    assert.deepEqual(world.sent(), []);
    world.session.ticket(kTicket, world.nowMs);
    assert.equal(world.sentOf('ViewerHello').length, 1);
  });

  test('is opened without the long header every third time', () => {
    const world = begun();
    const carried: boolean[] = [];
    for (let attempt = 0; attempt < 6; attempt += 1) {
      carried.push(world.take('open')[0]?.words !== null);
      world.session.closed(world.nowMs);
      world.pass(5_000);
    }
    assert.deepEqual(carried, [true, true, false, true, true, false]);
  });

  test('an answer that nothing asked for is a fault', () => {
    const world = begun();
    world.receive({ type: 'OpeningAnswer', status: 200, body: '{}' });
    assert.match(world.sentOf('Close')[0]?.reason ?? '', /OpeningAnswer without/);
  });

  test('a refused ticket leads to a new opening', () => {
    const world = begun();
    world.take('open');
    world.session.opened(world.nowMs, true);
    world.receive({ type: 'Close', code: 3, reason: 'The ticket was used.' });
    world.pass(10);
    assert.equal(opening(world.take('open')[0]?.words).wish.resource, 'mousepad');
  });
});

test('an address that names nothing is left to the broker', () => {
  const session = (id: string) => canBeOpened({ resource: '', session: id, csrf: 'c' });
  const resource = (id: string) => canBeOpened({ resource: id, session: '', csrf: 'c' });
  assert.deepEqual([session('aB-1_'), session('../x'), session('a b'), session('é'), session('x'.repeat(129))], [true, false, false, false, false]);
  assert.deepEqual([resource('Büro 1'), resource('x'.repeat(128)), resource('ü'.repeat(65))], [true, true, false]);
});

describe('an opening in a header', () => {
  test('is base64url of any length', () => {
    for (let length = 0; length < 300; length += 1) {
      const bytes = Uint8Array.from({ length }, (_, i) => (i * 151 + length) & 255);
      assert.deepEqual(subprotocolsOf(bytes), ['vitrine', `vitrine-open.${Buffer.from(bytes).toString('base64url')}`]);
    }
  });

  test('has a limit', () => {
    assert.notEqual(subprotocolsOf(new Uint8Array(kMaxOpening)), null);
    assert.equal(subprotocolsOf(new Uint8Array(kMaxOpening + 1)), null);
  });
});

describe('the server that is back', () => {
  test('is worth one attempt each time, however often it answers', () => {
    const watch = new ReturnWatch();
    assert.deepEqual([false, false, true, true, false, true].map((answered) => watch.looked(watch.look(), answered)), [false, false, true, false, false, true]);
  });

  test('is asked for rarely in the end', () => {
    const watch = new ReturnWatch();
    assert.equal(watch.pauseMs, kFirstLookMs);
    for (let i = 0; i < kFirstLooks; i += 1) watch.looked(watch.look(), false);
    assert.equal(watch.pauseMs, kLookMs);
    for (let i = kFirstLooks; i < kEarlyLooks; i += 1) watch.looked(watch.look(), false);
    assert.equal(watch.pauseMs, kLateLookMs);
  });

  test('is asked for again while requests hang, by a few, and those that hung tell nothing after an answer', () => {
    const watch = new ReturnWatch();
    const hanging = Array.from({ length: kMostLooks - 1 }, () => watch.look());
    const answered = watch.look();
    assert.equal(watch.look(), 0);
    assert.equal(watch.looked(answered, true), true);
    for (const number of hanging) assert.equal(watch.looked(number, false), false);
    assert.equal(watch.looked(watch.look(), true), false);
  });

  test('gets a new connection in place of one that hangs, and not of one that is young', () => {
    const world = begun();
    world.take('open');
    world.pass(500);
    world.session.wake(world.nowMs);
    assert.deepEqual(world.take('open'), []);
    world.pass(600);
    world.session.wake(world.nowMs);
    assert.equal(world.take('open').length, 1);
  });

  test('is left alone by a link that is open already', () => {
    const world = begun();
    world.take('open');
    world.session.opened(world.nowMs, true);
    world.pass(5_000);
    world.session.wake(world.nowMs);
    assert.deepEqual(world.take('open'), []);
  });
});
