// How the clipboards of device and desktop are kept together.
import { copyFormats, pasteFormats } from '../../core/clipboard.js';
import { oneOf, onOff } from '../../core/settings.js';
import { text } from '../text.js';
import { choice, onOffSwitch, type EntrySource } from './entry.js';

/** `panel`: nothing passes but what is copied and pasted in the panel. */
export const kClipboardMode = oneOf('clipboard', ['auto', 'panel'], 'auto');
/** Whether what is selected in the desktop is copied, and the middle button pastes what this device has copied. */
export const kPrimarySetting = onOff('primary', false);

export const clipboardEntries: EntrySource = ({ settings, session }) => {
  const t = text.comfort.settings;
  const rights = session.rights();
  const mayNothing = (copyFormats(rights) | pasteFormats(rights)) === 0 ? text.comfort.clipboard.policyBoth : undefined;
  return [
    choice(settings, kClipboardMode, { section: 'clipboard', label: t.clipboardMode, note: t.clipboardModeNote },
      [['auto', t.clipboardAuto], ['panel', t.clipboardPanel]]),
    onOffSwitch(settings, kPrimarySetting, { section: 'clipboard', label: t.primary, note: t.primaryNote }, mayNothing),
  ];
};
