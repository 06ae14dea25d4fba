// German; see ../text_pages.ts.
import type { pagesText as English } from '../text_pages.js';

export const pagesText: typeof English = {
  language: {
    label: 'Sprache',
    lead: 'Dieser Seiten, auf diesem Gerät.',
  },

  frame: {
    skip: 'Zum Inhalt springen',
    notices: 'Hinweise',
  },

  update: {
    ready: 'Eine neue Version dieser Seite ist bereit.',
    reload: 'Neu laden',
  },

  install: {
    title: 'Als App dieses Geräts',
    lead: 'In einem eigenen Fenster, mit einem Symbol neben Ihren anderen Apps.',
    all: 'Vitrine installieren',
    this: 'Dies als App installieren',
    byMenu: 'Dieser Browser installiert über sein eigenes Menü: Wählen Sie dort „Installieren“ oder „Zum Startbildschirm“.',
    installed: 'Auf diesem Gerät installiert.',
  },
};
