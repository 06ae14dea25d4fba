// Files that the page gives to the person.

/** The browser saves this where it saves downloads. */
export function saveFile(content: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  // The download has begun by then; the address is not needed for the rest of it.
  setTimeout(() => { URL.revokeObjectURL(link.href); }, 10_000);
}

/** Of the place and the time; without the characters that some file system does not take. */
export function screenshotName(place: string, at: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  const time = `${two(at.getHours())}.${two(at.getMinutes())}.${two(at.getSeconds())}`;
  const plain = place.replaceAll(/[^\p{L}\p{N} _-]/gu, ' ').replaceAll(/ +/g, ' ').trim().slice(0, 60);
  return `${plain === '' ? 'desktop' : plain} ${day} ${time}.png`;
}
