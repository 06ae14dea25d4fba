// The settings of this device, in the browser's store; shared by all tabs.
import { DeviceSettings } from '../core/settings.js';
import { recall, remember, storedAs } from './preferences.js';

export function openSettings(): DeviceSettings {
  const settings = new DeviceSettings(recall('settings'), (text) => { remember('settings', text); });
  window.addEventListener('storage', ({ key, newValue }) => {
    if (key === storedAs('settings')) settings.reload(newValue);
    // Null: somebody emptied the store.
    else if (key === null) settings.reload(null);
  });
  return settings;
}
