// The screen that stays on, hints, and what this browser lacks.
import { lackingFeatures } from '../../browser/features.js';
import { hasWakeLock } from '../../browser/wake_lock.js';
import { onOff } from '../../core/settings.js';
import { text } from '../text.js';
import { onOffSwitch, type EntrySource } from './entry.js';

export const kWakeLockSetting = onOff('wake-lock', true);
/** Hints that were shown on this device. */
export const kHintsSeen = {
  touch: onOff('hint-touch', false),
  keys: onOff('hint-keys', false),
  clipboard: onOff('hint-clipboard', false),
  menu: onOff('hint-menu', false),
  lacks: onOff('hint-lacks', false),
} as const;

export const sessionEntries: EntrySource = ({ settings }) => {
  const t = text.comfort.settings;
  return [
    onOffSwitch(settings, kWakeLockSetting, { section: 'session', label: t.wakeLock, note: t.wakeLockNote }, hasWakeLock() ? undefined : t.wakeLockMissing),
    {
      kind: 'action',
      section: 'session',
      label: t.hints,
      note: t.hintsNote,
      button: t.hintsButton,
      act: () => {
        for (const seen of Object.values(kHintsSeen)) settings.set(seen, false);
        return t.hintsDone;
      },
    },
    ...lackingFeatures().map((feature) => {
      const { label, note } = text.comfort.lacks[feature];
      return { kind: 'note', section: 'browser', label, note } as const;
    }),
  ];
};
