import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fitView, fromDesktop, pictureBox, toDesktop, wantedDesktop } from '../src/core/geometry.js';

const kRatios = [0.9, 1, 1.1, 1.25, 1.333, 1.5, 1.75, 2, 2.625, 3];

describe('a desktop of the window\'s size', () => {
  for (const ratio of kRatios) {
    test(`is shown one pixel for one at a pixel ratio of ${ratio}`, () => {
      const area = { width: Math.round(1281 * ratio), height: Math.round(719 * ratio) };
      const view = fitView(area, ratio, area);
      assert.equal(view.scale, 1);
      const box = pictureBox(view);
      assert.ok(Math.abs(box.width * ratio - area.width) < 1e-6);
      assert.deepEqual([box.left, box.top], [0, 0]);
    });

    test(`maps the middle of every device pixel to its own desktop pixel at ${ratio}`, () => {
      const area = { width: Math.round(400 * ratio), height: Math.round(300 * ratio) };
      const view = fitView(area, ratio, area);
      for (let x = 0; x < area.width; x += 1) {
        assert.equal(toDesktop(view, { x: (x + 0.5) / ratio, y: 0 }).x, x);
        assert.equal(toDesktop(view, { x: x / ratio, y: 0 }).x, x, 'its left edge belongs to it');
      }
    });

    test(`and so it does for a mouse as browsers tell it, in single precision, at ${ratio}`, () => {
      const [zoom, area] = [Math.fround(ratio), { width: 8192, height: 100 }];
      const view = fitView(area, zoom, area);
      for (let x = 0; x < area.width; x += 1) assert.equal(toDesktop(view, { x: Math.fround(x / ratio), y: 0 }).x, x);
    });
  }
});

describe('a desktop of another size', () => {
  test('lies in the middle and keeps its shape', () => {
    const view = fitView({ width: 1000, height: 1000 }, 1, { width: 500, height: 250 });
    assert.equal(view.scale, 2);
    assert.deepEqual(pictureBox(view), { left: 0, top: 250, width: 1000, height: 500 });
    assert.deepEqual(toDesktop(view, { x: 999.9, y: 749.9 }), { x: 499, y: 249 });
  });

  test('points beside the picture mean its nearest pixel', () => {
    const view = fitView({ width: 1000, height: 1000 }, 1, { width: 500, height: 250 });
    assert.deepEqual(toDesktop(view, { x: -50, y: 0 }), { x: 0, y: 0 });
    assert.deepEqual(toDesktop(view, { x: 5_000, y: 5_000 }), { x: 499, y: 249 });
  });

  test('every desktop pixel\'s centre maps back to it, scaled up and down', () => {
    for (const scale of [0.37, 0.5, 1, 1.3, 2.7]) {
      const desktop = { width: 320, height: 200 };
      const view = fitView({ width: 320 * scale, height: 200 * scale }, 1.5, desktop);
      for (let x = 0; x < desktop.width; x += 1) {
        assert.equal(toDesktop(view, fromDesktop(view, { x, y: 7 })).x, x);
      }
    }
  });

  test('nothing is divided by zero before sizes are known', () => {
    const view = fitView({ width: 0, height: 0 }, 1, { width: 0, height: 0 });
    assert.deepEqual(toDesktop(view, { x: 3, y: 3 }), { x: 0, y: 0 });
  });
});

describe('the desktop to ask for', () => {
  const limits = { smallest: 64, largest: 8192 };
  test('is every device pixel, with the ratio for its text size', () => {
    assert.deepEqual(wantedDesktop({ width: 1170, height: 2532 }, 3, 1, limits), { width: 1170, height: 2532, scalePercent: 300 });
  });
  test('keeps every pixel when things shall be larger or smaller', () => {
    assert.deepEqual(wantedDesktop({ width: 2000, height: 1000 }, 2, 1.5, limits), { width: 2000, height: 1000, scalePercent: 300 });
    assert.deepEqual(wantedDesktop({ width: 1170, height: 2000 }, 3, 0.5, limits), { width: 1170, height: 2000, scalePercent: 150 });
  });
  test('stays within the limits', () => {
    assert.deepEqual(wantedDesktop({ width: 10, height: 20_000 }, 1, 1, limits), { width: 64, height: 8192, scalePercent: 100 });
  });
});
