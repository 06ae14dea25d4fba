// Arabic; see ../text_touch.ts.
import { isolated } from './grammar.js';

export const touchText = {
  touch: {
    view: 'العرض',
    viewNote: 'كيف يقع سطح المكتب في النافذة',
    viewModes: { follow: 'يتبع النافذة', fit: 'ملاءمة', actual: 'الحجم الفعلي' },
    mode: 'اللمس',
    modeNote: 'يؤشّر الإصبع حيث يلمس، أو يحرّك المؤشر',
    modes: { direct: 'مباشر', trackpad: 'لوحة لمس' },
    resetView: 'إظهار سطح المكتب كاملًا',
    resetViewNote: 'أو انقر مرتين بإصبعين',
    keyBar: 'شريط المفاتيح',
    keyBarNote: 'مفاتيح مثل Esc وCtrl والأسهم أسفل سطح المكتب',
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
