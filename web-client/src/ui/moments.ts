// Moments in words, in the person's own language and calendar.

import { locale } from './language/locale.js';

const kSteps = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;

/** A day, from Unix seconds. */
export function date(timeS: number): string {
  return new Date(timeS * 1_000).toLocaleDateString(locale(), { dateStyle: 'medium' });
}

/** "5 minutes ago"; a day beyond a month. */
export function ago(timeS: number, nowS: number = Date.now() / 1_000): string {
  const past = Math.max(0, nowS - timeS);
  if (past > 31 * 86_400) return date(timeS);
  const format = new Intl.RelativeTimeFormat(locale(), { numeric: 'auto' });
  for (const [unit, seconds] of kSteps) {
    if (past >= seconds) return format.format(-Math.floor(past / seconds), unit);
  }
  return format.format(0, 'minute');
}
