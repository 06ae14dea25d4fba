// How much of the page the soft keyboard covers. Browsers leave the page as it is and say so by the visual viewport alone.

/** Less is the browser's own bars coming and going. */
const kLeast = 60;
/** While a phone is turned its keyboard goes and comes again. */
const kTurnMs = 1_200;

export interface SoftKeyboardListener {
  /** CSS pixels at the lower edge. */
  covered(pixels: number): void;
  /** The person hid it by the system's own means. */
  hidden(): void;
}

export function followSoftKeyboard(listener: SoftKeyboardListener, signal: AbortSignal): void {
  const visual = window.visualViewport;
  if (visual === null) return;
  let covered = 0;
  let width = window.innerWidth;
  let wasUp = false;
  let turning: ReturnType<typeof setTimeout> | undefined;
  const look = (): void => {
    const now = Math.max(0, Math.round(window.innerHeight - visual.height - visual.offsetTop));
    if (window.innerWidth !== width) {
      width = window.innerWidth;
      clearTimeout(turning);
      turning = setTimeout(() => {
        turning = undefined;
        look();
      }, kTurnMs);
    }
    const up = now > kLeast;
    if (now !== covered) {
      covered = now;
      listener.covered(up ? now : 0);
    }
    if (turning !== undefined) return;
    if (wasUp && !up) listener.hidden();
    wasUp = up;
  };
  for (const event of ['resize', 'scroll'] as const) visual.addEventListener(event, look, { signal });
  signal.addEventListener('abort', () => { clearTimeout(turning); });
}
