// Numbers, times and browsers as people read them.
import { figure, locale } from '../language/locale.js';
import { text } from './text_admin.js';

/** What a User-Agent means, roughly: enough to tell one's own browsers apart. */
export function browserName(userAgent: string): string {
  if (userAgent === '') return '';
  const named = (list: readonly (readonly [RegExp, string])[]): string => list.find(([pattern]) => pattern.test(userAgent))?.[1] ?? '';
  const browser = named([[/Edg\//, 'Edge'], [/OPR\//, 'Opera'], [/Firefox\//, 'Firefox'], [/Chrom(e|ium)\//, 'Chrome'], [/Safari\//, 'Safari']]);
  const system = named([[/iPhone/, 'iPhone'], [/iPad/, 'iPad'], [/Android/, 'Android'], [/CrOS/, 'ChromeOS'], [/Windows/, 'Windows'], [/Mac OS X/, 'macOS'], [/Linux/, 'Linux']]);
  return browser === '' ? userAgent.slice(0, 40) : system === '' ? browser : text.words.browserOn(browser, system);
}

/** "3 min", "2 h 5 min", "4 d 2 h". */
export function duration(seconds: number): string {
  const { day: days, hour: hours, minute: minutes, second } = text.words.units;
  const whole = Math.max(0, Math.floor(seconds));
  const parts = (big: number, bigUnit: string, small: number, smallUnit: string): string =>
    small === 0 ? figure(big, bigUnit) : `${figure(big, bigUnit)} ${figure(small, smallUnit)}`;
  if (whole < 60) return figure(whole, second);
  const wholeMinutes = Math.floor(whole / 60);
  if (wholeMinutes < 60) return figure(wholeMinutes, minutes);
  const wholeHours = Math.floor(wholeMinutes / 60);
  if (wholeHours < 24) return parts(wholeHours, hours, wholeMinutes % 60, minutes);
  return parts(Math.floor(wholeHours / 24), days, wholeHours % 24, hours);
}

const dateTime = new Intl.DateTimeFormat(locale(), { dateStyle: 'medium', timeStyle: 'short' });
const exactTime = new Intl.DateTimeFormat(locale(), { dateStyle: 'medium', timeStyle: 'medium' });
const date = new Intl.DateTimeFormat(locale(), { dateStyle: 'medium' });

export const moment = (seconds: number): string => dateTime.format(seconds * 1_000);
export const exactMoment = (seconds: number): string => exactTime.format(seconds * 1_000);
export const day = (seconds: number): string => date.format(seconds * 1_000);

export const milliseconds = (value: number): string => figure(value, 'ms', value < 10 ? 1 : 0);
export const megabits = (value: number): string => figure(value, 'Mbit/s', value < 10 ? 1 : 0);

/** 12.3 MB */
export function bytes(count: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = count;
  let unit = 0;
  while (value >= 1_000 && unit < units.length - 1) {
    value /= 1_000;
    unit += 1;
  }
  return figure(value, units[unit] ?? '', unit === 0 || value >= 100 ? 0 : 1);
}

/** A command's words as typed in a shell, and back: double and single quotes hold spaces. */
export function commandLine(words: readonly string[]): string {
  return words.map((word) => (/^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'"'"'`)}'`)).join(' ');
}

/** Null: a quote is not closed. */
export function commandWords(line: string): readonly string[] | null {
  const words: string[] = [];
  let word: string | null = null;
  let quote = '';
  for (const c of line) {
    if (quote !== '') {
      if (c === quote) quote = '';
      else word = (word ?? '') + c;
    } else if (c === '"' || c === "'") {
      quote = c;
      word ??= '';
    } else if (/\s/.test(c)) {
      if (word !== null) words.push(word);
      word = null;
    } else {
      word = (word ?? '') + c;
    }
  }
  if (word !== null) words.push(word);
  return quote === '' ? words : null;
}
