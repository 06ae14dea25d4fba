// Full screen with the keyboard: in it the system's and the browser's shortcuts go to the desktop where the browser can.
// Two routes: navigator.keyboard.lock (Chromium) and the keyboardLock option (Firefox 151, Safari 26.4).

interface LockingNavigator extends Navigator {
  readonly keyboard?: { lock?(): Promise<void>; unlock?(): void };
}
interface LockingOptions extends FullscreenOptions {
  readonly screen?: Screen;
  readonly keyboardLock?: 'browser' | 'none';
}

const keyboard = (navigator as LockingNavigator).keyboard;

/** iPhones have no full screen for a page. */
export const hasFullScreen = (): boolean => document.fullscreenEnabled;
export const isFullScreen = (): boolean => document.fullscreenElement !== null;

/** Whether full screen can bring the browser's own shortcuts to the desktop. */
export function capturesKeys(): boolean {
  if (!hasFullScreen()) return false;
  if (keyboard?.lock !== undefined) return true;
  let optionRead = false;
  const options: LockingOptions = {
    get keyboardLock(): 'browser' {
      optionRead = true;
      return 'browser';
    },
  };
  // Refused, because this element is in no page; by then the option was read where it is known.
  document.createElement('div').requestFullscreen(options).catch(() => undefined);
  return optionRead;
}

/** Resolves to whether the browser's shortcuts are captured too. `screen`: on this one, where there are several. */
export async function enterFullScreen(screen?: Screen): Promise<boolean> {
  let optionRead = false;
  const options: LockingOptions = {
    navigationUI: 'hide',
    ...(screen === undefined ? {} : { screen }),
    // A browser that knows the option reads it.
    get keyboardLock(): 'browser' {
      optionRead = true;
      return 'browser';
    },
  };
  await document.documentElement.requestFullscreen(options);
  if (keyboard?.lock === undefined) return optionRead;
  try {
    await keyboard.lock();
    return true;
  } catch {
    // Refused in an embedded page or by policy; full screen works all the same.
    return optionRead;
  }
}

export async function leaveFullScreen(): Promise<void> {
  keyboard?.unlock?.();
  if (isFullScreen()) await document.exitFullscreen();
}
