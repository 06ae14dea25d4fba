// How good a link is, in three steps, for a mark that is read at a glance.
import type { Quality } from './effects.js';

export type LinkMark = 'good' | 'fair' | 'poor';

/** Up to here a key feels immediate, and from there on every one is felt. */
const kGoodMs = 80;
const kPoorMs = 180;

/** Null while nothing was measured. */
export function linkMark({ roundTripMs, slow }: Quality): LinkMark | null {
  if (slow === 'network' || slow === 'bandwidth') return 'poor';
  if (roundTripMs === null) return slow === null ? null : 'fair';
  if (roundTripMs >= kPoorMs) return 'poor';
  return roundTripMs >= kGoodMs || slow !== null ? 'fair' : 'good';
}
