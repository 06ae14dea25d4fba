// German; see ../text_account.ts.
import type { accountText as English } from '../text_account.js';
import { german } from './grammar.js';

export const accountText: typeof English = {
  passkey: {
    signIn: 'Mit Passkey anmelden',
    nothing: 'Der Browser hat keinen Passkey geliefert. Versuchen Sie es noch einmal.',
    stopped: 'Es wurde kein Passkey verwendet. Versuchen Sie es noch einmal, oder wählen Sie einen anderen Weg.',
    already: 'Auf diesem Gerät gibt es schon einen Passkey von Ihnen für diese Seite.',
    elsewhere: 'Unter dieser Adresse funktionieren Passkeys nicht. Öffnen Sie die Adresse, die Sie von Ihrer Administration bekommen haben.',
    failed: 'Der Browser konnte keinen Passkey verwenden.',
  },

  factor: {
    title: 'Noch ein Schritt',
    proveTitle: 'Bestätigen Sie, dass Sie es sind',
    lead: {
      passkey: 'Bestätigen Sie mit Ihrem Passkey: einem Sicherheitsschlüssel, diesem Gerät oder Ihrem Telefon.',
      totp: 'Geben Sie die sechs Ziffern ein, die Ihre Authenticator-App jetzt zeigt.',
      recovery: 'Geben Sie einen Ihrer Wiederherstellungscodes ein. Jeder gilt einmal.',
      password: 'Geben Sie Ihr Passwort noch einmal ein.',
    },
    label: { totp: 'Code', recovery: 'Wiederherstellungscode', password: 'Passwort' },
    use: {
      passkey: 'Passkey verwenden',
      totp: 'Authenticator-App verwenden',
      recovery: 'Wiederherstellungscode verwenden',
      password: 'Passwort verwenden',
    },
    submit: 'Bestätigen',
    passkeySubmit: 'Passkey verwenden',
    working: 'Wird geprüft …',
    back: 'Zurück',
    empty: 'Geben Sie zuerst etwas ein.',
    none: 'Hier lässt sich das nicht bestätigen. Melden Sie sich ab und wieder an, oder richten Sie unter „Mein Konto“ einen zweiten Faktor ein.',
    setUpFirst: 'Dafür ist ein zweiter Faktor nötig. Richten Sie unter „Mein Konto“ einen ein, und versuchen Sie es dann noch einmal.',
    throttled: (seconds) => {
      const minutes = Math.ceil(seconds / 60);
      return seconds < 120
        ? `Zu viele Versuche. Versuchen Sie es in ${seconds} ${german.plural(seconds, { one: 'Sekunde', other: 'Sekunden' })} wieder.`
        : `Zu viele Versuche. Versuchen Sie es in ${minutes} ${german.plural(minutes, { one: 'Minute', other: 'Minuten' })} wieder.`;
    },
  },

  totp: {
    // A hyphen at which no line ends.
    title: 'Authenticator‑App einrichten',
    required: 'Ihre Administration verlangt einen zweiten Faktor. Richten Sie einen ein, um sich anzumelden.',
    scan: 'Scannen Sie dies mit einer Authenticator-App auf Ihrem Telefon. Jede App für Einmalcodes ist geeignet.',
    picture: 'QR-Code für die Authenticator-App',
    byHand: 'Oder geben Sie diesen Schlüssel in die App ein:',
    here: 'Die App ist auf diesem Gerät: öffnen',
    code: 'Geben Sie dann die sechs Ziffern ein, die sie zeigt',
    confirm: 'Einschalten',
  },

  recovery: {
    title: 'Ihre Wiederherstellungs\u00adcodes',
    lead: 'Wenn Sie Ihre App oder Ihre Passkeys verlieren, meldet jeder dieser Codes Sie einmal an. Sie werden nur jetzt gezeigt: Drucken Sie sie aus, oder bewahren Sie sie in einem Passwortmanager auf.',
    copy: 'Kopieren',
    copied: 'Kopiert.',
    copyFailed: 'Der Browser hat das Kopieren nicht erlaubt. Markieren Sie die Codes von Hand.',
    save: 'Als Datei sichern',
    fileName: 'vitrine-wiederherstellungscodes.txt',
    kept: 'Ich habe sie aufbewahrt',
  },

  account: {
    title: 'Mein Konto',
    link: 'Mein Konto',
    back: 'Zurück zur Übersicht',
    failed: 'Ihr Konto konnte nicht geladen werden.',
    loading: 'Ihr Konto wird geladen',

    password: {
      title: 'Passwort',
      old: 'Bisheriges Passwort',
      wanted: 'Neues Passwort',
      again: 'Neues Passwort noch einmal',
      rules: 'Mindestens 10 Zeichen.',
      submit: 'Passwort ändern',
      differ: 'Die beiden neuen Passwörter unterscheiden sich.',
      empty: 'Füllen Sie alle drei Felder aus.',
      changed: 'Ihr Passwort wurde geändert. Andere Browser wurden abgemeldet.',
    },

    factor: {
      title: 'Zweiter Faktor',
      on: 'Ein',
      off: 'Aus',
      lead: 'Nach Ihrem Passwort werden Sie nach etwas gefragt, das nur Sie haben. Wer Ihr Passwort erfährt, kommt trotzdem nicht hinein.',
      required: 'Ihre Administration verlangt ihn.',
      app: 'Authenticator-App',
      appSince: (date) => `Eingerichtet am ${date}`,
      appNone: 'Sechs Ziffern aus einer App auf Ihrem Telefon',
      setUp: 'Einrichten',
      replace: 'Ersetzen',
      remove: 'Entfernen',
      removeTitle: 'Die Authenticator-App entfernen?',
      removeText: 'Sie werden nicht mehr nach ihren Codes gefragt.',
      removed: 'Die Authenticator-App wurde entfernt.',
      turnedOn: 'Die Authenticator-App ist eingerichtet.',
      recovery: 'Wiederherstellungscodes',
      recoveryLeft: (left) => (left === 0 ? 'Keiner mehr übrig' : `Noch ${left} von 10`),
      recoveryNone: 'Entstehen, wenn Sie den ersten zweiten Faktor einrichten',
      recoveryNew: 'Neue Codes erzeugen',
      recoveryTitle: 'Neue Wiederherstellungscodes erzeugen?',
      recoveryText: 'Die bisherigen gelten dann nicht mehr.',
    },

    passkeys: {
      title: 'Passkeys',
      lead: 'Melden Sie sich mit Finger, Gesicht, PIN oder Sicherheitsschlüssel an statt mit dem Passwort. Ein Passkey gilt auch als zweiter Faktor.',
      add: 'Passkey hinzufügen',
      none: 'Sie haben noch keine Passkeys.',
      created: (date) => `Hinzugefügt am ${date}`,
      used: (when) => `zuletzt verwendet ${when}`,
      neverUsed: 'noch nicht verwendet',
      rename: 'Umbenennen',
      renameOf: (name) => `${name} umbenennen`,
      remove: 'Entfernen',
      removeOf: (name) => `${name} entfernen`,
      removeTitle: (name) => `„${name}“ entfernen?`,
      removeText: 'Sie können sich damit nicht mehr anmelden.',
      removed: (name) => `„${name}“ wurde entfernt.`,
      added: (name) => `Mit „${name}“ können Sie sich ab jetzt anmelden.`,
      nameTitle: 'Dem Passkey einen Namen geben',
      nameLabel: 'Name',
      nameHint: 'Damit Sie ihn wiedererkennen, etwa „Laptop“ oder „Blauer Sicherheitsschlüssel“.',
      save: 'Sichern',
      skip: 'Überspringen',
      openAt: (origin) => `Passkeys gehören zu einer Adresse. Öffnen Sie diese Seite unter ${origin}, um sie zu verwenden.`,
      unsupported: 'Dieser Browser kann keine Passkeys verwenden.',
    },

    browsers: {
      title: 'Angemeldete Browser',
      thisOne: 'Dieser Browser',
      byLink: 'Gast über einen Link',
      browser: (said) => said.replace('A browser', 'Ein Browser').replace(' on ', ' auf '),
      from: (address, when) => (address === '' ? when : `${address} · ${when}`),
      active: 'gerade aktiv',
      seen: (when) => `zuletzt gesehen ${when}`,
      end: 'Abmelden',
      endOf: (name) => `${name} abmelden`,
      ended: (name) => `${name} wurde abgemeldet.`,
      others: 'Die anderen abmelden',
      othersDone: 'Alle anderen Browser wurden abgemeldet.',
      everywhere: 'Überall abmelden',
      everywhereTitle: 'Überall abmelden?',
      everywhereText: 'Alle Ihre Browser werden abgemeldet, auch dieser, und alles, was läuft, wird beendet. Nicht gesicherte Arbeit geht verloren.',
    },
  },
};
