// Every sentence of the page in English. Another language is another object of this type; see language/words.ts.
import type { Cause } from '../core/effects.js';
import { inLanguage } from './language/words.js';
import { pagesText } from './text_pages.js';
import type { Figures } from '../core/figures.js';
import { accountText } from './text_account.js';
import { comfortText } from './text_comfort.js';
import { displayText } from './text_display.js';
import { poolText } from './text_pool.js';
import { touchText } from './text_touch.js';
import { keysText } from './text_keys.js';

/** What is known when a reason is named; the link's own figures only while somebody looks. */
type SlowFacts = Pick<Figures, 'roundTripMs'> & Partial<Pick<Figures, 'rateKbit' | 'ceilingKbit' | 'content'>>;

const plural = (count: number, one: string, many: string): string => (count === 1 ? one : many);

export const english = {
  ...accountText,
  ...comfortText,
  ...displayText,
  ...poolText,
  ...touchText,
  ...keysText,
  product: 'Vitrine',
  close: 'Close',
  cancel: 'Cancel',
  tryAgain: 'Try again',
  ...pagesText,

  signIn: {
    title: 'Sign in',
    lead: 'Your desktops and apps, in this browser.',
    userName: 'User name',
    password: 'Password',
    show: 'Show password',
    hide: 'Hide password',
    submit: 'Sign in',
    working: 'Signing in…',
    capsLock: 'Caps Lock is on.',
    wrong: 'The user name or the password is not right.',
    empty: 'Enter your user name and your password.',
    throttled: (seconds: number): string =>
      `Too many attempts. Try again in ${seconds} ${plural(seconds, 'second', 'seconds')}.`,
    expired: 'You were signed out. Sign in to go on.',
    away: 'The server cannot be reached. Check your network. You can sign in as soon as it answers again.',
    or: 'or',
    with: (service: string): string => `Sign in with ${service}`,
  },

  redeem: {
    working: 'Opening your link…',
    failedTitle: 'This link does not work',
    failed: 'The link has expired or was used already. Ask for a new one, or sign in.',
    signIn: 'Go to sign-in',
  },

  catalogue: {
    title: 'Your desktops and apps',
    greeting: (name: string, hour: number): string =>
      `${hour < 5 ? 'Good evening' : hour < 12 ? 'Good morning' : hour < 18 ? 'Good afternoon' : 'Good evening'}, ${name}`,
    search: 'Search',
    searchLabel: 'Search apps and desktops',
    running: 'Running',
    desktops: 'Desktops',
    apps: 'Apps',
    open: 'open',
    endSessionOf: (name: string): string => `End session: ${name}`,
    endTitle: (name: string): string => `End ${name}?`,
    endText: 'Everything open in it is closed. Work that is not saved is lost.',
    end: 'End session',
    ended: (name: string): string => `${name} has ended.`,
    nothingTitle: 'Nothing here yet',
    nothing: 'No desktop or app has been made available to you. Ask your administrator.',
    nothingAdmin: 'Publish something first, under Administration.',
    noMatch: (words: string): string => `Nothing matches “${words}”.`,
    administration: 'Administration',
    failed: 'Your desktops and apps could not be loaded.',
    loading: 'Loading your desktops and apps',
    account: 'Account',
    signOut: 'Sign out',
    signOutTitle: 'Sign out?',
    signOutRunning: (names: readonly string[]): string =>
      `${names.join(', ')} ${plural(names.length, 'is', 'are')} running and will end. Work that is not saved is lost.`,
    signOutPlain: 'You will have to sign in again.',
    signOutFailed: 'Signing out did not work.',
  },

  clipboard: {
    copied: 'Copied to this device.',
    pasted: 'The desktop can paste it now.',
    nothingCopied: 'Nothing has been copied in the desktop.',
    nothingToPaste: 'This device has copied no text, HTML or picture.',
    unreadable: 'The picture that was copied cannot be read.',
  },
  session: {
    input: (name: string): string => `Keyboard for ${name}. Ctrl+Alt+Shift+M opens the menu.`,
    screen: (name: string): string => `Screen of ${name}`,
    starting: (name: string): string => (name === '' ? 'Opening…' : `Opening ${name}`),
    steps: {
      ask: 'Permission',
      link: 'Connection',
      start: 'Desktop',
      picture: 'Picture',
    },
    elapsed: (seconds: number): string => `${seconds} s`,
    slow: 'A desktop that starts from nothing can take some seconds.',
    leave: 'Back to overview',
    retryIn: (seconds: number): string => `Trying again in ${seconds} s`,
    retrying: 'Trying again…',
    retryNow: 'Try now',
    menuShortcut: 'Ctrl+Alt+Shift+M',
    menu: 'Session menu',
    fullScreenHint: 'Hold Esc to leave full screen.',
    fullScreenFailed: 'The browser did not allow full screen.',
    viewOnly: 'You may look, but not type or click.',
    mayTypeAgain: 'You may type and click again.',
    toolbar: {
      fullScreen: 'Full screen',
      leaveFullScreen: 'Leave full screen',
      keyboard: 'Keyboard',
      hideKeyboard: 'Hide keyboard',
      copy: 'Copy to this device',
      copyNote: 'What was copied in the desktop',
      paste: 'Paste to the desktop',
      pasteNote: 'What this device has copied',
      disconnect: 'Disconnect',
      disconnectNote: 'Keeps running for when you come back',
      signOut: 'Sign out',
      signOutNote: 'Ends all that is running',
      keys: 'Send keys',
      functionKeys: 'Function keys',
      size: 'Size of text',
      sizeNote: 'In programs opened from now on',
      sizeChoice: (size: number): string => `${Math.round(size * 100)} %`,
      keyBar: 'Keys',
      figures: 'Figures',
      figuresNote: 'How fast this is, and why',
      figuresNoteKeys: 'How fast this is, and why: Ctrl+Alt+Shift+I',
    },
    terms: {
      title: 'Picture',
      note: 'What counts when the link is narrow',
      presets: { sharp: 'Sharp', balanced: 'Balanced', saver: 'Data saver' },
      custom: 'As set below',
      more: 'Latency, bandwidth, quality',
      targetLabel: 'Answer within',
      targetNote: 'Beyond the way through the network',
      target: (ms: number): string => `${ms} ms`,
      ceilingLabel: 'Use at most',
      ceilingNote: 'Of this connection',
      ceilingLimited: (mbit: number): string => `The administrator allows ${mbit} Mbit/s`,
      ceiling: (kbit: number): string => (kbit === 0 ? 'No limit' : `${kbit / 1_000} Mbit/s`),
      floorLabel: 'Quality at first',
      floorNote: 'Of photos and films; stills become exact',
      floor: (quality: number): string => (quality === 0 ? 'Automatic' : `At least ${quality} %`),
    },
    quality: {
      live: 'Connected',
      stale: 'Not connected',
      roundTrip: (ms: number): string => `${ms} ms to the desktop and back`,
      input: (ms: number): string => `${ms} ms from key to picture`,
      measuring: 'Measuring…',
    },
    keys: {
      Control: 'Ctrl',
      Alt: 'Alt',
      Shift: 'Shift',
      Super: 'Super',
      Escape: 'Esc',
      Tab: 'Tab',
      Delete: 'Del',
      Left: 'Left',
      Right: 'Right',
      Up: 'Up',
      Down: 'Down',
      PrintScreen: 'Print',
    } as Readonly<Record<string, string>>,
    endedTitle: 'The session has ended',
    openAgain: 'Open again',
    useHere: 'Use it here',
    reload: 'Reload the page',
  },

  figures: {
    title: 'Figures of the connection',
    hide: 'Hide figures',
    total: 'from key to picture',
    nothingYet: 'Press a key or click to measure',
    parts: {
      network: 'Network',
      agent: 'Agent',
      application: 'Program',
      encode: 'Coding',
      transfer: 'Transfer',
      decode: 'Decoding',
      present: 'Showing',
    },
    latency: 'Latency',
    bandwidth: 'Data',
    frames: 'Pictures',
    roundTrip: 'Round trip',
    queue: 'Waiting',
    linkRate: 'Link carries',
    ceiling: 'Ceiling',
    noCeiling: 'none',
    content: 'Sent',
    exact: 'Picture',
    exactYes: 'exact',
    exactNo: 'not exact yet',
    ms: (ms: number): string => `${Math.round(ms)} ms`,
    shortMs: (ms: number): string => (ms < 10 ? ms.toFixed(1) : String(Math.round(ms))),
    mbit: (mbit: number): string => `${mbit < 10 ? mbit.toFixed(1) : String(Math.round(mbit))} Mbit/s`,
    rate: (frames: number): string => `${Math.round(frames)} /s`,
    shares: ({ text, picture, video }: { text: number; picture: number; video: number }): string => {
      const named = [['text', text], ['pictures', picture], ['film', video]] as const;
      const shown = named.filter(([, share]) => share >= 0.005).map(([name, share]) => `${Math.round(share * 100)} % ${name}`);
      return shown.length === 0 ? '–' : shown.join(', ');
    },
    slow: {
      network: (figures: SlowFacts): string => `The network is slow: ${Math.round(figures.roundTripMs ?? 0)} ms to the desktop and back.`,
      application: (): string => 'The desktop’s program takes long to answer.',
      browser: (): string => 'This browser is busy decoding and showing pictures.',
      bandwidth: (figures: SlowFacts): string => {
        const { rateKbit = null, ceilingKbit = 0 } = figures;
        const mbit = (Math.min(rateKbit ?? Infinity, ceilingKbit === 0 ? Infinity : ceilingKbit) / 1_000).toFixed(1);
        const shared = (figures.content?.video ?? 0) > 0.5 ? ' shared by a film' : (figures.content?.picture ?? 0) > 0.5 ? ' shared by pictures' : '';
        return rateKbit === null ? 'There is too little bandwidth.' : `Bandwidth: ${mbit} Mbit/s${shared}.`;
      },
    },
  },

  /** Why a session is not live: a short title, and a sentence where the server sent none. */
  causes: {
    none: ['Connecting', ''],
    'link-failed': ['No connection', 'The server cannot be reached. Check this device’s network.'],
    'link-cut': ['Connection lost', 'The link to the server was cut.'],
    silent: ['No answer', 'Nothing was heard from the desktop for some seconds.'],
    'gateway-restarts': ['Server restarts', 'The server is being restarted and comes back.'],
    'too-slow': ['Connection too slow', 'The network did not keep up.'],
    'desktop-starting': ['Starting', 'The desktop is starting.'],
    'desktop-lost': ['Desktop interrupted', 'The desktop’s link was cut. It comes back by itself.'],
    'first-picture': ['Almost there', 'Waiting for the picture.'],
    protocol: ['Connection faulty', 'The two ends did not understand each other. Reload the page if that goes on.'],
    ticket: ['Waiting for the server', 'The server has not let this browser in yet.'],
    left: ['Disconnected', ''],
    'signed-out': ['You are signed out', 'Sign in again to go on.'],
    forbidden: ['Not available', 'This is not available to you. Ask your administrator.'],
    unsupported: ['Versions do not match', 'The server was updated. Reload the page.'],
    replaced: ['Disconnected', 'This session was opened in another place.'],
    'session-ended': ['The session has ended', 'It was ended or its program was closed.'],
    'desktop-failed': ['The desktop failed', 'The desktop is gone and does not come back by itself.'],
    gone: ['The session has ended', 'It is no longer there.'],
    limit: ['A limit was reached', 'The server did not accept the connection. Close it in another place, or try again later.'],
  } satisfies Record<Cause, readonly [string, string]> as Readonly<Record<Cause, readonly [string, string]>>,

  errors: {
    unreachable: 'The server cannot be reached. Check your network.',
    answer: 'The server gave an answer this page does not understand. Reload the page.',
    status: (status: number): string => `The server answered with error ${status}.`,
    title: 'Something went wrong',
    unreachableTitle: 'Vitrine cannot be reached',
    unreachableDetail: 'Check your network. Open desktops go on running on the server.',
    broken: 'The part of the page that shows the desktop could not start:',
  },
};

export type Text = typeof english;
export const text: Text = inLanguage('user', english);
