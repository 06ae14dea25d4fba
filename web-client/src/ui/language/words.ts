// The sentences of the language the page was started in. Those of English are in the page's own script; those of another
// language come in a script of their own that ran before (check/languages.ts).

/** What such a script leaves: by catalogue, the sentences, and by the server's English sentence, that of the language. */
export interface Words {
  readonly user: object;
  readonly admin?: object;
  readonly server: Readonly<Record<string, string>>;
}

declare global {
  var vitrineWords: Words | undefined;
}

type Tree = { readonly [name: string]: unknown };
const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value);

/** `english` with what `other` has in its places. What `other` lacks stays English. */
export function overlaid<T extends object>(english: T, other: object | undefined): T {
  if (other === undefined) return english;
  const result: Record<string, unknown> = { ...(english as Tree) };
  for (const [name, value] of Object.entries(other)) {
    const ours = result[name];
    result[name] = isTree(ours) && isTree(value) ? overlaid(ours, value) : value;
  }
  return result as T;
}

/** The catalogue in the page's language. */
export function inLanguage<T extends object>(catalogue: 'user' | 'admin', english: T): T {
  return overlaid(english, globalThis.vitrineWords?.[catalogue]);
}
