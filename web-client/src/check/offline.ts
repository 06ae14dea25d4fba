// The page that the service worker shows when the server cannot be reached, at the address that was wanted.
import { deviceLanguage } from './languages.js';

interface OfflineWords {
  readonly title: string;
  readonly detail: string;
  readonly again: string;
}

var byLanguage: { readonly [code: string]: OfflineWords } = {
  de: {
    title: 'Vitrine ist nicht erreichbar',
    detail: 'Prüfen Sie Ihre Netzverbindung. Offene Desktops laufen auf dem Server weiter.',
    again: 'Noch einmal versuchen',
  },
  ar: {
    title: 'تعذّر الوصول إلى Vitrine',
    detail: 'تحقق من الشبكة. تستمر أسطح المكتب المفتوحة في العمل على الخادم.',
    again: 'المحاولة مرة أخرى',
  },
};

function put(id: string, sentence: string): void {
  (document.getElementById(id) as HTMLElement).textContent = sentence;
}

var language = deviceLanguage();
var words = byLanguage[language.code];
document.documentElement.lang = language.code;
document.documentElement.dir = language.direction;
// English is in the page already.
if (words) {
  put('offline-title', words.title);
  put('offline-detail', words.detail);
  put('offline-again', words.again);
}

function again(): void {
  location.reload();
}

(document.getElementById('offline-again') as HTMLElement).addEventListener('click', again);
window.addEventListener('online', again);
