// How the clipboards of device and desktop are kept together.
import { oneOf } from '../../core/settings.js';
import { text } from '../text.js';
import { choice, type EntrySource } from './entry.js';

/** `panel`: nothing passes but what is copied and pasted in the panel. */
export const kClipboardMode = oneOf('clipboard', ['auto', 'panel'], 'auto');
export const clipboardEntries: EntrySource = ({ settings }) => {
  const t = text.comfort.settings;
  return [
    choice(settings, kClipboardMode, { section: 'clipboard', label: t.clipboardMode, note: t.clipboardModeNote },
      [['auto', t.clipboardAuto], ['panel', t.clipboardPanel]]),
  ];
};
