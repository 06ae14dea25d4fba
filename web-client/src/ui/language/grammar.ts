// Numbers and plurals in sentences, by the rules of one language.

/** Forms of a sentence by CLDR's categories; the language's own rules say which are used. */
export type Forms = Partial<Record<Intl.LDMLPluralRule, string>> & { readonly other: string };

export interface Grammar {
  /** The form for this count. */
  plural(count: number, forms: Forms): string;
  /** As people of the language write it, with this many digits behind the point. */
  number(value: number, digits?: number): string;
  /** With its unit, short, such as "120 ms"; units as ECMA-402 names them. */
  unit(value: number, unit: string, digits?: number): string;
  /** "A, B and C" */
  list(words: readonly string[]): string;
}

export function grammar(locale: string): Grammar {
  const rules = new Intl.PluralRules(locale);
  const names = new Intl.ListFormat(locale, { type: 'conjunction' });
  const digitsOf = (digits: number): Intl.NumberFormatOptions => ({ minimumFractionDigits: digits, maximumFractionDigits: digits });
  return {
    plural: (count, forms) => forms[rules.select(count)] ?? forms.other,
    number: (value, digits = 0) => new Intl.NumberFormat(locale, digitsOf(digits)).format(value),
    unit: (value, unit, digits = 0) => new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'short', ...digitsOf(digits) }).format(value),
    list: (words) => names.format(words),
  };
}
