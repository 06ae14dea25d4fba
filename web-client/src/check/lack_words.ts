// What a browser is told that cannot show a desktop, in the page's languages. These sentences are apart from the others,
// because such a browser could not load those.

export interface LackWords {
  readonly title: string;
  readonly lead: string;
  readonly useHttps: string;
  readonly update: string;
  readonly secure: string;
  readonly dialog: string;
  readonly modules: string;
}

var byLanguage: { readonly [code: string]: LackWords } = {
  en: {
    title: 'This browser cannot show your desktop',
    lead: 'Vitrine needs the following, which this browser does not have or has switched off:',
    useHttps: 'Open this page by its https:// address.',
    update: 'Update the browser, or use a current Chrome, Edge, Firefox (114 or later) or Safari (17 or later). If it is current, ask your administrator whether a policy or an extension switches WebAssembly off; Lockdown Mode on Apple devices does, and can be left for this site.',
    secure: 'a secure connection (https)',
    dialog: 'the dialog element',
    modules: 'JavaScript modules of 2022',
  },
  de: {
    title: 'Dieser Browser kann Ihren Desktop nicht zeigen',
    lead: 'Vitrine braucht Folgendes, was diesem Browser fehlt oder in ihm abgeschaltet ist:',
    useHttps: 'Öffnen Sie diese Seite unter ihrer Adresse mit https://.',
    update: 'Aktualisieren Sie den Browser, oder verwenden Sie einen aktuellen Chrome, Edge, Firefox (ab 114) oder Safari (ab 17). Ist er aktuell, fragen Sie Ihre Administration, ob eine Richtlinie oder Erweiterung WebAssembly abschaltet; der Blockierungsmodus auf Apple-Geräten tut das und lässt sich für diese Website aufheben.',
    secure: 'eine sichere Verbindung (https)',
    dialog: 'das Element dialog',
    modules: 'JavaScript-Module von 2022',
  },
  ar: {
    title: 'لا يستطيع هذا المتصفح عرض سطح مكتبك',
    lead: 'يحتاج Vitrine إلى ما يلي، وهو غير موجود في هذا المتصفح أو متوقف فيه:',
    useHttps: 'افتح هذه الصفحة بعنوانها الذي يبدأ بـ https://.',
    update: 'حدّث المتصفح، أو استخدم إصدارًا حديثًا من Chrome أو Edge أو Firefox (114 فما بعد) أو Safari (17 فما بعد). وإن كان حديثًا فاسأل المسؤول هل توقف سياسة أو إضافة WebAssembly؛ فوضع المنع على أجهزة Apple يوقفه، ويمكن استثناء هذا الموقع منه.',
    secure: 'اتصال آمن (https)',
    dialog: 'عنصر dialog',
    modules: 'وحدات JavaScript لعام 2022',
  },
};

export function lackWords(code: string): LackWords {
  return byLanguage[code] || (byLanguage['en'] as LackWords);
}
