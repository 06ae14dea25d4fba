// The page's half of the clipboard: what the desktop offers and sends in parts, and what the page gives to it.
import {
  kClipHtml,
  kClipImage,
  kClipText,
  kMaxClipboard,
  kMaxClipPart,
  kMayCopyHtml,
  kMayCopyImage,
  kMayCopyText,
  kMayPasteHtml,
  kMayPasteImage,
  kMayPasteText,
  type CopiedHtml,
  type CopiedImage,
  type CopiedText,
  type CopyOffered,
  type MessageFromViewer,
  type PasteWanted,
} from '../wire/messages.gen.js';

/** One format of a clipboard: text and HTML as UTF-8, a picture as PNG. */
export interface Clip {
  /** One of the kClip bits. */
  readonly format: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export type ClipEffect =
  /** The desktop's clipboard holds something else; 0: nothing for the page. Answered by ClipboardLink.want. */
  | { readonly type: 'copyOffered'; readonly formats: number }
  /** All that was wanted has come, as far as it could be had. */
  | { readonly type: 'copied'; readonly clips: readonly Clip[] }
  /** Bytes of content on their way, in either direction; `done` equal to `total`: over. */
  | { readonly type: 'clipProgress'; readonly copying: boolean; readonly done: number; readonly total: number }
  /** What was on its way was given up; the last that is told of it. */
  | { readonly type: 'clipCancelled'; readonly copying: boolean };

export const kClipFormats = [kClipText, kClipHtml, kClipImage] as const;
/** Parts sent without an answer: input that is typed meanwhile waits for no more. */
const kPartsAhead = 2;

/** The kClip bits that these rights let the page take from the desktop. */
export const copyFormats = (rights: number): number =>
  bitIf(rights, kMayCopyText, kClipText) | bitIf(rights, kMayCopyHtml, kClipHtml) | bitIf(rights, kMayCopyImage, kClipImage);
/** The kClip bits that these rights let the page give to the desktop. */
export const pasteFormats = (rights: number): number =>
  bitIf(rights, kMayPasteText, kClipText) | bitIf(rights, kMayPasteHtml, kClipHtml) | bitIf(rights, kMayPasteImage, kClipImage);
const bitIf = (rights: number, right: number, bit: number): number => ((rights & right) === 0 ? 0 : bit);

const pastedType = (format: number): 'PastedText' | 'PastedHtml' | 'PastedImage' =>
  format === kClipText ? 'PastedText' : format === kClipHtml ? 'PastedHtml' : 'PastedImage';

interface Incoming {
  bytes: Uint8Array<ArrayBuffer> | null;
  done: number;
}
interface Outgoing {
  readonly clip: Clip;
  sent: number;
}

export class ClipboardLink {
  private offer: CopyOffered | null = null;
  /** What is awaited of the offer, by format. */
  private readonly incoming = new Map<number, Incoming>();
  private arrived: Clip[] = [];
  private pasteSerial = 0;
  private primary = false;
  private readonly outgoing = new Map<number, Outgoing>();

  constructor(
    private readonly send: (message: MessageFromViewer) => void,
    private readonly tell: (effect: ClipEffect) => void,
  ) {}

  /** Another agent: nothing of before is on its way any more. */
  restart(): void {
    this.offer = null;
    this.incoming.clear();
    this.arrived = [];
    this.outgoing.clear();
  }

  offered(offer: CopyOffered): void {
    this.restart();
    this.offer = offer;
    this.tell({ type: 'copyOffered', formats: offer.formats });
  }

  /** Whether what is selected in the desktop counts as copied, and what is pasted as selected. */
  follow(primary: boolean, paired: boolean): void {
    if (primary === this.primary) return;
    this.primary = primary;
    if (paired) this.send({ type: 'FollowPrimary', follow: primary });
  }

  /** A new agent, which knows nothing of it. */
  connected(): void {
    if (this.primary) this.send({ type: 'FollowPrimary', follow: true });
  }

  /** Asks for these formats of what the desktop offers. */
  want(formats: number): void {
    const { offer } = this;
    if (offer === null || this.incoming.size > 0) return;
    this.arrived = [];
    for (const format of kClipFormats) {
      if ((formats & offer.formats & format) === 0) continue;
      this.incoming.set(format, { bytes: null, done: 0 });
      this.send({ type: 'CopyWanted', serial: offer.serial, format, offset: 0 });
    }
  }

  /** No more of what is on its way. What the desktop offers can be asked for again. */
  cancel(): void {
    const { offer } = this;
    const copying = this.incoming.size > 0;
    if (!copying && this.outgoing.size === 0) return;
    for (const format of this.incoming.keys()) {
      // How large it is may not be known yet; this is as much as anything.
      if (offer !== null) this.send({ type: 'CopyWanted', serial: offer.serial, format, offset: kMaxClipboard });
    }
    this.incoming.clear();
    this.arrived = [];
    for (const { clip } of this.outgoing.values()) {
      this.send({ type: pastedType(clip.format), serial: this.pasteSerial, total: 0, offset: 0, bytes: new Uint8Array(0) });
    }
    this.outgoing.clear();
    this.tell({ type: 'clipCancelled', copying });
  }

  /** A part of the desktop's clipboard; a sentence when it does not follow the protocol. */
  part(message: CopiedText | CopiedHtml | CopiedImage): string | null {
    const format = message.type === 'CopiedText' ? kClipText : message.type === 'CopiedHtml' ? kClipHtml : kClipImage;
    const incoming = this.incoming.get(format);
    if (this.offer?.serial !== message.serial || incoming === undefined) return null;
    if (message.total === 0) return this.finish(format, null);
    if (message.total > kMaxClipboard) return `${message.type} of ${message.total} bytes is above the limit`;
    incoming.bytes ??= new Uint8Array(message.total);
    const follows = message.offset === incoming.done && message.bytes.length > 0;
    if (!follows || incoming.bytes.length !== message.total || incoming.done + message.bytes.length > message.total) {
      return `${message.type} does not follow the part before`;
    }
    incoming.bytes.set(message.bytes, incoming.done);
    incoming.done += message.bytes.length;
    this.send({ type: 'CopyWanted', serial: message.serial, format, offset: incoming.done });
    this.tell({ type: 'clipProgress', copying: true, done: incoming.done, total: message.total });
    return incoming.done === message.total ? this.finish(format, incoming.bytes) : null;
  }

  private finish(format: number, bytes: Uint8Array<ArrayBuffer> | null): null {
    this.incoming.delete(format);
    if (bytes !== null) this.arrived.push({ format, bytes });
    if (this.incoming.size > 0) return null;
    this.tell({ type: 'copied', clips: this.arrived });
    this.arrived = [];
    return null;
  }

  /** The page's clipboard becomes the desktop's. Clips that are empty or too large are left out. */
  paste(clips: readonly Clip[], rights: number): void {
    const usable = clips.filter(({ format, bytes }) =>
      (format & pasteFormats(rights)) !== 0 && bytes.length > 0 && bytes.length <= kMaxClipboard);
    if (usable.length === 0) return;
    this.restart();
    this.pasteSerial += 1;
    this.send({ type: 'PasteOffered', serial: this.pasteSerial, formats: usable.reduce((bits, { format }) => bits | format, 0) });
    for (const clip of usable) {
      const outgoing = { clip, sent: 0 };
      this.outgoing.set(clip.format, outgoing);
      this.sendPart(outgoing);
    }
  }

  wanted(message: PasteWanted): void {
    const outgoing = this.outgoing.get(message.format);
    if (outgoing === undefined || message.serial !== this.pasteSerial) return;
    const total = outgoing.clip.bytes.length;
    this.tell({ type: 'clipProgress', copying: false, done: Math.min(message.offset, total), total });
    if (message.offset >= total) {
      this.outgoing.delete(message.format);
      return;
    }
    while (outgoing.sent < total && outgoing.sent - message.offset < kPartsAhead * kMaxClipPart) this.sendPart(outgoing);
  }

  private sendPart(outgoing: Outgoing): void {
    const { format, bytes: all } = outgoing.clip;
    const bytes = all.subarray(outgoing.sent, outgoing.sent + kMaxClipPart);
    this.send({ type: pastedType(format), serial: this.pasteSerial, total: all.length, offset: outgoing.sent, bytes });
    outgoing.sent += bytes.length;
  }
}
