import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { linkMark } from '../src/core/link_mark.js';
import { SleepWatch } from '../src/core/sleep_watch.js';

describe('a machine that slept', () => {
  test('is noticed by a timer that comes much too late, or by a wall clock that went on alone', () => {
    const watch = new SleepWatch(2_000, 0, 1_000_000);
    assert.equal(watch.look(2_000, 1_002_000), false);
    assert.equal(watch.look(7_500, 1_007_500), false, 'a busy page is late too');
    assert.equal(watch.look(67_500, 1_067_500), true, 'both clocks ran, the timer did not');
    assert.equal(watch.look(69_500, 1_669_500), true, 'the page’s clock stood still');
    assert.equal(watch.look(71_500, 1_671_500), false, 'once');
    assert.equal(watch.look(73_500, 1_000_000), false, 'a clock that was set back');
  });
});

describe('the mark of a link', () => {
  test('is as bad as what is felt of it, and none before something was measured', () => {
    const mark = (roundTripMs: number | null, slow: Parameters<typeof linkMark>[0]['slow'] = null) => linkMark({ roundTripMs, inputToPictureMs: null, slow });
    assert.equal(mark(null), null);
    assert.deepEqual([mark(5), mark(79), mark(80), mark(179), mark(180)], ['good', 'good', 'fair', 'fair', 'poor']);
    assert.deepEqual([mark(5, 'application'), mark(5, 'browser'), mark(5, 'bandwidth'), mark(5, 'network'), mark(null, 'browser')], ['fair', 'fair', 'poor', 'poor', 'fair']);
  });
});
