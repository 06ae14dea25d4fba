// Runs before everything else, in browsers of any age: says what this one lacks, or starts the page. Written in the
// language of 2009, because a browser that cannot read it would show nothing at all.

import { lackWords } from './lack_words.js';
import { deviceLanguage, startIn } from './languages.js';

/** Addresses of the page's script and of its words in other languages, set by the build. */
declare var kMainUrl: string;
declare var kWordUrls: { readonly [code: string]: string };

var language = deviceLanguage();
var words = lackWords(language.code);

// (module (func (result v128) i32.const 0 i8x16.splat)): a module with one SIMD instruction.
var simdModule = [
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 8, 1, 6, 0, 65, 0, 253, 15, 11,
];

// Names of another time are looked up by name, so that a missing one is undefined and no error.
var world = window as unknown as { [name: string]: any };

function lacks(test: () => boolean): boolean {
  try {
    return !test();
  } catch (error) {
    return true;
  }
}

var missing: string[] = [];
function need(what: string, test: () => boolean): void {
  if (lacks(test)) missing.push(what);
}

need(words.secure, function () { return world['isSecureContext'] === true; });
need('WebSocket', function () { return typeof world['WebSocket'] === 'function'; });
need('WebAssembly', function () { return typeof world['WebAssembly'].instantiate === 'function'; });
need('WebAssembly SIMD', function () { return world['WebAssembly'].validate(new world['Uint8Array'](simdModule)) === true; });
need('Web Workers', function () { return typeof world['Worker'] === 'function'; });
need('OffscreenCanvas', function () {
  var proto = world['HTMLCanvasElement'].prototype;
  return typeof proto.transferControlToOffscreen === 'function' && !!new world['OffscreenCanvas'](1, 1).getContext('2d');
});
need('Pointer Events', function () { return typeof world['PointerEvent'] === 'function'; });
need('ResizeObserver', function () { return typeof world['ResizeObserver'] === 'function'; });
need(words.dialog, function () { return typeof world['HTMLDialogElement'].prototype.showModal === 'function'; });
need('AbortSignal.timeout', function () { return typeof world['AbortSignal'].timeout === 'function'; });
need(words.modules, function () {
  return 'noModule' in document.createElement('script') && typeof world['Array'].prototype.at === 'function';
});

function element(tag: string, className: string, text: string): HTMLElement {
  var made = document.createElement(tag);
  made.className = className;
  made.appendChild(document.createTextNode(text));
  return made;
}

function explain(): void {
  document.documentElement.lang = language.code;
  document.documentElement.dir = language.direction;
  var card = element('main', 'page unsupported', '');
  card.setAttribute('role', 'alert');
  card.appendChild(element('h1', '', words.title));
  card.appendChild(element('p', '', words.lead));
  var list = element('ul', 'missing', '');
  for (var i = 0; i < missing.length; i += 1) list.appendChild(element('li', '', missing[i] as string));
  card.appendChild(list);
  var onlySecurity = missing[0] === words.secure && missing.length < 3;
  card.appendChild(element('p', '', onlySecurity ? words.useHttps : words.update));
  document.body.innerHTML = '';
  document.body.appendChild(card);
  document.documentElement.setAttribute('data-page', 'unsupported');
}

if (missing.length === 0) startIn(language, kWordUrls, kMainUrl);
else if (document.body) explain();
else document.addEventListener('DOMContentLoaded', explain);
