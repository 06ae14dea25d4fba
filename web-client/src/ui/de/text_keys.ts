// German; see ../text_keys.ts.
export const keysText = {
  keyboard: {
    fullScreenTakes: 'Im Vollbild gehen alle Tasten an den Desktop, auch Esc, Strg+W und Strg+T. Sonst behält dieser Browser sie für sich.',
    browserKeeps: 'Dieser Browser behält einige Tastenkürzel für sich, etwa Strg+W, Strg+T und Strg+N. Von hier aus lassen sie sich senden.',
    systemKeeps: 'Alt+Tab und Ähnliches bleibt unter Umständen bei diesem Gerät.',
    notCaptured: 'Vollbild, aber dieser Browser behält seine Tastenkürzel. Im Menü sind Schaltflächen, die sie senden.',
  },
};
