// What a translation is made of. Each file of sentences has its counterpart in de/ and ar/, of the same type, so that the
// compiler refuses one that lacks a sentence.
import type { Text } from '../text.js';

/** The sentences that text.ts holds itself. */
export type MainText = Pick<
  Text,
  'product' | 'close' | 'cancel' | 'tryAgain' | 'signIn' | 'redeem' | 'catalogue' | 'clipboard' | 'session' | 'figures' | 'causes' | 'errors'
>;

/** Sentences that may still come: what is missing is shown in English. */
export type Loose<T> = T extends (...words: never[]) => unknown ? T : T extends object ? { readonly [K in keyof T]?: Loose<T[K]> } : T;
