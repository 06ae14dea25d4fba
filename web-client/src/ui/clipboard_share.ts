// Keeps the clipboards of device and desktop together without being asked, as far as browser and policy allow; what they do
// not allow is done in the panel.
import { hidesPicture, mayReadUnasked, pastedNow, pastedSoon, readClipboard, textOf, writeClipboard, type PastedClips } from '../browser/clipboard_access.js';
import { browserKind } from '../browser/features.js';
import { copyFormats, pasteFormats, type Clip } from '../core/clipboard.js';
import { kClipImage } from '../wire/messages.gen.js';
import type { App } from './app.js';
import { ClipTransfer } from './clip_transfer.js';
import { ClipboardPanel } from './clipboard_panel.js';
import { kClipboardMode } from './settings/clipboard_entries.js';
import { kHintsSeen } from './settings/session_entries.js';
import { text } from './text.js';

export interface ClipboardDesk {
  want(formats: number): void;
  paste(clips: readonly Clip[]): void;
  cancel(): void;
  rights(): number;
  live(): boolean;
  /** The desktop has the keyboard again. */
  focus(): void;
}


/** Time to read the offer and take it. */
const kOfferMs = 12_000;

export class ClipboardShare {
  /** What the desktop copied and this device does not have yet. */
  private unwritten: readonly Clip[] | null = null;
  /** What the desktop's clipboard can be had as; 0: it is this device's, or empty. */
  private offer = 0;
  /** What it offers is on this device. */
  private taken = false;
  /** Offered while the page could not take it. */
  private unasked = 0;
  /** The text both sides have: giving it back would only take the desktop's richer formats away. */
  private shared = '';
  private toldPolicy = false;
  private readonly transfer = new ClipTransfer(() => { this.desk.cancel(); });
  private readonly panel: ClipboardPanel;

  constructor(
    private readonly desk: ClipboardDesk,
    private readonly app: App,
    signal: AbortSignal,
  ) {
    this.panel = new ClipboardPanel({
      rights: () => desk.rights(),
      offered: () => this.offer !== 0,
      ask: () => { this.ask(this.offer); },
      give: (pasted) => this.give(pasted),
      taken: (clips) => { this.wrote(clips); },
    });
    // Browsers that want an action of the user before they let a page write take the next one.
    for (const name of ['pointerup', 'keydown']) {
      window.addEventListener(name, () => { void this.writeInAction(); }, { capture: true, signal });
    }
    window.addEventListener('focus', () => { void this.focused(); }, { signal });
    signal.addEventListener('abort', () => { this.panel.close(); });
  }

  /** Shows how far a large content is. */
  get element(): HTMLElement {
    return this.transfer.element;
  }

  get mayCopy(): boolean {
    return copyFormats(this.desk.rights()) !== 0;
  }

  get mayPaste(): boolean {
    return pasteFormats(this.desk.rights()) !== 0;
  }

  /** Whether keys that paste bring what this device has copied. */
  get keysPaste(): boolean {
    if (!this.mayPaste) this.tellPolicy();
    return this.mayPaste && this.seamless;
  }

  private get seamless(): boolean {
    return this.app.settings.get(kClipboardMode) === 'auto';
  }

  // --- from the desktop ------------------------------------------------------------------------------------------

  offered(formats: number): void {
    this.unwritten = null;
    this.offer = formats;
    this.unasked = formats;
    this.taken = false;
    this.shared = '';
    this.transfer.hide();
    if (formats === 0) this.panel.draw([]);
    else if (this.panel.open || (this.seamless && document.hasFocus())) this.ask(formats);
  }

  copied(clips: readonly Clip[]): void {
    this.transfer.hide();
    if (this.panel.open) this.panel.draw(clips);
    if (clips.length === 0 || !this.seamless) return;
    this.unwritten = clips;
    void this.writePending();
  }

  progress(copying: boolean, done: number, total: number): void {
    this.transfer.show(copying, done, total);
  }

  cancelled(copying: boolean): void {
    this.transfer.hide();
    this.app.toasts.show('info', copying ? text.comfort.transfer.copyCancelled : text.comfort.transfer.pasteCancelled);
    if (copying) this.unasked = this.offer;
    else this.shared = '';
  }

  private ask(formats: number): void {
    this.unasked = 0;
    this.desk.want(formats);
  }

  private async writePending(): Promise<boolean> {
    const clips = this.unwritten;
    if (clips === null) return true;
    if (!document.hasFocus() || !(await writeClipboard(clips))) return false;
    this.wrote(clips);
    return true;
  }

  private wrote(clips: readonly Clip[]): void {
    if (this.unwritten === clips) this.unwritten = null;
    this.taken = true;
    this.shared = textOf(clips);
  }

  /** A click or a key, in which a browser lets a page write if it ever does. */
  private async writeInAction(): Promise<void> {
    const clips = this.unwritten;
    if (clips === null || !document.hasFocus() || (await this.writePending()) || this.unwritten !== clips) return;
    this.unwritten = null;
    if (this.app.settings.get(kHintsSeen.clipboard)) return;
    this.app.settings.set(kHintsSeen.clipboard, true);
    const t = text.comfort.clipboard;
    this.app.toasts.show('info', t.writeRefused, kOfferMs, { words: t.openPanel, act: () => { void this.openPanel(''); } });
  }

  /** The menu's entry; a click, so every browser allows it. */
  async copyToDevice(): Promise<void> {
    const { toasts } = this.app;
    if (this.unwritten === null) {
      if (this.offer !== 0 && !this.taken) return this.openPanel('');
      return toasts.show('info', this.offer === 0 ? text.clipboard.nothingCopied : text.clipboard.copied);
    }
    if (await this.writePending()) toasts.show('info', text.clipboard.copied);
    else await this.openPanel(text.comfort.clipboard.grantWrite[browserKind()]);
  }

  async openPanel(why: string): Promise<void> {
    await this.panel.show(why);
    this.desk.focus();
  }

  // --- to the desktop --------------------------------------------------------------------------------------------

  /** A paste event: `then` lets the keys go on, once the desktop has been told. */
  pasted(event: ClipboardEvent, then: () => void): void {
    const data = event.clipboardData;
    if (data === null || !hidesPicture(data)) event.preventDefault();
    if (data === null || !this.mayPaste || !this.desk.live()) return then();
    const now = pastedNow(data);
    if (now !== null) {
      this.giveAloud(now);
      return then();
    }
    pastedSoon(data).then((pasted) => { this.giveAloud(pasted); }, () => { this.app.toasts.show('warning', text.clipboard.unreadable); }).finally(then);
  }

  /** The menu's entry. */
  async pasteFromDevice(): Promise<void> {
    const pasted = await readClipboard();
    if (pasted === null) return this.openPanel(text.comfort.clipboard.grantRead[browserKind()]);
    const given = this.giveAloud(pasted);
    if (given) this.app.toasts.show('info', text.clipboard.pasted);
    else if (pasted.clips.length === 0 && pasted.tooLarge === 0) this.app.toasts.show('info', text.clipboard.nothingToPaste);
  }

  private async focused(): Promise<void> {
    if (!this.desk.live() || !this.seamless) return;
    if (this.unasked !== 0) this.ask(this.unasked);
    await this.writePending();
    if (!this.mayPaste || this.unwritten !== null || !(await mayReadUnasked())) return;
    const pasted = await readClipboard();
    if (pasted !== null && textOf(pasted.clips) !== '') this.give(pasted);
  }

  private giveAloud(pasted: PastedClips): boolean {
    if (pasted.tooLarge > 0) this.app.toasts.show('warning', text.comfort.clipboard.tooLarge(pasted.tooLarge));
    const given = this.give(pasted);
    if (!given && pasted.clips.length > 0) this.tellPolicy(pasted.clips);
    return given;
  }

  /** Whether the desktop has it now; not when the policy lets none of it pass. */
  private give(pasted: PastedClips): boolean {
    const may = pasteFormats(this.desk.rights());
    const clips = pasted.clips.filter(({ format }) => (format & may) !== 0);
    if (clips.length === 0) return false;
    const words = textOf(clips);
    if (words !== '' && words === this.shared) return true;
    this.shared = words;
    this.unwritten = null;
    this.unasked = 0;
    this.offer = 0;
    if (this.panel.open) this.panel.draw([]);
    this.desk.paste(clips);
    return true;
  }

  /** Once a session is enough; the panel says it each time. */
  private tellPolicy(clips: readonly Clip[] = []): void {
    if (this.toldPolicy || !this.desk.live()) return;
    this.toldPolicy = true;
    const t = text.comfort.clipboard;
    this.app.toasts.show('warning', this.mayPaste && clips.some(({ format }) => format === kClipImage) ? t.policyPictures : t.policyPaste);
  }
}
