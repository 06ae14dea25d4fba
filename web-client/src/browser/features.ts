// What this browser lacks of what the page would use, beside what it cannot do without (src/check).
import { hasFullScreen } from './full_screen.js';
import { hasWakeLock } from './wake_lock.js';

export const kFeatures = ['films', 'clipboard', 'clipboardRead', 'fullScreen', 'wakeLock'] as const;
export type Feature = (typeof kFeatures)[number];

export function lackingFeatures(): readonly Feature[] {
  // Absent in older browsers, whatever the types say.
  const clipboard = navigator.clipboard as Partial<Clipboard> | undefined;
  const has: Readonly<Record<Feature, boolean>> = {
    films: 'VideoDecoder' in window,
    clipboard: clipboard?.write !== undefined && 'ClipboardItem' in window,
    clipboardRead: clipboard?.read !== undefined,
    fullScreen: hasFullScreen(),
    wakeLock: hasWakeLock(),
  };
  return kFeatures.filter((feature) => !has[feature]);
}

/** Whose menus the person has before them. */
export type BrowserKind = 'chrome' | 'firefox' | 'safari' | 'other';

export function browserKind(): BrowserKind {
  const agent = navigator.userAgent;
  if (/Firefox\/|FxiOS/.test(agent)) return 'firefox';
  if (/Chrome\/|CriOS/.test(agent)) return 'chrome';
  return /Safari\//.test(agent) ? 'safari' : 'other';
}
