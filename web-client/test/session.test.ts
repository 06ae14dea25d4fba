import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { VideoCodec } from '../src/core/video_codec.js';
import {
  CloseCode,
  DesktopState,
  kCanDecodeVp9,
  kMaxReason,
  kMayView,
  NoticeLevel,
  parseMessage,
  serialize,
} from '../src/wire/messages.gen.js';
import { kCache, kTicket, World } from './session_world.js';

const key = (down: boolean) => ({ type: 'Key' as const, down, code: 'KeyA', key: 'a', modifiers: 0 });

describe('opening a session', () => {
  test('opens the socket and asks for the ticket at the same time', () => {
    const world = new World();
    world.session.start(world.nowMs);
    assert.deepEqual(world.order(), ['open', 'askTicket']);
  });

  for (const first of ['socket', 'ticket']) {
    test(`says hello once when the ${first} is there first`, () => {
      const world = new World();
      world.session.start(world.nowMs);
      if (first === 'socket') world.session.opened(world.nowMs);
      else world.session.ticket(kTicket, world.nowMs);
      assert.deepEqual(world.sent(), []);
      world.connect();
      const [hello, ...more] = world.sent();
      assert.equal(hello?.type, 'ViewerHello');
      assert.ok(hello.type === 'ViewerHello' && hello.width === 800 && hello.ticket.length === 3);
      assert.deepEqual(more, []);
    });
  }

  test('goes from connecting over waiting to live, and says what it waits for', () => {
    const world = new World();
    world.session.start(world.nowMs);
    assert.equal(world.phase, 'connecting');
    world.connect();
    world.welcome();
    world.desktop(DesktopState.Starting, 'Xorg is starting.');
    assert.deepEqual([world.phase, world.cause, world.status?.text], ['waiting', 'desktop-starting', 'Xorg is starting.']);
    world.desktop(DesktopState.Connected);
    assert.equal(world.cause, 'first-picture');
    world.reset();
    assert.equal(world.phase, 'waiting');
    world.update();
    assert.equal(world.phase, 'live');
  });

  test('a message before Welcome is a fault that the other end hears of', () => {
    const world = new World();
    world.session.start(world.nowMs);
    world.connect();
    world.sent();
    world.desktop(DesktopState.Connected);
    const [close] = world.sentOf('Close');
    assert.equal(close?.code, CloseCode.ProtocolError);
    assert.match(close.reason, /DesktopStatus before Welcome/);
  });

  test('a refusal of the broker ends it with the broker\'s sentence', () => {
    const world = new World();
    world.session.start(world.nowMs);
    world.session.ticketFailed('forbidden', 'Not for you.', world.nowMs);
    assert.deepEqual([world.phase, world.cause, world.status?.text], ['ended', 'forbidden', 'Not for you.']);
    world.pass(60_000);
    assert.deepEqual(world.take('open').length, 1);
  });
});

describe('pictures', () => {
  test('each update is acknowledged after it was applied', () => {
    const world = new World().goLive();
    world.update();
    world.update();
    assert.deepEqual(world.sentOf('FrameAck').map((one) => one.updateId), [2, 3]);
  });

  test('an update is acknowledged at once, its video packets with their last frame', () => {
    const world = new World().goLive();
    world.update({ frames: 2 });
    world.update();
    assert.deepEqual(world.sentOf('FrameAck').map((one) => one.updateId), [2, 3]);
    world.session.frameDone(2, 1, world.nowMs);
    assert.deepEqual(world.sentOf('VideoAck'), []);
    world.session.frameDone(2, 3, world.nowMs);
    assert.deepEqual(world.sentOf('VideoAck').map((one) => one.updateId), [2]);
  });

  test('frames that finish out of order are told of in order', () => {
    const world = new World().goLive();
    world.update({ frames: 1 });
    world.update({ frames: 1 });
    world.session.frameDone(3, 0, world.nowMs);
    assert.deepEqual(world.sentOf('VideoAck'), []);
    world.session.frameDone(2, 0, world.nowMs);
    assert.deepEqual(world.sentOf('VideoAck').map((one) => one.updateId), [3]);
  });

  test('frames of an agent that is gone tell the next one nothing', () => {
    const world = new World().goLive();
    world.update({ frames: 1 });
    world.desktop(DesktopState.Lost);
    world.desktop(DesktopState.Connected);
    world.sent();
    world.session.frameDone(2, 0, world.nowMs);
    assert.deepEqual(world.sentOf('VideoAck'), []);
    world.reset();
    world.update({ frames: 1 });
    world.session.frameDone(1, 0, world.nowMs);
    assert.deepEqual(world.sentOf('VideoAck').map((one) => one.updateId), [1]);
  });

  test('a coding that cannot be decoded after all is told by its capability', () => {
    const world = new World().goLive();
    world.session.videoFailed(VideoCodec.Vp9, 'x'.repeat(1_000));
    const [failed] = world.sentOf('VideoFailed');
    assert.equal(failed?.capability, kCanDecodeVp9);
    assert.equal(failed.text.length, kMaxReason);
  });

  test('the old picture stays until the new one is whole', () => {
    const world = new World().goLive();
    world.reset(1024, 768);
    world.update({ flags: 0 });
    world.update({ flags: 0 });
    assert.deepEqual(world.take('show'), []);
    assert.equal(world.phase, 'live');
    world.update();
    assert.equal(world.take('show').length, 1);
  });

  test('a new picture that does not get whole is shown after a second', () => {
    const world = new World().goLive();
    world.reset(1024, 768);
    world.update({ flags: 0 });
    world.pass(999);
    assert.deepEqual(world.take('show'), []);
    world.pass(1);
    assert.equal(world.take('show').length, 1);
  });

  test('a new picture of which nothing has come is never shown', () => {
    const world = new World().goLive();
    world.reset(1024, 768);
    world.pass(5_000);
    assert.deepEqual(world.take('show'), []);
  });

  test('an update out of order resets the link', () => {
    const world = new World().goLive();
    world.receive({ type: 'Update', id: 7, flags: 1, inputSequence: 0, captureUs: 0, agentUs: 0, body: new Uint8Array(), inputs: new Uint32Array() });
    assert.equal(world.sentOf('Close')[0]?.code, CloseCode.ProtocolError);
    assert.deepEqual([world.phase, world.cause], ['stale', 'protocol']);
  });

  test('an update that cannot be decoded resets the link, and for good when it happens again and again', () => {
    const world = new World().goLive();
    for (let attempt = 0; attempt < 4; attempt += 1) {
      world.session.decodeFailed('bad body', world.nowMs);
      assert.equal(world.phase, 'stale');
      world.pass(5_000);
      world.connect();
      world.welcome();
      world.desktop(DesktopState.Connected);
      world.reset();
      world.update();
    }
    world.session.decodeFailed('bad body', world.nowMs);
    assert.deepEqual([world.phase, world.cause], ['ended', 'protocol']);
  });

  test('a check of another update than the last is a fault', () => {
    const world = new World().goLive();
    world.receive({ type: 'PictureCheck', updateId: 9, tiles: new Uint32Array([0]), hashes: new Uint32Array([1]) });
    assert.equal(world.cause, 'protocol');
  });

  test('a check is handed on and its answer sent', () => {
    const world = new World().goLive();
    world.receive({ type: 'PictureCheck', updateId: 1, tiles: new Uint32Array([4]), hashes: new Uint32Array([5]) });
    assert.equal(world.take('check').length, 1);
    world.session.checked(1, new Uint32Array([4]));
    assert.deepEqual([...(world.sentOf('PictureCheckResult')[0]?.wrongTiles ?? [])], [4]);
  });

  test('a cursor whose pixels do not fit its size is a fault', () => {
    const world = new World().goLive();
    world.receive({ type: 'CursorShape', width: 4, height: 4, hotX: 0, hotY: 0, rgba: new Uint8Array(60) });
    assert.equal(world.cause, 'protocol');
  });

  test('notices and pointer moves are handed on', () => {
    const world = new World().goLive();
    world.receive({ type: 'Notice', level: NoticeLevel.Warning, text: 'Restarted.' });
    world.receive({ type: 'CursorMoved', x: 3, y: 4 });
    assert.deepEqual(world.order(), ['notice', 'pointer']);
  });
});

describe('a cut', () => {
  test('is answered by an attempt at once, then by growing pauses', () => {
    const world = new World(0.999999).goLive();
    world.pass(6_000);
    world.session.closed(world.nowMs);
    assert.deepEqual([world.phase, world.cause], ['stale', 'link-cut']);
    const pauses: number[] = [];
    for (let attempt = 0; attempt < 8; attempt += 1) {
      pauses.push(Math.round((world.status?.retryAtMs ?? 0) - world.nowMs));
      world.pass((world.status?.retryAtMs ?? 0) - world.nowMs);
      assert.equal(world.take('open').length, 1);
      world.session.closed(world.nowMs);
      assert.equal(world.phase, 'stale');
    }
    assert.deepEqual(pauses, [0, 250, 500, 1000, 2000, 4000, 5000, 5000]);
  });

  test('asks for a new ticket, since a used one is worth nothing', () => {
    const world = new World().goLive();
    world.session.closed(world.nowMs);
    world.pass(0);
    assert.equal(world.take('askTicket').length, 1);
  });

  test('a ticket that was never shown to a gateway is used in the next attempt', () => {
    const world = new World();
    world.session.start(world.nowMs);
    world.session.ticket(kTicket, world.nowMs);
    world.session.closed(world.nowMs);
    world.take('askTicket');
    world.pass(0);
    assert.deepEqual(world.take('askTicket'), []);
    world.session.opened(world.nowMs);
    assert.equal(world.sentOf('ViewerHello').length, 1);
  });

  test('a ticket that lies too long is not used', () => {
    const world = new World();
    world.session.start(world.nowMs);
    world.session.ticket(kTicket, world.nowMs);
    world.take('askTicket');
    world.pass(40_000);
    assert.ok(world.take('askTicket').length > 0);
    world.session.opened(world.nowMs);
    assert.deepEqual(world.sentOf('ViewerHello'), []);
  });

  test('a refused ticket is replaced, but not for ever', () => {
    const world = new World().goLive();
    for (let attempt = 0; attempt < 10 && world.phase !== 'ended'; attempt += 1) {
      world.receive({ type: 'Close', code: CloseCode.BadTicket, reason: 'This ticket was used.' });
      world.pass(5_000);
      world.connect();
    }
    assert.deepEqual([world.phase, world.cause, world.status?.text], ['ended', 'ticket', 'This ticket was used.']);
  });

  test('the network coming back ends the pause', () => {
    const world = new World().goLive();
    for (let i = 0; i < 6; i += 1) {
      world.session.closed(world.nowMs);
      world.pass(i < 5 ? 5_000 : 0);
    }
    world.take('open');
    assert.notEqual(world.status?.retryAtMs, null);
    world.session.wake(world.nowMs);
    assert.equal(world.take('open').length, 1);
  });

  test('a socket that opens but never welcomes is given up', () => {
    const world = new World();
    world.session.start(world.nowMs);
    world.connect();
    world.pass(12_000);
    assert.ok(world.take('open').length >= 2);
  });

  test('the reasons that are final end the session with the sentence of the server', () => {
    const final = {
      [CloseCode.SessionEnded]: 'session-ended',
      [CloseCode.Normal]: 'session-ended',
      [CloseCode.Replaced]: 'replaced',
      [CloseCode.DesktopFailed]: 'desktop-failed',
      [CloseCode.Forbidden]: 'forbidden',
      [CloseCode.Unsupported]: 'unsupported',
      [CloseCode.Limit]: 'limit',
    };
    for (const [code, cause] of Object.entries(final)) {
      const world = new World().goLive();
      world.receive({ type: 'Close', code: Number(code) as CloseCode, reason: 'Because.' });
      assert.deepEqual([world.phase, world.cause, world.status?.text], ['ended', cause, 'Because.']);
      world.session.closed(world.nowMs);
      world.pass(60_000);
      assert.deepEqual(world.take('open'), []);
    }
  });

  test('the reasons that pass are followed by another attempt', () => {
    for (const code of [CloseCode.ShuttingDown, CloseCode.TooSlow, CloseCode.Timeout, CloseCode.DesktopLost]) {
      const world = new World().goLive();
      world.receive({ type: 'Close', code, reason: '' });
      assert.equal(world.phase, 'stale');
      world.pass(1_000);
      assert.equal(world.take('open').length, 1);
    }
  });

  test('leaving says so and is the end', () => {
    const world = new World().goLive();
    world.session.finish('left', '');
    assert.deepEqual(world.order(), ['send', 'drop']);
    assert.equal(world.phase, 'ended');
    assert.equal(world.session.nextDeadline(world.nowMs), Infinity);
  });
});

describe('a desktop whose agent is lost', () => {
  test('is stale until the next agent sends a picture, over the same link', () => {
    const world = new World().goLive();
    world.desktop(DesktopState.Lost, 'The agent ended.');
    assert.deepEqual([world.phase, world.cause, world.status?.text], ['stale', 'desktop-lost', 'The agent ended.']);
    world.desktop(DesktopState.Connected);
    assert.equal(world.phase, 'stale');
    world.reset();
    world.update();
    assert.equal(world.phase, 'live');
    assert.deepEqual(world.take('open'), []);
  });

  test('tells the new agent the size when it is no longer that of the hello', () => {
    const world = new World().goLive();
    world.session.resize({ width: 1000, height: 700, scalePercent: 100 });
    world.sent();
    world.desktop(DesktopState.Lost);
    world.desktop(DesktopState.Connected);
    assert.deepEqual(world.sentOf('Resize').map((one) => one.width), [1000]);
  });

  test('starts input numbers again for the new agent', () => {
    const world = new World().goLive();
    world.session.input(key(true), world.nowMs, world.nowMs);
    world.desktop(DesktopState.Lost);
    world.desktop(DesktopState.Connected);
    world.reset();
    world.update();
    world.sent();
    world.session.input(key(true), world.nowMs, world.nowMs);
    assert.equal(world.sentOf('Key')[0]?.sequence, 1);
  });
});

describe('silence', () => {
  test('an idle link is asked every ten seconds and no more', () => {
    const world = new World().goLive();
    world.pass(1);
    world.answerPings();
    let pings = 0;
    for (let second = 0; second < 60; second += 1) {
      world.pass(1_000);
      pings += world.answerPings();
    }
    assert.ok(pings >= 5 && pings <= 7, String(pings));
    assert.equal(world.phase, 'live');
  });

  test('after input is asked about soon, then shown, then met with a new link', () => {
    const world = new World().goLive();
    world.pass(1);
    world.answerPings();
    world.pass(6_000);
    world.session.input(key(true), world.nowMs, world.nowMs);
    world.pass(1_500);
    assert.equal(world.sentOf('Ping').length, 1);
    world.pass(3_000);
    assert.deepEqual([world.phase, world.cause], ['stale', 'silent']);
    world.pass(9_000);
    assert.equal(world.take('open').length, 1);
  });

  test('that ends is over at once', () => {
    const world = new World().goLive();
    const heardMs = world.nowMs;
    world.pass(8_000);
    assert.equal(world.phase, 'stale');
    assert.equal(world.status?.currentAtMs, heardMs, 'how old the picture is');
    world.receive({ type: 'Notice', level: NoticeLevel.Info, text: 'x' });
    assert.equal(world.phase, 'live');
    assert.equal(world.status.currentAtMs, null);
  });

  test('after a sleep a dead link is replaced within seconds', () => {
    const world = new World().goLive();
    world.pass(1_000);
    world.answerPings();
    world.session.wake(world.nowMs);
    world.pass(3_100);
    assert.equal(world.take('open').length, 1);
  });

  test('the peer\'s pings are answered', () => {
    const world = new World().goLive();
    world.receive({ type: 'Ping', timeUs: 77 });
    assert.deepEqual(world.sentOf('Pong'), [{ type: 'Pong', timeUs: 77, clockUs: Math.round(world.nowMs * 1_000) }]);
  });
});

describe('input', () => {
  test('is numbered from one over all kinds', () => {
    const world = new World().goLive();
    const { session, nowMs } = world;
    session.input(key(true), nowMs, nowMs);
    session.input({ type: 'PointerMove', x: 1, y: 2 }, nowMs, nowMs);
    session.input({ type: 'Wheel', x: 1, y: 2, dx: 0, dy: 120 }, nowMs, nowMs);
    session.input({ type: 'ReleaseAll' }, nowMs, nowMs);
    assert.deepEqual(world.sent().map((one) => ('sequence' in one ? one.sequence : 0)), [1, 2, 3, 4]);
  });

  test('is not sent when the picture is not current', () => {
    const world = new World().goLive();
    world.desktop(DesktopState.Lost);
    world.session.input(key(true), world.nowMs, world.nowMs);
    assert.deepEqual(world.sentOf('Key'), []);
  });

  test('is not sent without the right to it', () => {
    const world = new World();
    world.session.start(world.nowMs);
    world.connect();
    world.welcome(kMayView);
    world.desktop(DesktopState.Connected);
    world.reset();
    world.update();
    world.sent();
    world.session.input(key(true), world.nowMs, world.nowMs);
    world.session.resize({ width: 1, height: 1, scalePercent: 100 });
    assert.deepEqual(world.sent(), []);
  });

  test('moves are merged while the network is behind, and keys overtake nothing', () => {
    const world = new World().goLive();
    const { session, nowMs } = world;
    session.backlog(10_000);
    for (let x = 0; x < 50; x += 1) session.input({ type: 'PointerMove', x, y: 0 }, nowMs, nowMs);
    assert.deepEqual(world.sent(), []);
    session.input(key(true), nowMs, nowMs);
    const sent = world.sent();
    assert.deepEqual(sent.map((one) => one.type), ['PointerMove', 'Key']);
    assert.ok(sent[0]?.type === 'PointerMove' && sent[0].x === 49);
  });

  test('merged wheel turns lose nothing and go when the network has caught up', () => {
    const world = new World().goLive();
    const { session, nowMs } = world;
    session.backlog(10_000);
    for (let i = 0; i < 5; i += 1) session.input({ type: 'Wheel', x: 0, y: 0, dx: 0, dy: 30 }, nowMs, nowMs);
    session.backlog(0);
    world.pass(20);
    assert.deepEqual(world.sentOf('Wheel').map((one) => one.dy), [150]);
  });

  test('long text goes in parts', () => {
    const world = new World().goLive();
    world.session.input({ type: 'TextInput', text: '€'.repeat(3_000) }, world.nowMs, world.nowMs);
    const parts = world.sentOf('TextInput');
    assert.equal(parts.map((one) => one.text).join(''), '€'.repeat(3_000));
    assert.equal(parts.length, 3);
  });

  test('time to the picture is measured from the event, per event', () => {
    const world = new World().goLive();
    const pressed = world.nowMs;
    world.session.input(key(true), pressed - 4, pressed);
    world.pass(20);
    world.update();
    assert.equal(world.take('quality').at(-1)?.quality.inputToPictureMs ?? null, null);
    world.pass(10);
    world.update({ inputSequence: 1, inputs: [1, 0, 5_000] });
    assert.equal(world.take('quality').at(-1)?.quality.inputToPictureMs, 34);
  });

  test('a key that shows beside a film is measured when it shows, not when the film\'s frame does', () => {
    const world = new World().goLive();
    world.session.input(key(true), world.nowMs, world.nowMs);
    world.pass(20);
    world.update({ inputSequence: 1, inputs: [1, 0, 0], frames: 1 });
    assert.equal(world.take('quality').at(-1)?.quality.inputToPictureMs, 20);
    world.session.input(key(true), world.nowMs, world.nowMs);
    world.pass(20);
    world.update({ inputSequence: 2, inputs: [2, 0, 0], frames: 1, changed: false });
    world.pass(30);
    world.session.frameDone(2, 0, world.nowMs);
    world.session.frameDone(3, 0, world.nowMs);
    assert.equal(world.take('quality').at(-1)?.quality.inputToPictureMs, 50);
  });

  test('the window\'s size is told once for each change', () => {
    const world = new World().goLive();
    const size = { width: 900, height: 700, scalePercent: 150 };
    world.session.resize(size);
    world.session.resize(size);
    world.session.resize({ width: 800, height: 600, scalePercent: 100 });
    assert.deepEqual(world.sentOf('Resize').map((one) => one.width), [900, 800]);
  });

  test('a hidden page says so, also to an agent that comes later', () => {
    const world = new World().goLive();
    world.session.visibility(false, world.nowMs);
    assert.deepEqual(world.sentOf('Visibility').map((one) => one.visible), [false]);
    world.desktop(DesktopState.Lost);
    world.desktop(DesktopState.Connected);
    assert.deepEqual(world.sentOf('Visibility').map((one) => one.visible), [false]);
  });
});

describe('what it still has', () => {
  const held = { width: 800, height: 600, tiles: new Uint8Array(8).fill(9), entries: 5, checksum: 77, snapshot: 0 };
  const told = (bytes: Uint8Array) => {
    const message = parseMessage(bytes);
    assert.ok(message?.type === 'Holdings');
    return [message.cache, message.width, message.tiles.length, message.entries];
  };

  test('is told in each hello, with the same name of the cache', () => {
    const world = new World();
    world.session.start(world.nowMs);
    world.connect();
    assert.deepEqual(world.sentOf('ViewerHello').map((hello) => told(hello.holdings)), [[kCache, 0, 0, 0]]);
    world.welcome();
    world.held = held;
    world.session.closed(world.nowMs);
    world.pass(0);
    world.connect();
    assert.deepEqual(world.sentOf('ViewerHello').map((hello) => told(hello.holdings)), [[kCache, 800, 8, 5]]);
  });

  test('is told once to a gateway that lost the desktop, behind the answer to its ping', () => {
    const world = new World().goLive();
    world.held = held;
    world.desktop(DesktopState.Lost);
    assert.deepEqual(world.sent(), []);
    for (const timeUs of [5, 6]) world.receive({ type: 'Ping', timeUs });
    assert.deepEqual(world.sent().map((one) => one.type), ['Pong', 'Holdings', 'Pong']);
  });

  test('is not told to a new agent that has begun without it', () => {
    const world = new World().goLive();
    world.held = held;
    world.desktop(DesktopState.Lost);
    world.desktop(DesktopState.Connected);
    world.receive({ type: 'Ping', timeUs: 5 });
    assert.deepEqual(world.sent().map((one) => one.type), ['Pong']);
  });
});

test('no bytes of a peer throw, and each ends in a state with a reason', () => {
  const samples = [
    serialize({ type: 'SurfaceReset', epoch: 1, width: 100_000, height: 5 }),
    serialize({ type: 'ViewerHello', oldestVersion: 1, newestVersion: 1, ticket: kTicket, capabilities: 0, width: 1, height: 1, scalePercent: 100, browser: '', timeZone: '', locale: '', cacheKib: 0, holdings: new Uint8Array(0), monitor: 0, left: 0, top: 0 }),
    new Uint8Array(0),
    new Uint8Array([255, 255, 255, 255, 255, 255]),
    serialize({ type: 'DesktopStatus', state: DesktopState.Lost, text: '' }),
    serialize({ type: 'Update', id: 2, flags: 0, inputSequence: 0, captureUs: 0, agentUs: 0, body: new Uint8Array(9), inputs: new Uint32Array() }),
  ];
  for (const whole of samples) {
    for (let length = 0; length <= whole.length; length += 1) {
      const world = new World().goLive();
      world.session.receive(whole.subarray(0, length), world.nowMs);
      assert.ok(world.phase === 'live' || world.cause !== 'none');
    }
  }
});

test('an unknown message is skipped', () => {
  const world = new World().goLive();
  world.session.receive(new Uint8Array([31, 1, 2, 3]), world.nowMs);
  assert.equal(world.phase, 'live');
});
