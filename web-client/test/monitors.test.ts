import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fitView, toDesktopBeyond } from '../src/core/geometry.js';
import { beside, freeMonitors, monitorOf, otherScreens, readMonitors, wantsFullScreen, windowFeatures, withFullScreen, withMonitor, withoutMonitor, type MonitorList } from '../src/core/monitors.js';
import { DesktopState } from '../src/wire/messages.gen.js';
import { World } from './session_world.js';

const list = (own: number, most: number, viewers: readonly number[]): MonitorList => ({
  own, most, all: viewers.map((count, number) => ({ number, area: { x: 0, y: 0, width: 10, height: 10 }, viewers: count })),
});

test('the list of monitors is read six numbers at a time, and any other length is malformed', () => {
  const areas = Uint32Array.of(0, 0, 0, 1920, 1080, 2, 1, 1920, 5, 800, 600, 1);
  assert.deepEqual(readMonitors({ type: 'Monitors', own: 1, most: 4, areas })?.all[1],
    { number: 1, area: { x: 1920, y: 5, width: 800, height: 600 }, viewers: 1 });
  assert.equal(readMonitors({ type: 'Monitors', own: 0, most: 4, areas: areas.slice(0, 7) }), null);
  assert.equal(readMonitors({ type: 'Monitors', own: 0, most: 4_000_000, areas })?.most, 4);
});

test('a new window takes the lowest monitor that no window shows', () => {
  assert.deepEqual(freeMonitors(list(0, 4, [1])), [1, 2, 3]);
  assert.deepEqual(freeMonitors(list(0, 4, [1, 0, 1])), [1, 3]);
  assert.deepEqual(freeMonitors(list(1, 2, [1, 1])), []);
  assert.deepEqual(freeMonitors(list(0, 1, [1])), []);
});

test('addresses name a monitor, and hostile ones name the first', () => {
  assert.equal(withMonitor('#/session/a1', 2), '#/session/a1?monitor=2');
  assert.equal(withMonitor('#/session/a1?monitor=2', 0), '#/session/a1');
  assert.equal(withoutMonitor('#/session/a1?monitor=3'), '#/session/a1');
  assert.equal(monitorOf('#/session/a1?monitor=3'), 3);
  const full = withFullScreen(withMonitor('#/session/a1', 3));
  assert.deepEqual([monitorOf(full), withoutMonitor(full), wantsFullScreen(full)], [3, '#/session/a1', true]);
  assert.equal(wantsFullScreen('#/session/a1?monitor=3'), false);
  for (const hash of ['', '#/session/a1', '#/session/a1?monitor=9', '#/session/a1?monitor=12', '#/session/a1?monitor=-1', '#/session/a1?monitor=1&x']) {
    assert.equal(monitorOf(hash), 0, hash);
  }
});

test('windows go beside this one, or on the screens that do not hold it', () => {
  const own = { left: 100, top: 50, width: 800, height: 600 };
  assert.equal(windowFeatures(beside(own)), 'popup,left=900,top=50,width=800,height=600');
  const left = { left: -1920, top: 0, width: 1920, height: 1080 };
  const middle = { left: 0, top: 0, width: 1920, height: 1080 };
  const right = { left: 1920, top: 0, width: 1280, height: 1024 };
  assert.deepEqual(otherScreens([left, middle, right], own), [left, right]);
  assert.deepEqual(otherScreens([left, middle, right], { ...own, left: 1800 }), [left, middle]);
  assert.deepEqual(otherScreens([middle], { ...own, left: 9_000 }), []);
});

test('a window says which monitor it is and where it stands, and is told of the others', () => {
  const world = new World();
  world.session.resize({ width: 640, height: 480, scalePercent: 100, left: -1280, top: 7 });
  world.session.start(world.nowMs);
  world.connect();
  const hello = world.sentOf('ViewerHello')[0];
  assert.deepEqual([hello?.monitor, hello?.left, hello?.top], [0, -1280, 7]);
  world.welcome();
  world.desktop(DesktopState.Connected);
  world.receive({ type: 'Monitors', own: 0, most: 4, areas: Uint32Array.of(0, 0, 0, 640, 480, 1) });
  assert.deepEqual(freeMonitors(world.take('monitors')[0]?.monitors ?? list(0, 1, [])), [1, 2, 3]);
  world.session.resize({ width: 640, height: 480, scalePercent: 100, left: 0, top: 7 });
  assert.deepEqual(world.sentOf('Resize').map((one) => one.left), [0]);
  world.receive({ type: 'Monitors', own: 0, most: 4, areas: Uint32Array.of(0, 0, 0) });
  assert.equal(world.cause, 'protocol');
});

test('a drag that leaves the window goes on by the desktop’s pixels, one beside the picture ends at its edge', () => {
  const view = fitView({ width: 2000, height: 1200 }, 2, { width: 1000, height: 500 });
  assert.deepEqual(toDesktopBeyond(view, { x: 1010, y: 300 }), { x: 1010, y: 250 });
  assert.deepEqual(toDesktopBeyond(view, { x: -10, y: -1 }), { x: -10, y: -51 });
  assert.deepEqual(toDesktopBeyond(view, { x: 500, y: 10 }), { x: 500, y: 0 });
});
