// The languages of the pages, and which one this device shows. Part of the script that runs first, so it is written in
// the language of 2009; the pages use the same list.

export interface Language {
  /** BCP 47, without a region. */
  readonly code: string;
  /** As its speakers call it. */
  readonly name: string;
  readonly direction: 'ltr' | 'rtl';
}

/** The first one is what a browser gets that asks for none of them. */
export var languages: readonly Language[] = [
  { code: 'en', name: 'English', direction: 'ltr' },
  { code: 'de', name: 'Deutsch', direction: 'ltr' },
  { code: 'ar', name: 'العربية', direction: 'rtl' },
];

/** Where the choice made on this device is kept. */
export var languageKey = 'vitrine.language';

function known(code: string): Language | null {
  for (var i = 0; i < languages.length; i += 1) {
    if ((languages[i] as Language).code === code) return languages[i] as Language;
  }
  return null;
}

/** The first of `wanted` (BCP 47, the best first; what was chosen, then what the browser asks for) that there is. */
export function bestLanguage(wanted: readonly string[]): Language {
  for (var i = 0; i < wanted.length; i += 1) {
    var found = known((wanted[i] as string).toLowerCase().split('-')[0] as string);
    if (found) return found;
  }
  return languages[0] as Language;
}

/** This device's; storage may be closed, and old browsers have no list. */
export function deviceLanguage(): Language {
  var wanted: string[] = [];
  try {
    var chosen = localStorage.getItem(languageKey);
    if (chosen) wanted.push(chosen);
  } catch (error) {
    // Nothing is kept then.
  }
  var asked: readonly string[] = navigator.languages || [navigator.language || ''];
  for (var i = 0; i < asked.length; i += 1) wanted.push(asked[i] as string);
  return bestLanguage(wanted);
}

/**
 * Sets language and direction of the page before anything of it is drawn, and loads the scripts in this order: the
 * words, where the page's own script does not hold them, then the page. A language that cannot be loaded leaves the
 * page in English.
 */
export function startIn(language: Language, words: { readonly [code: string]: string }, page: string): void {
  document.documentElement.lang = language.code;
  document.documentElement.dir = language.direction;
  var address = words[language.code];
  if (address) load(address, '');
  load(page, 'module');
}

function load(address: string, type: string): void {
  var script = document.createElement('script');
  if (type) script.type = type;
  // Scripts put in by a script are run in any order unless it is said.
  script.async = false;
  script.src = address;
  document.head.appendChild(script);
}
