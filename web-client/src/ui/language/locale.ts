// How numbers, dates and spans of time are written: by the page's language, and by the person's region of it.

const pageLanguage = (): string => globalThis.document?.documentElement.lang || 'en';
const askedFor = (): readonly string[] => globalThis.navigator?.languages ?? [];

/** "de-AT" for an Austrian who reads the German pages. */
export function locale(language: string = pageLanguage(), asked: readonly string[] = askedFor()): string {
  const own = asked.find((one) => one.toLowerCase().split('-')[0] === language) ?? language;
  // Codes, addresses and units are in these digits anyway; one sentence must not mix two kinds.
  return language === 'ar' && !own.includes('-u-') ? `${own}-u-nu-latn` : own;
}

/** "1,5 kB": a unit in Latin letters stays behind its number, whatever the sentence's direction (UAX 9, isolates). */
export function figure(value: number, unit: string, digits = 0): string {
  const number = new Intl.NumberFormat(locale(), { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
  const rightToLeft = globalThis.document?.documentElement.dir === 'rtl';
  return rightToLeft ? `\u2066${number} ${unit}\u2069` : `${number} ${unit}`;
}
