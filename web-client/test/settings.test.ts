import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DeviceSettings, oneOf, onOff } from '../src/core/settings.js';

const kMode = oneOf('mode', ['direct', 'trackpad'], 'direct');
const kSize = oneOf('size', [0.5, 1, 2], 1);
const kAwake = onOff('awake', true);

describe('the settings of a device', () => {
  test('what was chosen is there again, what was not is as at first', () => {
    let kept: string | null = null;
    const first = new DeviceSettings(null, (text) => { kept = text; });
    first.set(kMode, 'trackpad');
    first.set(kAwake, false);
    const again = new DeviceSettings(kept, () => undefined);
    assert.equal(again.get(kMode), 'trackpad');
    assert.equal(again.get(kAwake), false);
    assert.equal(again.get(kSize), 1);
  });

  test('a value that is none of the setting’s is as if nothing had been chosen', () => {
    for (const values of [{ mode: 'mouse', size: '1', awake: 1 }, { mode: null, size: 3, awake: 'yes' }, { mode: {}, size: [], awake: [] }]) {
      const settings = new DeviceSettings(JSON.stringify({ version: 1, values }), () => undefined);
      assert.deepEqual([settings.get(kMode), settings.get(kSize), settings.get(kAwake)], ['direct', 1, true]);
    }
  });

  test('whatever lies in the store, the page starts', () => {
    for (const stored of ['', 'null', '7', '[]', '{', '{"version":"x","values":{}}', '{"version":1,"values":[1]}', '{"version":1}', 'x'.repeat(1 << 20),
      `{"version":1,"values":{"mode":"${'x'.repeat(1 << 20)}"}}`]) {
      assert.equal(new DeviceSettings(stored, () => undefined).get(kMode), 'direct', stored.slice(0, 40));
    }
  });

  test('what another page’s parts have chosen is kept when one of ours changes', () => {
    let kept = '';
    const settings = new DeviceSettings('{"version":1,"values":{"elsewhere":"kept"}}', (text) => { kept = text; });
    settings.set(kSize, 2);
    assert.deepEqual(JSON.parse(kept), { version: 1, values: { elsewhere: 'kept', size: 2 } });
  });

  test('listeners hear of changes, here and in another tab, and of nothing else', () => {
    const heard: string[] = [];
    const settings = new DeviceSettings(null, () => undefined);
    const stop = settings.onChange(kMode, (mode) => { heard.push(mode); });
    settings.set(kSize, 2);
    settings.set(kMode, 'trackpad');
    settings.set(kMode, 'trackpad');
    settings.reload('{"version":1,"values":{"mode":"direct"}}');
    settings.reload('{"version":1,"values":{"mode":"direct","size":1}}');
    stop();
    settings.set(kMode, 'trackpad');
    assert.deepEqual(heard, ['trackpad', 'direct']);
  });
});
