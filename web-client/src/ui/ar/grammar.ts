import { grammar } from '../language/grammar.js';

// Digits as in codes, addresses and units, which stand in the same sentences.
export const arabic = grammar('ar-u-nu-latn');

/** A name of unknown direction: it must not turn the sentence around it (Unicode UAX 9, isolates). */
export const isolated = (name: string): string => `\u2068${name}\u2069`;
