// Arabic; see ../text_touch.ts.
import { isolated } from './grammar.js';

export const touchText = {
  touch: {
    view: 'العرض',
    viewNote: 'كيف يقع سطح المكتب في النافذة',
    viewModes: { follow: 'سطح المكتب يتبع النافذة', fit: 'سطح المكتب كاملًا ضمن النافذة', actual: 'الحجم الفعلي' },
    mode: 'اللمس',
    modeNote: 'ما يفعله الإصبع',
    modes: { direct: 'يؤشّر حيث يلمس', trackpad: 'يحرّك المؤشر كلوحة اللمس' },
    resetView: 'إظهار سطح المكتب كاملًا',
    resetViewNote: 'أو انقر مرتين بإصبعين',
    showKeys: 'إظهار شريط المفاتيح',
    hideKeys: 'إخفاء شريط المفاتيح',
    capture: 'التقاط المؤشر',
    captureNote: 'للألعاب والبرامج التي تُدار فيها الأشياء؛ Esc يعيده',
    captured: 'المؤشر ملتقط. Esc يعيده.',
    capturedWithKeys: 'المؤشر ملتقط. اضغط Esc مطوّلًا لاستعادته.',
    captureRefused: 'لم يسمح المتصفح بالتقاط المؤشر. انقر في سطح المكتب وحاول مرة أخرى.',
    captureOffer: 'يُتحكم في هذا البرنامج بالمؤشر.',
    captureYes: 'التقاط المؤشر',
    captureNo: 'ليس الآن',
    functionKeys: 'مفاتيح الوظائف',
    locked: (key: string): string => `${isolated(key)}، مثبّت حتى النقر`,
    edgeHandle: 'قائمة عند الحافة',
  },
};
