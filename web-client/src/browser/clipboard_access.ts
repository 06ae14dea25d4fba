// The device's clipboard, as far as the browser lets a page at it. Nothing of it stays in the page itself.
import type { Clip } from '../core/clipboard.js';
import { hidesPictures, pastedPicture } from './pasted_picture.js';
import { kClipHtml, kClipImage, kClipText, kMaxClipboard } from '../wire/messages.gen.js';

const kTypes: readonly { readonly format: number; readonly type: string }[] = [
  { format: kClipText, type: 'text/plain' },
  { format: kClipHtml, type: 'text/html' },
  { format: kClipImage, type: 'image/png' },
];

export interface PastedClips {
  readonly clips: readonly Clip[];
  /** Bytes of the largest part that was left out because it is above kMaxClipboard; 0: none was. */
  readonly tooLarge: number;
}

const encoder = new TextEncoder();
const bounded = (clips: readonly Clip[]): PastedClips => ({
  clips: clips.filter(({ bytes }) => bytes.length > 0 && bytes.length <= kMaxClipboard),
  tooLarge: Math.max(0, ...clips.map(({ bytes }) => bytes.length).filter((length) => length > kMaxClipboard)),
});

/** What a paste event brings. Text is there at once; pictures take a moment, which null announces. */
export function pastedNow(data: DataTransfer): PastedClips | null {
  if (pictureOf(data) !== null || hidesPicture(data)) return null;
  return bounded(textsOf(data));
}

/** Whether an event that seems empty may hold a picture after all, which then comes by the paste itself. */
export const hidesPicture = (data: DataTransfer): boolean =>
  hidesPictures() && data.files.length === 0 && textsOf(data).every(({ bytes }) => bytes.length === 0);

export async function pastedSoon(data: DataTransfer): Promise<PastedClips> {
  if (hidesPicture(data)) {
    const bytes = await pastedPicture();
    return bounded(bytes === null ? [] : [{ format: kClipImage, bytes }]);
  }
  // Both before the first wait: the data is gone after the event.
  const texts = textsOf(data);
  const picture = pictureOf(data);
  const clips = picture === null ? [] : [{ format: kClipImage, bytes: await asPng(picture) }];
  return bounded([...texts, ...clips]);
}

function textsOf(data: DataTransfer): Clip[] {
  return kTypes
    .filter(({ type }) => type.startsWith('text/'))
    .map(({ format, type }) => ({ format, bytes: encoder.encode(data.getData(type)) }));
}

function pictureOf(data: DataTransfer): Blob | null {
  return [...data.files].find((file) => file.type.startsWith('image/')) ?? null;
}

/** A picture that was chosen as a file. Rejects when the browser cannot read it. */
export async function pictureFile(file: Blob): Promise<PastedClips> {
  return bounded([{ format: kClipImage, bytes: await asPng(file) }]);
}

/** Text that was typed or put into a field. */
export const typedText = (text: string): PastedClips => bounded([{ format: kClipText, bytes: encoder.encode(text) }]);

async function asPng(picture: Blob): Promise<Uint8Array<ArrayBuffer>> {
  if (picture.type === 'image/png') return new Uint8Array(await picture.arrayBuffer());
  const bitmap = await createImageBitmap(picture);
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  canvas.getContext('2d')?.drawImage(bitmap, 0, 0);
  bitmap.close();
  return new Uint8Array(await (await canvas.convertToBlob({ type: 'image/png' })).arrayBuffer());
}

/** Whether the page may read the clipboard without asking each time. */
export async function mayReadUnasked(): Promise<boolean> {
  try {
    const { state } = await navigator.permissions.query({ name: 'clipboard-read' as PermissionName });
    return state === 'granted';
  } catch {
    return false; // Firefox and WebKit know no such permission: they ask by a button of their own.
  }
}

/** Reads the device's clipboard; the browser may ask the user. Null when it was refused or cannot be done. */
export async function readClipboard(): Promise<PastedClips | null> {
  try {
    const items = await navigator.clipboard.read();
    const clips: Clip[] = [];
    for (const { format, type } of kTypes) {
      const item = items.find(({ types }) => types.includes(type));
      if (item !== undefined) clips.push({ format, bytes: new Uint8Array(await (await item.getType(type)).arrayBuffer()) });
    }
    return bounded(clips);
  } catch {
    return null;
  }
}

/** Makes this the device's clipboard; false when the browser wants the user to do something first. */
export async function writeClipboard(clips: readonly Clip[]): Promise<boolean> {
  const parts = Object.fromEntries(
    kTypes.flatMap(({ format, type }) => {
      const clip = clips.find((one) => one.format === format);
      return clip === undefined ? [] : [[type, new Blob([clip.bytes], { type })]];
    }),
  );
  try {
    await navigator.clipboard.write([new ClipboardItem(parts)]);
    return true;
  } catch {
    return false;
  }
}

/** What of these became the device's clipboard. */
export type Written = 'all' | 'text' | 'nothing';

/** The same in a click, by whichever way this browser has. */
export async function writeByClick(clips: readonly Clip[]): Promise<Written> {
  const words = textOf(clips);
  // Begun before the first wait, while the click still counts.
  const whole = 'ClipboardItem' in window ? writeClipboard(clips) : Promise.resolve(false);
  if (await whole) return 'all';
  if (words === '') return 'nothing';
  try {
    await navigator.clipboard.writeText(words);
    return clips.length === 1 ? 'all' : 'text';
  } catch {
    return copyByCommand(clips);
  }
}

// The way of before 2020, which no permission stops: the browser asks the page what to copy.
function copyByCommand(clips: readonly Clip[]): Written {
  let written: Written = 'nothing';
  const fillIn = (event: ClipboardEvent): void => {
    event.preventDefault();
    event.stopImmediatePropagation();
    for (const { format, type } of kTypes) {
      const clip = clips.find((one) => one.format === format);
      if (clip !== undefined && type.startsWith('text/')) event.clipboardData?.setData(type, new TextDecoder().decode(clip.bytes));
    }
    written = clips.some(({ format }) => format === kClipImage) ? 'text' : 'all';
  };
  document.addEventListener('copy', fillIn, { capture: true });
  try {
    return document.execCommand('copy') ? written : 'nothing';
  } finally {
    document.removeEventListener('copy', fillIn, { capture: true });
  }
}

/** The text among these clips; empty when there is none. */
export function textOf(clips: readonly Clip[]): string {
  const clip = clips.find(({ format }) => format === kClipText);
  return clip === undefined ? '' : new TextDecoder().decode(clip.bytes);
}
