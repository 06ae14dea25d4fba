// Where this window is, and the device's screens where the browser tells of them (Window Management: Chromium, after
// the person allowed it).
import type { DeviceScreen } from '../core/monitors.js';

export interface NamedScreen extends DeviceScreen {
  readonly label: string;
  /** For requestFullscreen. */
  readonly screen: Screen;
}

interface DetailedScreen extends Screen {
  readonly left: number;
  readonly top: number;
  readonly label: string;
}
interface ManagingWindow extends Window {
  getScreenDetails?(): Promise<{ readonly screens: readonly DetailedScreen[] }>;
}

const managing = window as ManagingWindow;

/** Whether there are several screens and this browser can put windows on them. */
export const managesScreens = (): boolean =>
  managing.getScreenDetails !== undefined && (screen as Screen & { isExtended?: boolean }).isExtended === true;

/** Asks the person the first time. Null when they refuse. */
export async function deviceScreens(): Promise<NamedScreen[] | null> {
  try {
    const details = await managing.getScreenDetails?.();
    return details?.screens.map((one) => ({ left: one.left, top: one.top, width: one.width, height: one.height, label: one.label, screen: one })) ?? null;
  } catch {
    return null;
  }
}

/** This window with its frame, CSS pixels. */
export const ownWindow = (): DeviceScreen => ({
  left: Math.round(window.screenX), top: Math.round(window.screenY), width: window.outerWidth, height: window.outerHeight,
});

/** Calls when the window came to a screen of another pixel ratio, or was zoomed. */
export function watchPixelRatio(changed: () => void, signal: AbortSignal): void {
  const watch = (): void => {
    // A query for the present ratio alone stops matching at any other.
    matchMedia(`(resolution: ${devicePixelRatio}dppx)`).addEventListener('change', () => {
      if (signal.aborted) return;
      changed();
      watch();
    }, { once: true, signal });
  };
  watch();
}
