// All that can be chosen for a device. A part that has settings adds one line.
import { clipboardEntries } from './clipboard_entries.js';
import type { EntrySource } from './entry.js';
import { pictureEntries } from './picture_entries.js';
import { sessionEntries } from './session_entries.js';
import { viewEntries } from './view_entries.js';

export const kEntrySources: readonly EntrySource[] = [
  pictureEntries,
  viewEntries,
  clipboardEntries,
  sessionEntries,
];
