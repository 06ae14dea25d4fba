// Arabic; see ../text_pages.ts.
import type { pagesText as English } from '../text_pages.js';

export const pagesText: typeof English = {
  language: {
    label: 'اللغة',
    lead: 'لغة هذه الصفحات على هذا الجهاز.',
  },

  frame: {
    skip: 'تخطَّ إلى المحتوى',
    notices: 'إشعارات',
  },

  update: {
    ready: 'يتوفر إصدار جديد من هذه الصفحة.',
    reload: 'إعادة التحميل',
  },

  install: {
    title: 'كتطبيق على هذا الجهاز',
    lead: 'في نافذة خاصة، مع أيقونة بين تطبيقاتك الأخرى.',
    all: 'تثبيت Vitrine',
    this: 'تثبيت هذا كتطبيق',
    byMenu: 'يُجري هذا المتصفح التثبيت من قائمته الخاصة: اختر منها «تثبيت» أو «إضافة إلى الشاشة الرئيسية».',
    installed: 'مثبّت على هذا الجهاز.',
  },
};
