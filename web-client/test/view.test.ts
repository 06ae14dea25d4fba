import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { kMostZoom, ViewTransform, type ViewMode } from '../src/core/view.js';

function shown(area: [number, number], ratio: number, desktop: [number, number], mode: ViewMode = 'follow'): ViewTransform {
  const view = new ViewTransform();
  view.setMode(mode);
  view.setArea({ width: area[0], height: area[1] }, ratio);
  view.setDesktop({ width: desktop[0], height: desktop[1] });
  return view;
}

const kRatios = [1, 1.25, 1.5, 2, 3];

describe('a view', () => {
  test('of a desktop that follows the window is one pixel for one at every ratio', () => {
    for (const ratio of kRatios) {
      const { view } = shown([1500, 900], ratio, [1500, 900]);
      assert.equal(view.scale, 1);
      assert.deepEqual(view.offset, { x: 0, y: 0 });
    }
  });

  test('at actual size is one pixel for one whatever the window', () => {
    const { view } = shown([800, 600], 1.5, [1920, 1080], 'actual');
    assert.equal(view.scale, 1);
    assert.deepEqual(view.offset, { x: -560, y: -240 });
  });

  test('fitted shows the whole in the middle', () => {
    const { view } = shown([1000, 1000], 1, [2000, 1000], 'fit');
    assert.equal(view.scale, 0.5);
    assert.deepEqual(view.offset, { x: 0, y: 250 });
  });

  test('finds every pixel again from its centre, at every ratio and zoom', () => {
    for (const ratio of kRatios) {
      for (const zoom of [1, 1.37, 2, 3.9]) {
        const view = shown([1170, 2100], ratio, [1170, 2100]);
        view.zoomAt({ x: 100, y: 300 }, zoom);
        for (const pixel of [{ x: 0, y: 0 }, { x: 1, y: 2 }, { x: 583, y: 1049 }, { x: 1169, y: 2099 }]) {
          assert.deepEqual(view.toDesktop(view.fromDesktop(pixel)), pixel, `ratio ${ratio}, zoom ${zoom}`);
        }
      }
    }
  });
});

describe('a pinch', () => {
  test('keeps what lies below the fingers there', () => {
    const view = shown([1170, 2100], 3, [1170, 2100]);
    const point = { x: 120, y: 400 };
    const before = view.toDesktop(point);
    view.zoomAt(point, 1.7);
    view.zoomAt(point, 1.2);
    const after = view.toDesktop(point);
    assert.ok(Math.abs(after.x - before.x) <= 1 && Math.abs(after.y - before.y) <= 1, JSON.stringify({ before, after }));
  });

  test('goes to four times and back to all, no further', () => {
    const view = shown([1000, 1000], 2, [1000, 1000]);
    view.zoomAt({ x: 100, y: 100 }, 100);
    assert.equal(view.view.scale, kMostZoom);
    view.zoomAt({ x: 100, y: 100 }, 0.001);
    assert.equal(view.view.scale, 1);
    assert.equal(view.zoomed, false);
  });

  test('at actual size can show all of a larger desktop', () => {
    const view = shown([1000, 500], 1, [2000, 1000], 'actual');
    view.zoomAt({ x: 500, y: 250 }, 0.01);
    assert.equal(view.view.scale, 0.5);
    assert.deepEqual(view.view.offset, { x: 0, y: 0 });
  });

  test('let go near whole pixels gives whole pixels', () => {
    const view = shown([1000, 1000], 2, [1000, 1000]);
    view.zoomAt({ x: 250, y: 250 }, 1.97);
    view.zoomEnded();
    assert.equal(view.view.scale, 2);
  });

  test('let go near none gives none', () => {
    const view = shown([1000, 1000], 2, [1000, 1000]);
    view.zoomAt({ x: 250, y: 250 }, 1.04);
    view.zoomEnded();
    assert.equal(view.zoomed, false);
  });
});

describe('a zoomed view', () => {
  test('pans to the edges and not beyond', () => {
    const view = shown([1000, 1000], 2, [1000, 1000]);
    view.zoomAt({ x: 0, y: 0 }, 2);
    assert.deepEqual(view.view.offset, { x: 0, y: 0 });
    assert.equal(view.canPan(10, 0), false);
    assert.equal(view.canPan(-10, 3), true);
    view.pan(-5000, -100);
    assert.deepEqual(view.view.offset, { x: -1000, y: -200 });
    assert.equal(view.canPan(-10, 0), false);
    assert.equal(view.canPan(0, -10), true);
  });

  test('lies on whole device pixels', () => {
    const view = shown([1000, 1000], 1.25, [1000, 1000]);
    view.zoomAt({ x: 33.3, y: 77.7 }, 1.333);
    view.pan(-1.1, -2.7);
    assert.ok(Number.isInteger(view.view.offset.x) && Number.isInteger(view.view.offset.y));
  });

  test('keeps its middle when the window turns', () => {
    const view = shown([1000, 2000], 2, [1000, 2000]);
    view.zoomAt({ x: 250, y: 500 }, 2);
    view.pan(-40, 60);
    const { x, y } = view.toDesktop({ x: 250, y: 500 });
    view.setArea({ width: 2000, height: 1000 }, 2);
    view.setDesktop({ width: 2000, height: 1000 });
    const turned = view.toDesktop({ x: 500, y: 250 });
    assert.ok(Math.abs(turned.x / 2 - x) <= 2 && Math.abs(turned.y * 2 - y) <= 2, JSON.stringify({ x, y, turned }));
    assert.equal(view.view.scale, 2);
  });

  test('resets to all of it', () => {
    const view = shown([1000, 1000], 2, [1000, 1000]);
    view.zoomAt({ x: 10, y: 10 }, 3);
    view.reset();
    assert.deepEqual([view.view.scale, view.view.offset], [1, { x: 0, y: 0 }]);
  });
});

describe('the caret', () => {
  const caret = { x: 300, y: 1900, width: 2, height: 40 };

  test('below the soft keyboard is brought above it', () => {
    const view = shown([1170, 2100], 3, [1170, 2100]);
    view.setCovered(900);
    view.keepVisible(caret);
    const bottom = view.view.offset.y + caret.y + caret.height;
    assert.ok(bottom <= 1200 && bottom > 1100, `${bottom}`);
  });

  test('that is seen moves nothing', () => {
    const view = shown([1170, 2100], 3, [1170, 2100]);
    view.setCovered(900);
    view.keepVisible({ ...caret, y: 100 });
    assert.deepEqual(view.view.offset, { x: 0, y: 0 });
  });

  test('that is kept in sight stays so when the keyboard comes later, and when the desktop gets another size', () => {
    const view = shown([1170, 2100], 3, [1170, 2100]);
    view.keep(caret);
    view.setCovered(900);
    const bottom = (): number => view.view.offset.y + caret.y + caret.height;
    assert.ok(bottom() <= 1200, `${bottom()}`);
    view.setDesktop({ width: 1170, height: 2090 });
    assert.ok(bottom() <= 1200, `${bottom()}`);
    view.keep(null);
    view.setDesktop({ width: 1170, height: 2100 });
    assert.deepEqual(view.view.offset, { x: 0, y: 0 });
  });

  test('lets the picture back when the keyboard goes', () => {
    const view = shown([1170, 2100], 3, [1170, 2100]);
    view.setCovered(900);
    view.keepVisible(caret);
    view.setCovered(0);
    assert.deepEqual(view.view.offset, { x: 0, y: 0 });
  });

  test('is followed in a zoomed view', () => {
    const view = shown([1170, 2100], 3, [1170, 2100]);
    view.zoomAt({ x: 0, y: 0 }, 2);
    view.keepVisible({ x: 1100, y: 50, width: 2, height: 30 });
    const right = view.view.offset.x + 1102 * 2;
    assert.ok(right <= 1170 && right > 1100, `${right}`);
  });
});
