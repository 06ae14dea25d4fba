// Sentences that the server writes, in the page's language. They come in English; where the page's words know one, theirs
// is shown, else the server's own.

const kPlaceholder = /\{(\w+)\}/g;

/** `sentence` by the table whose keys are English sentences, in which "{name}" stands for anything. */
export function translated(sentence: string, table: Readonly<Record<string, string>>): string {
  const exact = table[sentence];
  if (exact !== undefined) return exact;
  for (const [english, other] of Object.entries(table)) {
    if (!english.includes('{')) continue;
    const found = pattern(english).exec(sentence)?.groups;
    if (found !== undefined) return other.replaceAll(kPlaceholder, (_, name: string) => (name === 'moment' ? moment : translated)(found[name] ?? '', table));
  }
  return sentence;
}

/** A day of the week and a time. */
function moment(words: string, table: Readonly<Record<string, string>>): string {
  return words.split(' ').map((word) => table[word] ?? word).join(' ');
}

/** In the page's language. */
export function fromServer(sentence: string): string {
  const table = globalThis.vitrineWords?.server;
  return table === undefined || sentence === '' ? sentence : translated(sentence, table);
}

function pattern(english: string): RegExp {
  const parts = english.split(kPlaceholder);
  // Every second part is a placeholder's name.
  const source = parts.map((part, i) => (i % 2 === 1 ? `(?<${part}>.+?)` : part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')));
  return new RegExp(`^${source.join('')}$`, 's');
}
