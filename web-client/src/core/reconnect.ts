// When to try again after a link was cut: at once, then with doubling pauses. The jitter keeps a thousand pages that
// lost the same gateway from coming back in the same instant.

/** The first pause after an attempt at once has failed too. */
export const kFirstPauseMs = 250;
/** The longest pause: a person watching a countdown does not wait longer than this for a repaired network. */
export const kLongestPauseMs = 5_000;

/** How long to wait after `failures` attempts in a row came to nothing. `random` is in [0, 1). */
export function pauseMs(failures: number, random: number): number {
  if (failures <= 0) return 0;
  const longest = Math.min(kLongestPauseMs, kFirstPauseMs * 2 ** Math.min(failures - 1, 16));
  return longest * (0.5 + random / 2);
}
