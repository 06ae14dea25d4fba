// Addresses of the administrators' pages: the part after #, in parts.

/** "#/users/ada%20b" is ["users", "ada b"]; anything else is []. */
export function parsePlace(hash: string): readonly string[] {
  if (!hash.startsWith('#/')) return [];
  return hash.slice(2).split('/').filter((part) => part !== '').map(decode);
}

/** A link to a page: place('users', 'ada b') is "#/users/ada%20b". */
export function place(...parts: readonly string[]): string {
  return `#/${parts.map(encodeURIComponent).join('/')}`;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
