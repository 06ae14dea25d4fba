// What a soft keyboard did to the hidden text field, as the desktop wants it: so many characters taken back, this text
// typed. Soft keyboards rewrite words after the fact (autocorrect, swiping), so the difference is what counts.

/** The hidden field always holds this before what is typed, so that a soft keyboard has something to delete. */
export const kFieldFiller = '\u00a0'.repeat(16);

export interface TextEdit {
  /** How often Backspace is pressed first. */
  readonly erase: number;
  readonly insert: string;
}

/** The shortest edit from `before` to `after` that works at the end of the text, counted in whole characters. */
export function textEdit(before: string, after: string): TextEdit {
  const old = [...before];
  const now = [...after];
  let same = 0;
  while (same < old.length && same < now.length && old[same] === now[same]) same += 1;
  return { erase: old.length - same, insert: now.slice(same).join('') };
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
