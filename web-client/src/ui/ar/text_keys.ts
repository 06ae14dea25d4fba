// Arabic; see ../text_keys.ts.
export const keysText = {
  keyboard: {
    fullScreenTakes: 'في وضع ملء الشاشة تذهب كل المفاتيح إلى سطح المكتب، ومنها Esc وCtrl+W وCtrl+T. وخارجه يحتفظ بها هذا المتصفح.',
    browserKeeps: 'يحتفظ هذا المتصفح ببعض الاختصارات لنفسه، مثل Ctrl+W وCtrl+T وCtrl+N. يمكنك إرسالها من هنا.',
    systemKeeps: 'قد يحتفظ هذا الجهاز بالاختصار Alt+Tab وأمثاله.',
    notCaptured: 'ملء الشاشة، لكن هذا المتصفح يحتفظ باختصاراته. في القائمة أزرار ترسلها.',
  },
};
