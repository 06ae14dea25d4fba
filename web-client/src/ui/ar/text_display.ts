// Arabic; see ../text_display.ts.
import { isolated } from './grammar.js';

export const displayText = {
  display: {
    add: 'إضافة شاشة',
    addNote: 'نافذة أخرى لسطح المكتب هذا، توضع بجانبه أو على شاشة أخرى',
    addNoteMost: (most: number): string => `عدد شاشات سطح المكتب هذا ${most}، وهو الحد الأقصى`,
    all: 'استخدام كل الشاشات',
    allNote: 'نافذة لسطح المكتب هذا على كل شاشة من شاشات هذا الجهاز',
    fullOn: (screen: string): string => `ملء الشاشة على ${isolated(screen)}`,
    screen: (number: number): string => `الشاشة ${number}`,
    title: (name: string, monitor: number): string => `${isolated(name)} – شاشة ${monitor}`,
    blocked: 'منع المتصفح النافذة الجديدة. اسمح بالنوافذ المنبثقة لهذه الصفحة في شريط العنوان ثم حاول مرة أخرى.',
    refused: 'لا يسمح المتصفح لهذه الصفحة برؤية شاشاتك. اسمح لها بجانب العنوان بـ«إدارة النوافذ» ثم حاول مرة أخرى.',
    fullHint: 'انقر مرة في كل نافذة جديدة: فتملأ شاشتها.',
    alone: 'لا توجد شاشة أخرى لوضع نافذة عليها.',
  },
};
