// Everything from which a page can tell that its link may be dead: the machine slept, the page was frozen, the network is
// another one.
import { SleepWatch } from '../core/sleep_watch.js';

/** Rare enough to cost nothing, and a laptop that was opened is noticed before its user has typed. */
const kLookMs = 2_000;

interface ConnectedNavigator extends Navigator {
  readonly connection?: EventTarget;
}

export function onWake(wake: () => void, signal: AbortSignal): void {
  const options = { signal };
  for (const name of ['online', 'pageshow']) window.addEventListener(name, wake, options);
  // Chromium thaws frozen tabs with it.
  document.addEventListener('resume', wake, options);
  // Wi-Fi to mobile and back, where the browser tells.
  (navigator as ConnectedNavigator).connection?.addEventListener('change', wake, options);
  const watch = new SleepWatch(kLookMs, performance.now(), Date.now());
  const timer = setInterval(() => {
    const slept = watch.look(performance.now(), Date.now());
    // Timers of a page that is not looked at are late by design; becoming visible is an event of its own.
    if (slept && document.visibilityState === 'visible') wake();
  }, kLookMs);
  signal.addEventListener('abort', () => { clearInterval(timer); });
}
