// Arabic; see ../text_pool.ts.
import { arabic, isolated } from './grammar.js';

export const poolText = {
  pool: {
    full: (inUse: number, most: number): string => `${inUse} من ${most} قيد الاستخدام`,
    fullHint: (inUse: number, most: number): string => `${inUse} من ${most} قيد الاستخدام: يمكنك الانتظار`,
    draining: (message: string): string => (message === '' ? 'قيد الصيانة' : `قيد الصيانة: ${isolated(message)}`),
    waitingTitle: (name: string): string => (name === '' ? 'في انتظار سطح مكتب' : `في انتظار ${isolated(name)}`),
    next: 'أنت التالي.',
    before: (count: number): string => arabic.plural(count, {
      one: 'ينتظر قبلك شخص واحد.', two: 'ينتظر قبلك شخصان.', few: `ينتظر قبلك ${count} أشخاص.`, many: `ينتظر قبلك ${count} شخصًا.`, other: `ينتظر قبلك ${count} شخص.`,
    }),
    opens: 'يُفتح تلقائيًا عندما يشغر واحد. أبقِ هذه الصفحة مفتوحة.',
    stop: 'إيقاف الانتظار',
  },
};
