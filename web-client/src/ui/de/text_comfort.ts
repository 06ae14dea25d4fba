// German; see ../text_comfort.ts.
import { german } from './grammar.js';

const { number } = german;
const size = (bytes: number): string =>
  bytes < 1_024 ? `${number(bytes)} Byte` : bytes < 1_048_576 ? `${number(bytes / 1_024)} kB` : `${number(bytes / 1_048_576, 1).replace(/,0$/, '')} MB`;

export const comfortText = {
  comfort: {
    settings: {
      menu: 'Einstel\u00adlungen',
      menuNote: 'Für dieses Gerät: Größe, Bild, Berührung, Zwischenablage, Hinweise',
      title: 'Einstellungen dieses Geräts',
      lead: 'In diesem Browser gesichert, für alle Desktops und Apps, die darin geöffnet werden.',
      sections: {
        picture: 'Bild',
        input: 'Tastatur, Maus und Berührung',
        clipboard: 'Zwischenablage',
        session: 'Sitzung',
        browser: 'Was dieser Browser nicht kann',
      },
      clipboardMode: 'Zwischenablage',
      clipboardModeNote: 'Ob sich von selbst auf der einen Seite einfügen lässt, was auf der anderen kopiert wurde',
      clipboardAuto: 'Automatisch',
      clipboardPanel: 'Nur im Fenster',
      primary: 'Markieren kopiert',
      primaryNote: 'Was im Desktop markiert wird, wird auf dieses Gerät kopiert, und die mittlere Taste fügt ein, was auf diesem Gerät kopiert wurde',
      wakeLock: 'Bildschirm anlassen',
      wakeLockNote: 'Solange ein Desktop gezeigt und benutzt wird; bis 15 Minuten nach der letzten Eingabe',
      wakeLockMissing: 'In diesem Browser kann eine Seite den Bildschirm nicht anlassen.',
      hints: 'Hinweise',
      hintsNote: 'Die einmal gezeigten',
      hintsButton: 'Wieder zeigen',
      hintsDone: 'Die Hinweise werden wieder gezeigt.',
    },

    lacks: {
      films: { label: 'Filme dekodieren', told: 'Dieser Browser dekodiert keine Filme: Sie werden als Bilder gezeigt, weniger in der Sekunde.', note: 'Filme werden als Bilder gezeigt, weniger in der Sekunde. Alles andere bleibt gleich.' },
      clipboard: { label: 'Bilder in die Zwischenablage schreiben', told: 'Dieser Browser kopiert nur Text; die Zwischenablage im Menü sichert Bilder als Dateien.', note: 'Das Fenster der Zwischenablage kopiert Text und sichert Bilder als Dateien.' },
      clipboardRead: { label: 'Die Zwischenablage ungefragt lesen', note: 'Strg+V im Desktop geht, ebenso das Feld im Fenster der Zwischenablage.' },
      fullScreen: { label: 'Eine Seite im Vollbild zeigen', note: 'Legen Sie die Seite auf den Startbildschirm, um sie ohne die Leisten des Browsers zu öffnen.' },
      wakeLock: { label: 'Den Bildschirm anlassen', note: 'Der Bildschirm wird dunkel, wie es am Gerät eingestellt ist. Die Sitzung läuft weiter.' },
    },

    clipboard: {
      title: 'Zwischenablage',
      menu: 'Zwischen\u00adablage',
      menuNote: 'Sehen, was kopiert ist, und es weitergeben',
      fromDesktop: 'Aus dem Desktop',
      toDesktop: 'In den Desktop',
      coming: 'Wird aus dem Desktop geholt …',
      size,
      holds: (formats: readonly string[]): string => formats.join(' · '),
      formats: {
        text: (words: string): string => `Text, ${words}`,
        html: (words: string): string => `HTML, ${words}`,
        image: (words: string): string => `Bild, ${words}`,
      },
      textLabel: 'Text, der im Desktop kopiert wurde',
      htmlSource: 'HTML im Wortlaut',
      pictureAlt: 'Bild, das im Desktop kopiert wurde',
      save: 'Bild sichern',
      fileName: 'zwischenablage.png',
      fieldLabel: 'Einfügen, was auf diesem Gerät kopiert wurde',
      fieldHint: 'Hier mit Strg+V einfügen, oder den Finger halten und „Einfügen“ wählen',
      give: 'Dem Desktop geben',
      choose: 'Bild auswählen …',
      given: 'Der Desktop hat es. Fügen Sie es dort mit Strg+V oder über das Menü ein.',
      onlyText: 'Der Text wurde auf dieses Gerät kopiert. Anderes nimmt dieser Browser nicht.',
      notWritten: 'Der Browser hat abgelehnt. Markieren Sie den Text oben, und kopieren Sie ihn mit Strg+C.',
      tooLarge: (bytes: number): string => `Das sind ${size(bytes)}; die Zwischenablage gibt höchstens 32 MB weiter. Sichern Sie es als Datei.`,
      openPanel: 'Zwischenablage öffnen',
      writeRefused: 'Der Browser lässt diese Seite nicht von selbst auf dieses Gerät kopieren.',
      policyBoth: 'Nach den Regeln Ihrer Administration lässt sich hier nichts kopieren oder einfügen.',
      policyCopy: 'Nach den Regeln Ihrer Administration darf nicht heraus, was im Desktop kopiert wurde.',
      policyPaste: 'Nach den Regeln Ihrer Administration lässt sich in diesen Desktop nichts einfügen.',
      policyPictures: 'Nach den Regeln Ihrer Administration lassen sich in diesen Desktop keine Bilder einfügen.',
      policyFormat: 'Nach den Regeln Ihrer Administration lässt sich das in diesen Desktop nicht einfügen.',
      policyScreenshot: 'Nach den Regeln Ihrer Administration nicht erlaubt',
      grantRead: {
        chrome: 'Der Browser lässt diese Seite die Zwischenablage nicht lesen. Wählen Sie das Symbol links von der Adresse, dann „Website-Einstellungen“, und erlauben Sie die Zwischenablage; oder fügen Sie unten ein.',
        firefox: 'Firefox lässt diese Seite die Zwischenablage nicht lesen. Wählen Sie „Einfügen“ neben dem Zeiger; oder fügen Sie unten ein.',
        safari: 'Safari lässt diese Seite die Zwischenablage nicht lesen. Wählen Sie „Einfügen“; oder fügen Sie unten ein.',
        other: 'Der Browser lässt diese Seite die Zwischenablage nicht lesen. Erlauben Sie es in den Einstellungen der Website; oder fügen Sie unten ein.',
      },
      grantWrite: {
        chrome: 'Der Browser lässt diese Seite nicht in die Zwischenablage schreiben. Wählen Sie das Symbol links von der Adresse, dann „Website-Einstellungen“, und erlauben Sie die Zwischenablage; oder kopieren Sie unten.',
        firefox: 'Firefox lässt eine Seite nur bei einem Klick in die Zwischenablage schreiben. Kopieren Sie unten.',
        safari: 'Safari lässt eine Seite nur bei einem Klick in die Zwischenablage schreiben. Kopieren Sie unten.',
        other: 'Der Browser lässt diese Seite nicht in die Zwischenablage schreiben. Erlauben Sie es in den Einstellungen der Website; oder kopieren Sie unten.',
      },
    },

    link: {
      label: (mark: string): string => `Verbindung: ${mark}.`,
      marks: { good: 'gut', fair: 'mittel', poor: 'schlecht', measuring: 'wird gemessen', none: 'keine' },
      pictureAge: (seconds: number): string => (seconds < 120 ? `Das Bild ist ${number(seconds)} s alt.` : `Das Bild ist ${number(seconds / 60)} Minuten alt.`),
    },

    hints: {
      done: 'Verstanden',
      titles: { touch: 'Mit den Fingern', keys: 'Tasten, die woanders ankamen' },
      touch: ['Tippen klickt, Halten ist ein Rechtsklick.', 'Zwei Finger scrollen, drei öffnen die Tastatur.', 'Das Menü ist in der Leiste unten.'],
      keysLost: 'Alt+Tab und Ähnliches gehen an Ihr eigenes System, solange der Desktop in einem Fenster ist.',
      keysFullScreen: 'Im Vollbild gehen sie an den Desktop, wo der Browser es kann; Esc halten, um es zu verlassen.',
      keysMenu: 'Das Menü (Strg+Alt+Umschalt+M) sendet sie jederzeit.',
    },

    screenshot: {
      menu: 'Bildschirm\u00adfoto',
      menuNote: 'Sichert das Bild des Desktops als Datei',
      saved: (name: string): string => `Gesichert als ${name}.`,
      copy: 'Auch kopieren',
      copyRefused: 'Der Browser lässt diese Seite das Bild nicht kopieren. Es wurde als Datei gesichert.',
      failed: 'Es gibt noch kein Bild des Desktops.',
    },

    transfer: {
      label: 'Übertragung der Zwischenablage',
      copying: (bytes: number): string => `${size(bytes)} werden auf dieses Gerät kopiert`,
      pasting: (bytes: number): string => `${size(bytes)} gehen an den Desktop`,
      copyCancelled: 'Abgebrochen. Auf dieses Gerät wurde nichts kopiert.',
      pasteCancelled: 'Abgebrochen. Der Desktop kann es nicht einfügen.',
    },
  },
};
