// Notices that a key combination went to the person's own system instead of the desktop: the page lost the focus while Alt or
// the system key was held.

/** From the key to the loss of the focus; longer, and it was something else. */
const kSoonMs = 700;
const kKeys = ['Alt', 'Meta'];

/** Calls `returned` when the person is back after that. */
export function onLostKeys(returned: () => void, signal: AbortSignal): void {
  let heldSinceMs: number | null = null;
  let lost = false;
  const options = { capture: true, signal };
  window.addEventListener('keydown', (event) => { if (kKeys.includes(event.key)) heldSinceMs = performance.now(); }, options);
  window.addEventListener('keyup', (event) => { if (kKeys.includes(event.key)) heldSinceMs = null; }, options);
  window.addEventListener('blur', (event) => {
    if (event.target !== window) return;
    lost = heldSinceMs !== null && performance.now() - heldSinceMs < kSoonMs;
    heldSinceMs = null;
  }, options);
  window.addEventListener('focus', (event) => {
    if (event.target !== window || !lost) return;
    lost = false;
    returned();
  }, options);
}
