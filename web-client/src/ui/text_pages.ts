// Sentences of the frame of all pages: language, skipping, new versions, apps as apps of the device; part of text.ts.
export const pagesText = {
  language: {
    label: 'Language',
    lead: 'Of these pages, on this device.',
  },

  frame: {
    skip: 'Skip to the content',
    notices: 'Notices',
  },

  update: {
    ready: 'A new version of this page is ready.',
    reload: 'Reload',
  },

  install: {
    title: 'As an app of this device',
    lead: 'In a window of its own, with an icon among your other apps.',
    all: 'Install Vitrine',
    this: 'Install this as an app',
    byMenu: 'This browser installs from its own menu: choose “Install” or “Add to home screen” there.',
    installed: 'Installed on this device.',
  },
};
