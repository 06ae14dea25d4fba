// What a soft keyboard did to the hidden text field, as the desktop wants it: so many characters taken back, this text
// typed. Soft keyboards rewrite words after the fact (autocorrect, swiping), so the difference is what counts.

/** The hidden field always holds this before what is typed, so that a soft keyboard has something to delete. */
export const kFieldFiller = '\u00a0'.repeat(16);

export interface TextEdit {
  /** How often Backspace is pressed first. */
  readonly erase: number;
  readonly insert: string;
}

/** Absent in Firefox before 125: there each code point counts. */
const segmenter = (Intl as Partial<typeof Intl>).Segmenter === undefined ? null : new Intl.Segmenter(undefined, { granularity: 'grapheme' });
/** Where one Backspace takes a whole cluster; in other scripts (Thai, Arabic, Devanagari ...) it takes one mark of it. */
const kWholeClusters = /^[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Extended_Pictographic}\p{Emoji_Component}\p{Regional_Indicator}]/u;

/** What one press of Backspace each takes, by Pango's rules, which GTK's editors follow. */
export function backspaceUnits(text: string): string[] {
  if (segmenter === null) return [...text];
  return Array.from(segmenter.segment(text), ({ segment }) => (kWholeClusters.test(segment) ? [segment] : [...segment])).flat();
}

/** The shortest edit from `before` to `after` that works at the end of the text. */
export function textEdit(before: string, after: string): TextEdit {
  const old = backspaceUnits(before);
  const now = backspaceUnits(after);
  let same = 0;
  while (same < old.length && same < now.length && old[same] === now[same]) same += 1;
  const erased = old.slice(same);
  const insert = now.slice(same).join('');
  // A mark that joins the last character (a skin colour, an accent) is typed behind it.
  const kept = erased.join('');
  return insert.startsWith(kept) ? { erase: 0, insert: insert.slice(kept.length) } : { erase: erased.length, insert };
}

/** `text` in parts of at most `limitBytes` of UTF-8, cut between characters. */
export function splitText(text: string, limitBytes: number): string[] {
  const parts: string[] = [];
  let part = '';
  let bytes = 0;
  for (const character of text.replaceAll('\0', '')) {
    const more = utf8Length(character);
    if (bytes + more > limitBytes) {
      parts.push(part);
      part = '';
      bytes = 0;
    }
    part += character;
    bytes += more;
  }
  if (part !== '') parts.push(part);
  return parts;
}

function utf8Length(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x80) return 1;
  if (code < 0x800) return 2;
  return code < 0x10000 ? 3 : 4;
}
