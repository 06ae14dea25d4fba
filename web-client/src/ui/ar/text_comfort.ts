// Arabic; see ../text_comfort.ts.
import { arabic, isolated } from './grammar.js';

const { unit } = arabic;
const megabytes = (tenths: number): string => unit(tenths / 10, 'megabyte', tenths % 10 === 0 ? 0 : 1);
const size = (bytes: number): string =>
  bytes < 1_024 ? unit(bytes, 'byte') : bytes < 1_048_576 ? unit(bytes / 1_024, 'kilobyte') : megabytes(Math.round(bytes / 104_857.6));

export const comfortText = {
  comfort: {
    settings: {
      menu: 'الإعدادات',
      menuNote: 'لهذا الجهاز: الحجم والصورة واللمس والحافظة والتلميحات',
      title: 'إعدادات هذا الجهاز',
      lead: 'محفوظة في هذا المتصفح لكل أسطح المكتب والتطبيقات التي تُفتح فيه.',
      sections: {
        picture: 'الصورة',
        input: 'لوحة المفاتيح والفأرة واللمس',
        clipboard: 'الحافظة',
        session: 'الجلسة',
        browser: 'ما لا يستطيعه هذا المتصفح',
      },
      clipboardMode: 'الحافظة',
      clipboardModeNote: 'هل يمكن لصق ما نُسخ في أحد الجانبين في الآخر تلقائيًا',
      clipboardAuto: 'مشتركة تلقائيًا',
      clipboardPanel: 'في اللوحة فقط',
      primary: 'التحديد ينسخ',
      primaryNote: 'ما يُحدَّد في سطح المكتب يُنسخ إلى هذا الجهاز، والزر الأوسط يلصق ما نُسخ على هذا الجهاز',
      wakeLock: 'إبقاء الشاشة مضاءة',
      wakeLockNote: 'ما دام سطح المكتب معروضًا ومستخدمًا، حتى 15 دقيقة بعد آخر إدخال',
      wakeLockMissing: 'لا يسمح هذا المتصفح لصفحة بإبقاء الشاشة مضاءة.',
      hints: 'التلميحات',
      hintsNote: 'التي تظهر مرة واحدة',
      hintsButton: 'إظهارها من جديد',
      hintsDone: 'ستظهر التلميحات من جديد.',
    },

    lacks: {
      films: { label: 'فك ترميز الأفلام', told: 'لا يفك هذا المتصفح ترميز الأفلام: تُعرض كصور أقل عددًا في الثانية.', note: 'تُعرض الأفلام كصور أقل عددًا في الثانية. كل ما عدا ذلك كما هو.' },
      clipboard: { label: 'كتابة الصور في الحافظة', told: 'لا ينسخ هذا المتصفح إلا النص؛ والحافظة في القائمة تحفظ الصور في ملفات.', note: 'تنسخ لوحة الحافظة النص وتحفظ الصور في ملفات.' },
      clipboardRead: { label: 'قراءة الحافظة دون سؤال', note: 'يعمل Ctrl+V في سطح المكتب، وكذلك الحقل في لوحة الحافظة.' },
      fullScreen: { label: 'عرض صفحة بملء الشاشة', note: 'أضف الصفحة إلى الشاشة الرئيسية لفتحها دون أشرطة المتصفح.' },
      wakeLock: { label: 'إبقاء الشاشة مضاءة', note: 'تُظلم الشاشة كما ضُبط على الجهاز. وتستمر الجلسة.' },
    },

    clipboard: {
      title: 'الحافظة',
      menu: 'الحافظة',
      menuNote: 'رؤية ما نُسخ وتمريره',
      fromDesktop: 'من سطح المكتب',
      toDesktop: 'إلى سطح المكتب',
      coming: 'جارٍ جلبه من سطح المكتب…',
      size,
      holds: (formats: readonly string[]): string => formats.join(' · '),
      formats: {
        text: (words: string): string => `نص، ${isolated(words)}`,
        html: (words: string): string => `${isolated('HTML')}، ${isolated(words)}`,
        image: (words: string): string => `صورة، ${isolated(words)}`,
      },
      textLabel: 'النص المنسوخ في سطح المكتب',
      htmlSource: 'نص HTML كما كُتب',
      pictureAlt: 'الصورة المنسوخة في سطح المكتب',
      save: 'حفظ الصورة',
      fileName: 'clipboard.png',
      fieldLabel: 'الصق ما نُسخ على هذا الجهاز',
      fieldHint: 'الصق هنا بـ Ctrl+V، أو اضغط مطوّلًا هنا واختر «لصق»',
      give: 'إعطاؤه لسطح المكتب',
      choose: 'اختيار صورة…',
      given: 'وصل إلى سطح المكتب. الصقه هناك بـ Ctrl+V أو من قائمته.',
      onlyText: 'نُسخ النص إلى هذا الجهاز. ولا يقبل هذا المتصفح غيره.',
      notWritten: 'رفض المتصفح. حدّد النص أعلاه وانسخه بـ Ctrl+C.',
      tooLarge: (bytes: number): string => `حجمه ${size(bytes)}؛ وأقصى ما تنقله الحافظة ${megabytes(320)}. احفظه في ملف.`,
      openPanel: 'فتح الحافظة',
      writeRefused: 'لم يسمح المتصفح لهذه الصفحة بالنسخ إلى هذا الجهاز تلقائيًا.',
      policyBoth: 'لا تسمح سياسة المسؤول بالنسخ أو اللصق هنا.',
      policyCopy: 'لا تسمح سياسة المسؤول بخروج ما نُسخ في سطح المكتب منه.',
      policyPaste: 'لا تسمح سياسة المسؤول بلصق أي شيء في سطح المكتب هذا.',
      policyPictures: 'لا تسمح سياسة المسؤول بلصق الصور في سطح المكتب هذا.',
      policyFormat: 'لا تسمح سياسة المسؤول بلصق هذا في سطح المكتب هذا.',
      policyScreenshot: 'غير مسموح به بحسب سياسة المسؤول',
      grantRead: {
        chrome: 'لم يسمح المتصفح لهذه الصفحة بقراءة الحافظة. اختر الأيقونة بجانب العنوان ثم إعدادات الموقع واسمح بالحافظة؛ أو الصق أدناه.',
        firefox: 'لم يسمح Firefox لهذه الصفحة بقراءة الحافظة. اختر زر «لصق» الذي يعرضه بجانب المؤشر؛ أو الصق أدناه.',
        safari: 'لم يسمح Safari لهذه الصفحة بقراءة الحافظة. اختر زر «لصق» الذي يعرضه؛ أو الصق أدناه.',
        other: 'لم يسمح المتصفح لهذه الصفحة بقراءة الحافظة. اسمح بذلك في إعدادات الموقع؛ أو الصق أدناه.',
      },
      grantWrite: {
        chrome: 'لم يسمح المتصفح لهذه الصفحة بالكتابة في الحافظة. اختر الأيقونة بجانب العنوان ثم إعدادات الموقع واسمح بالحافظة؛ أو انسخ أدناه.',
        firefox: 'لا يسمح Firefox لصفحة بالكتابة في الحافظة إلا عند النقر. انسخ أدناه.',
        safari: 'لا يسمح Safari لصفحة بالكتابة في الحافظة إلا عند النقر. انسخ أدناه.',
        other: 'لم يسمح المتصفح لهذه الصفحة بالكتابة في الحافظة. اسمح بذلك في إعدادات الموقع؛ أو انسخ أدناه.',
      },
    },

    link: {
      label: (mark: string): string => `الاتصال: ${isolated(mark)}.`,
      marks: { good: 'جيد', fair: 'متوسط', poor: 'ضعيف', measuring: 'قيد القياس', none: 'لا يوجد' },
      pictureAge: (seconds: number): string => `عمر الصورة ${seconds < 120 ? unit(seconds, 'second') : unit(Math.round(seconds / 60), 'minute')}.`,
    },

    hints: {
      done: 'فهمت',
      titles: { touch: 'بأصابعك', keys: 'مفاتيح ذهبت إلى مكان آخر' },
      touch: ['انقر للنقر، واضغط مطوّلًا للنقرة اليمنى.', 'إصبعان للتمرير، وثلاثة لفتح لوحة المفاتيح.', 'القائمة في الشريط السفلي.'],
      keysLost: 'يذهب Alt+Tab وأمثاله إلى نظامك ما دام سطح المكتب في نافذة.',
      keysFullScreen: 'في ملء الشاشة تذهب إلى سطح المكتب حيث يستطيع المتصفح ذلك؛ اضغط Esc مطوّلًا للخروج.',
      keysMenu: 'ترسلها القائمة (Ctrl+Alt+Shift+M) في أي وقت.',
    },

    screenshot: {
      menu: 'لقطة شاشة',
      menuNote: 'تحفظ صورة سطح المكتب في ملف',
      saved: (name: string): string => `حُفظت باسم ${isolated(name)}.`,
      copy: 'نسخها أيضًا',
      copyRefused: 'لم يسمح المتصفح لهذه الصفحة بنسخ الصورة. حُفظت في ملف.',
      failed: 'لا توجد صورة لسطح المكتب بعد.',
    },

    transfer: {
      label: 'نقل الحافظة',
      copying: (bytes: number): string => `جارٍ نسخ ${size(bytes)} إلى هذا الجهاز`,
      pasting: (bytes: number): string => `جارٍ تمرير ${size(bytes)} إلى سطح المكتب`,
      copyCancelled: 'أُلغي. لم يُنسخ شيء إلى هذا الجهاز.',
      pasteCancelled: 'أُلغي. لا يمكن لسطح المكتب لصقه.',
    },
  },
};
