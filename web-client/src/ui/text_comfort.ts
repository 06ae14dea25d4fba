// Sentences of the clipboard's panel, the settings of the device, hints and what else makes a session comfortable; part of
// text.ts.
const plural = (count: number, one: string, many: string): string => (count === 1 ? one : many);

/** As a person says it: 3 kB, 20.5 MB. */
export function sizeWords(bytes: number): string {
  if (bytes < 1_024) return `${bytes} ${plural(bytes, 'byte', 'bytes')}`;
  if (bytes < 1_048_576) return `${Math.round(bytes / 1_024)} kB`;
  return `${(bytes / 1_048_576).toFixed(1).replace(/\.0$/, '')} MB`;
}

export const comfortText = {
  comfort: {
    settings: {
      menu: 'Settings',
      menuNote: 'Of this device: size, picture, touch, clipboard, hints',
      title: 'Settings of this device',
      lead: 'Kept in this browser, for all desktops and apps opened in it.',
      sections: {
        picture: 'Picture',
        input: 'Keyboard, mouse and touch',
        clipboard: 'Clipboard',
        session: 'Session',
        browser: 'What this browser cannot do',
      },
      clipboardMode: 'Clipboard',
      clipboardModeNote: 'Whether what is copied on one side can be pasted on the other by itself',
      clipboardAuto: 'Shared by itself',
      clipboardPanel: 'In the panel only',
      primary: 'Selecting copies',
      primaryNote: 'What is selected in the desktop is copied to this device, and the middle button pastes what this device has copied',
      wakeLock: 'Keep the screen on',
      wakeLockNote: 'While a desktop is shown and used; for 15 minutes after the last input',
      wakeLockMissing: 'This browser does not let a page keep the screen on.',
      hints: 'Hints',
      hintsNote: 'Those that are shown once',
      hintsButton: 'Show again',
      hintsDone: 'Hints will be shown again.',
    },

    /** What this browser does not have: what that is, and what works all the same. */
    lacks: {
      films: { label: 'Decode films', told: 'This browser does not decode films: they are shown as pictures, fewer in a second.', note: 'Films are shown as pictures, with fewer of them in a second. Everything else is the same.' },
      clipboard: { label: 'Write pictures to the clipboard', told: 'This browser copies text only; the menu’s clipboard saves pictures as files.', note: 'The clipboard’s panel copies text, and saves pictures as files.' },
      clipboardRead: { label: 'Read the clipboard unasked', note: 'Ctrl+V in the desktop works, and so does the field in the clipboard’s panel.' },
      fullScreen: { label: 'Show a page in full screen', note: 'Add the page to the home screen to open it without the browser’s bars.' },
      wakeLock: { label: 'Keep the screen on', note: 'The screen goes dark as the device is set to. The session goes on.' },
    },

    clipboard: {
      title: 'Clipboard',
      menu: 'Clipboard',
      menuNote: 'See what is copied, and pass it on',
      fromDesktop: 'From the desktop',
      toDesktop: 'To the desktop',
      coming: 'Getting it from the desktop…',
      size: sizeWords,
      holds: (formats: readonly string[]): string => formats.join(' · '),
      formats: {
        text: (size: string): string => `Text, ${size}`,
        html: (size: string): string => `HTML, ${size}`,
        image: (size: string): string => `Picture, ${size}`,
      },
      textLabel: 'Text that was copied in the desktop',
      htmlSource: 'HTML, as it is written',
      pictureAlt: 'Picture that was copied in the desktop',
      save: 'Save picture',
      fileName: 'clipboard.png',
      fieldLabel: 'Paste what this device has copied',
      fieldHint: 'Paste here with Ctrl+V, or hold a finger here and choose Paste',
      give: 'Give to the desktop',
      choose: 'Choose a picture…',
      given: 'The desktop has it. Paste it there with Ctrl+V or its menu.',
      onlyText: 'The text was copied to this device. This browser takes nothing else.',
      notWritten: 'The browser refused. Select the text above and copy it with Ctrl+C.',
      tooLarge: (bytes: number): string => `That is ${sizeWords(bytes)}; a clipboard passes on at most 32 MB. Save it as a file.`,
      openPanel: 'Open clipboard',
      writeRefused: 'The browser did not let this page copy to this device by itself.',
      policyBoth: 'Your administrator’s policy lets nothing be copied or pasted here.',
      policyCopy: 'Your administrator’s policy does not let what was copied in the desktop leave it.',
      policyPaste: 'Your administrator’s policy does not let anything be pasted to this desktop.',
      policyPictures: 'Your administrator’s policy does not let pictures be pasted to this desktop.',
      policyFormat: 'Your administrator’s policy does not let this be pasted to this desktop.',
      policyScreenshot: 'Not allowed by your administrator’s policy',
      /** After a refusal: how to grant it in the browser at hand. */
      grantRead: {
        chrome: 'The browser did not let this page read the clipboard. Choose the icon left of the address, Site settings, and allow Clipboard; or paste below.',
        firefox: 'Firefox did not let this page read the clipboard. Choose the button “Paste” that it shows beside the pointer; or paste below.',
        safari: 'Safari did not let this page read the clipboard. Choose the button “Paste” that it shows; or paste below.',
        other: 'The browser did not let this page read the clipboard. Allow it in the site’s settings; or paste below.',
      },
      grantWrite: {
        chrome: 'The browser did not let this page write to the clipboard. Choose the icon left of the address, Site settings, and allow Clipboard; or copy below.',
        firefox: 'Firefox lets a page write to the clipboard in a click only. Copy below.',
        safari: 'Safari lets a page write to the clipboard in a click only. Copy below.',
        other: 'The browser did not let this page write to the clipboard. Allow it in the site’s settings; or copy below.',
      },
    },

    link: {
      label: (mark: string): string => `Connection: ${mark}.`,
      marks: { good: 'good', fair: 'fair', poor: 'poor', measuring: 'being measured', none: 'none' },
      pictureAge: (seconds: number): string => (seconds < 120 ? `The picture is from ${seconds} s ago.` : `The picture is from ${Math.round(seconds / 60)} minutes ago.`),
    },

    hints: {
      done: 'Got it',
      titles: { touch: 'With your fingers', keys: 'Keys that went elsewhere' },
      touch: ['Tap to click, hold for a right click.', 'Two fingers scroll, three open the keyboard.', 'The menu is in the bar at the bottom.'],
      keysLost: 'Alt+Tab and its like go to your own system while the desktop is in a window.',
      keysFullScreen: 'In full screen they go to the desktop, where the browser can; hold Esc to leave.',
      keysMenu: 'The menu (Ctrl+Alt+Shift+M) sends them at any time.',
    },

    screenshot: {
      menu: 'Screenshot',
      menuNote: 'Saves the desktop’s picture as a file',
      saved: (name: string): string => `Saved as ${name}.`,
      copy: 'Copy it too',
      copyRefused: 'The browser did not let this page copy the picture. It was saved as a file.',
      failed: 'There is no picture of the desktop yet.',
    },

    transfer: {
      label: 'Clipboard transfer',
      copying: (bytes: number): string => `Copying ${sizeWords(bytes)} to this device`,
      pasting: (bytes: number): string => `Passing ${sizeWords(bytes)} to the desktop`,
      copyCancelled: 'Cancelled. Nothing was copied to this device.',
      pasteCancelled: 'Cancelled. The desktop cannot paste it.',
    },
  },
};
