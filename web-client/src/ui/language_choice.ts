// The choice of the page's language, kept on this device. It is a list of languages by their own names, so that it can
// be found by somebody who reads none of the others.
import { languages } from '../check/languages.js';
import { remember } from '../browser/preferences.js';
import { h } from './dom.js';
import { icon } from './icons.js';
import { text } from './text.js';

/** Whoever chooses gets the page anew: every sentence of it is of one language. */
export function languageChoice(): HTMLElement {
  const select = h('select', { id: 'language', 'aria-label': text.language.label },
    ...languages.map(({ code, name }) => h('option', { value: code, lang: code, selected: code === document.documentElement.lang }, name)));
  select.addEventListener('change', () => {
    remember('language', select.value);
    location.reload();
  });
  return h('div', { class: 'language-choice' }, icon('globe'), select);
}
