// Arabic; see ../text_account.ts.
import type { accountText as English } from '../text_account.js';
import { arabic, isolated } from './grammar.js';

const seconds = (count: number): string =>
  arabic.plural(count, { one: 'ثانية واحدة', two: 'ثانيتين', few: `${count} ثوانٍ`, many: `${count} ثانية`, other: `${count} ثانية` });
const minutes = (count: number): string =>
  arabic.plural(count, { one: 'دقيقة واحدة', two: 'دقيقتين', few: `${count} دقائق`, many: `${count} دقيقة`, other: `${count} دقيقة` });

export const accountText: typeof English = {
  passkey: {
    signIn: 'استخدام مفتاح مرور بدلًا من ذلك',
    nothing: 'لم يقدّم المتصفح أي مفتاح مرور. حاول مرة أخرى.',
    stopped: 'لم يُستخدم أي مفتاح مرور. حاول مرة أخرى أو اختر طريقة أخرى.',
    already: 'يوجد على هذا الجهاز مفتاح مرور لك هنا بالفعل.',
    elsewhere: 'لا تعمل مفاتيح المرور على هذا العنوان. افتح العنوان الذي أعطاك إياه المسؤول.',
    failed: 'تعذّر على المتصفح استخدام مفتاح المرور.',
  },

  factor: {
    title: 'خطوة أخرى',
    proveTitle: 'أكّد هويتك',
    lead: {
      passkey: 'أكّد بمفتاح المرور: مفتاح أمان أو هذا الجهاز أو هاتفك.',
      totp: 'اكتب الأرقام الستة التي يعرضها تطبيق المصادقة الآن.',
      recovery: 'اكتب أحد رموز الاسترداد. كل رمز يعمل مرة واحدة.',
      password: 'اكتب كلمة المرور مرة أخرى.',
    },
    label: { totp: 'الرمز', recovery: 'رمز الاسترداد', password: 'كلمة المرور' },
    use: {
      passkey: 'استخدام مفتاح مرور',
      totp: 'استخدام تطبيق المصادقة',
      recovery: 'استخدام رمز استرداد',
      password: 'استخدام كلمة المرور',
    },
    submit: 'تأكيد',
    passkeySubmit: 'استخدام مفتاح المرور',
    working: 'جارٍ التحقق…',
    back: 'رجوع',
    empty: 'اكتب شيئًا أولًا.',
    none: 'لا توجد هنا طريقة للتأكيد. سجّل الخروج ثم الدخول من جديد، أو أعدّ عاملًا ثانيًا في «حسابي».',
    setUpFirst: 'يتطلب هذا عاملًا ثانيًا. أعدّه في «حسابي» ثم حاول مرة أخرى.',
    throttled: (count) => `محاولات كثيرة جدًا. حاول مرة أخرى بعد ${count < 120 ? seconds(count) : minutes(Math.ceil(count / 60))}.`,
  },

  totp: {
    title: 'إعداد تطبيق المصادقة',
    required: 'يطلب المسؤول عاملًا ثانيًا. أعدّه لتسجيل الدخول.',
    scan: 'امسح هذا الرمز بتطبيق مصادقة على هاتفك. أي تطبيق للرموز لمرة واحدة يصلح.',
    picture: 'رمز QR لتطبيق المصادقة',
    byHand: 'أو اكتب هذا المفتاح في التطبيق:',
    here: 'التطبيق على هذا الجهاز: افتحه',
    code: 'ثم اكتب الأرقام الستة التي يعرضها',
    confirm: 'تفعيل',
  },

  recovery: {
    title: 'رموز الاسترداد الخاصة بك',
    lead: 'إذا فقدت تطبيقك أو مفاتيح المرور، يتيح لك كل رمز منها تسجيل الدخول مرة واحدة. لا تظهر إلا الآن: اطبعها أو احفظها في مدير كلمات المرور.',
    copy: 'نسخ',
    copied: 'تم النسخ.',
    copyFailed: 'لم يسمح المتصفح بالنسخ. حدّد الرموز بنفسك.',
    save: 'حفظ في ملف',
    fileName: 'vitrine-recovery-codes.txt',
    kept: 'لقد حفظتها',
  },

  account: {
    title: 'حسابي',
    link: 'حسابي',
    back: 'العودة إلى النظرة العامة',
    failed: 'تعذّر تحميل حسابك.',
    loading: 'جارٍ تحميل حسابك',

    password: {
      title: 'كلمة المرور',
      old: 'كلمة المرور الحالية',
      wanted: 'كلمة المرور الجديدة',
      again: 'كلمة المرور الجديدة مرة أخرى',
      rules: '10 أحرف على الأقل.',
      submit: 'تغيير كلمة المرور',
      differ: 'كلمتا المرور الجديدتان مختلفتان.',
      empty: 'املأ الحقول الثلاثة كلها.',
      changed: 'تم تغيير كلمة المرور، وسُجّل خروج المتصفحات الأخرى.',
    },

    factor: {
      title: 'العامل الثاني',
      on: 'مفعّل',
      off: 'غير مفعّل',
      lead: 'بعد كلمة المرور يُطلب منك شيء لا يملكه غيرك. فمن يعرف كلمة مرورك لا يدخل بها وحدها.',
      required: 'المسؤول يشترطه.',
      app: 'تطبيق المصادقة',
      appSince: (date) => `أُعدّ في ${isolated(date)}`,
      appNone: 'ستة أرقام من تطبيق على هاتفك',
      setUp: 'إعداد',
      replace: 'استبدال',
      remove: 'إزالة',
      removeTitle: 'إزالة تطبيق المصادقة؟',
      removeText: 'لن تُطلب منك رموزه بعد ذلك.',
      removed: 'تمت إزالة تطبيق المصادقة.',
      turnedOn: 'تم إعداد تطبيق المصادقة.',
      recovery: 'رموز الاسترداد',
      recoveryLeft: (left) => (left === 0 ? 'لم يبقَ أي رمز' : `بقي ${left} من 10`),
      recoveryNone: 'تُنشأ عند إعداد أول عامل ثانٍ',
      recoveryNew: 'إنشاء رموز جديدة',
      recoveryTitle: 'إنشاء رموز استرداد جديدة؟',
      recoveryText: 'ستتوقف الرموز التي لديك عن العمل.',
    },

    passkeys: {
      title: 'مفاتيح المرور',
      lead: 'سجّل الدخول بإصبعك أو وجهك أو رقم سري أو مفتاح أمان بدلًا من كلمة المرور. ويُعدّ مفتاح المرور عاملًا ثانيًا أيضًا.',
      add: 'إضافة مفتاح مرور',
      none: 'ليس لديك مفاتيح مرور بعد.',
      created: (date) => `أُضيف في ${isolated(date)}`,
      used: (when) => `آخر استخدام ${isolated(when)}`,
      neverUsed: 'لم يُستخدم بعد',
      rename: 'إعادة تسمية',
      renameOf: (name) => `إعادة تسمية ${isolated(name)}`,
      remove: 'إزالة',
      removeOf: (name) => `إزالة ${isolated(name)}`,
      removeTitle: (name) => `إزالة «${isolated(name)}»؟`,
      removeText: 'لن تتمكن من تسجيل الدخول به بعد ذلك.',
      removed: (name) => `تمت إزالة «${isolated(name)}».`,
      added: (name) => `يمكنك من الآن تسجيل الدخول بـ«${isolated(name)}».`,
      nameTitle: 'سمِّ مفتاح المرور',
      nameLabel: 'الاسم',
      nameHint: 'لتتعرف عليه لاحقًا، مثل «الحاسوب المحمول» أو «مفتاح الأمان الأزرق».',
      save: 'حفظ',
      skip: 'تخطٍّ',
      openAt: (origin) => `مفاتيح المرور مرتبطة بعنوان واحد. افتح هذه الصفحة على ${isolated(origin)} لاستخدامها.`,
      unsupported: 'لا يدعم هذا المتصفح مفاتيح المرور.',
    },

    browsers: {
      title: 'المتصفحات المسجّل دخولها',
      thisOne: 'هذا المتصفح',
      byLink: 'ضيف عبر رابط',
      // It begins with a word of the language: whatever begins with a Latin one is set from left to right.
      browser: (said) => {
        const [browser = '', system] = said.split(' on ');
        const name = browser === 'A browser' ? 'متصفح' : `متصفح ${isolated(browser)}`;
        return system === undefined ? name : `${name} على ${isolated(system)}`;
      },
      from: (address, when) => (address === '' ? when : `${isolated(address)} · ${isolated(when)}`),
      active: 'نشط الآن',
      seen: (when) => `آخر ظهور ${isolated(when)}`,
      end: 'تسجيل الخروج',
      endOf: (name) => `تسجيل خروج ${isolated(name)}`,
      ended: (name) => `سُجّل خروج ${isolated(name)}.`,
      others: 'تسجيل خروج البقية',
      othersDone: 'سُجّل خروج جميع المتصفحات الأخرى.',
      everywhere: 'تسجيل الخروج من كل مكان',
      everywhereTitle: 'تسجيل الخروج من كل مكان؟',
      everywhereText: 'سيُسجَّل خروج جميع متصفحاتك، وهذا منها، وينتهي كل ما يعمل. يضيع العمل غير المحفوظ.',
    },
  },
};
