// Keeps the clipboards of device and desktop together without being asked, as far as browser and policy allow; what they do
// not allow is done by the menu's two entries.
import { hidesPicture, mayReadUnasked, pastedNow, pastedSoon, readClipboard, textOf, writeClipboard, type PastedClips } from '../browser/clipboard_access.js';
import { copyFormats, pasteFormats, type Clip } from '../core/clipboard.js';
import { text } from './text.js';
import type { Toasts } from './toasts.js';

export interface ClipboardDesk {
  want(formats: number): void;
  paste(clips: readonly Clip[]): void;
  rights(): number;
  live(): boolean;
}

/** Content that takes longer than this to come is worth a word. */
const kLargeBytes = 1 << 20;

export class ClipboardShare {
  /** What the desktop copied and this device does not have yet. */
  private unwritten: readonly Clip[] | null = null;
  /** Offered while the page could not take it. */
  private unasked = 0;
  /** The text both sides have: giving it back would only take the desktop's richer formats away. */
  private shared = '';
  private toldLarge = false;

  constructor(
    private readonly desk: ClipboardDesk,
    private readonly toasts: Toasts,
    signal: AbortSignal,
  ) {
    // Browsers that want an action of the user before they let a page write take the next one.
    for (const name of ['pointerup', 'keydown']) {
      window.addEventListener(name, () => { void this.writePending(); }, { capture: true, signal });
    }
    window.addEventListener('focus', () => { void this.focused(); }, { signal });
  }

  get mayCopy(): boolean {
    return copyFormats(this.desk.rights()) !== 0;
  }

  get mayPaste(): boolean {
    return pasteFormats(this.desk.rights()) !== 0;
  }

  // --- from the desktop ------------------------------------------------------------------------------------------

  offered(formats: number): void {
    this.unwritten = null;
    this.unasked = formats;
    this.shared = '';
    this.toldLarge = false;
    if (formats !== 0 && document.hasFocus()) this.ask();
  }

  copied(clips: readonly Clip[]): void {
    if (clips.length === 0) return;
    this.unwritten = clips;
    void this.writePending();
  }

  progress(done: number, total: number): void {
    if (total < kLargeBytes || done === total || this.toldLarge) return;
    this.toldLarge = true;
    this.toasts.show('info', text.clipboard.large(total));
  }

  private ask(): void {
    const formats = this.unasked;
    this.unasked = 0;
    this.desk.want(formats);
  }

  private async writePending(): Promise<boolean> {
    const clips = this.unwritten;
    if (clips === null) return true;
    if (!document.hasFocus() || !(await writeClipboard(clips))) return false;
    if (this.unwritten === clips) this.unwritten = null;
    this.shared = textOf(clips);
    return true;
  }

  /** The menu's entry; a click, so every browser allows it. */
  async copyToDevice(): Promise<void> {
    if (this.unwritten === null) {
      if (this.unasked !== 0) this.ask();
      this.toasts.show('info', this.shared === '' ? text.clipboard.nothingCopied : text.clipboard.copied);
      return;
    }
    const done = await this.writePending();
    this.toasts.show(done ? 'info' : 'warning', done ? text.clipboard.copied : text.clipboard.writeRefused);
  }

  // --- to the desktop --------------------------------------------------------------------------------------------

  /** A paste event: `then` lets the keys go on, once the desktop has been told. */
  pasted(event: ClipboardEvent, then: () => void): void {
    const data = event.clipboardData;
    if (data === null || !hidesPicture(data)) event.preventDefault();
    if (data === null || !this.mayPaste || !this.desk.live()) return then();
    const now = pastedNow(data);
    if (now !== null) {
      this.give(now);
      return then();
    }
    pastedSoon(data).then((pasted) => { this.give(pasted); }, () => { this.toasts.show('warning', text.clipboard.unreadable); }).finally(then);
  }

  /** The menu's entry. */
  async pasteFromDevice(): Promise<void> {
    const pasted = await readClipboard();
    if (pasted === null) return this.toasts.show('warning', text.clipboard.readRefused);
    this.give(pasted);
    if (pasted.clips.length > 0) this.toasts.show('info', text.clipboard.pasted);
    else if (!pasted.tooLarge) this.toasts.show('info', text.clipboard.nothingToPaste);
  }

  private async focused(): Promise<void> {
    if (!this.desk.live()) return;
    if (this.unasked !== 0) this.ask();
    await this.writePending();
    if (!this.mayPaste || this.unwritten !== null || !(await mayReadUnasked())) return;
    const pasted = await readClipboard();
    if (pasted !== null && textOf(pasted.clips) !== '') this.give(pasted);
  }

  private give(pasted: PastedClips): void {
    if (pasted.tooLarge) this.toasts.show('warning', text.clipboard.tooLarge);
    const words = textOf(pasted.clips);
    if (pasted.clips.length === 0 || (words !== '' && words === this.shared)) return;
    this.shared = words;
    this.unwritten = null;
    this.unasked = 0;
    this.desk.paste(pasted.clips);
  }
}
