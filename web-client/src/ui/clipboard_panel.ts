// One place for both clipboards, where the browser does not let the page at the device's by itself: shows what the desktop
// has copied, with a button to take it, and a field that takes whatever is pasted. Content is shown as text and as a PNG
// picture; nothing of it is ever read as markup.
import { pastedNow, pastedSoon, pictureFile, textOf, typedText, writeByClick, type PastedClips } from '../browser/clipboard_access.js';
import { copyFormats, pasteFormats, type Clip } from '../core/clipboard.js';
import { kClipHtml, kClipImage, kClipText } from '../wire/messages.gen.js';
import { closeOnBackdrop, sheet } from './dialog.js';
import { fill, h } from './dom.js';
import { icon } from './icons.js';
import { text } from './text.js';

/** Enough to recognise it. */
const kPreviewCharacters = 2_000;

export interface PanelDesk {
  rights(): number;
  /** The desktop has copied something; its content comes by show(). */
  offered(): boolean;
  ask(): void;
  give(pasted: PastedClips): boolean;
  /** This is the device's clipboard now. */
  taken(clips: readonly Clip[]): void;
}

export class ClipboardPanel {
  private dialog: HTMLDialogElement | null = null;
  private clips: readonly Clip[] = [];
  private picture = '';
  private readonly copied = h('div', { class: 'clip-copied' });
  private readonly state = h('p', { class: 'clip-state', role: 'status' });
  private readonly answer = h('p', { class: 'clip-state', role: 'status' });

  constructor(private readonly desk: PanelDesk) {}

  get open(): boolean {
    return this.dialog !== null;
  }

  /** `why`: what did not work by itself. Resolves when it was closed. */
  async show(why: string): Promise<void> {
    if (this.dialog !== null) return;
    const t = text.comfort.clipboard;
    this.answer.textContent = '';
    const rights = this.desk.rights();
    const mayCopy = copyFormats(rights) !== 0;
    if (!mayCopy) {
      this.state.textContent = t.policyCopy;
      fill(this.copied);
    } else if (!this.desk.offered()) {
      this.draw([]);
    } else {
      this.state.textContent = t.coming;
      this.desk.ask();
    }
    const close = h('button', { type: 'button', class: 'button', on: { click: () => { this.dialog?.close(); } } }, text.close);
    const { dialog, closed } = sheet(t.title,
      h('div', { class: 'sheet-body' },
        why === '' ? null : h('p', { class: 'clip-why' }, why),
        h('section', { 'aria-labelledby': 'clip-from' }, h('h3', { id: 'clip-from' }, t.fromDesktop), this.state, this.copied),
        h('section', { 'aria-labelledby': 'clip-to' }, h('h3', { id: 'clip-to' }, t.toDesktop), ...this.pasteParts(pasteFormats(rights)), this.answer)),
      h('div', { class: 'actions' }, close));
    dialog.classList.add('framed', 'clip-panel');
    closeOnBackdrop(dialog);
    this.dialog = dialog;
    await closed;
    this.dialog = null;
    this.draw([]);
  }

  close(): void {
    this.dialog?.close();
  }

  /** What the desktop has copied. */
  draw(clips: readonly Clip[]): void {
    this.clips = clips;
    URL.revokeObjectURL(this.picture);
    this.picture = '';
    const t = text.comfort.clipboard;
    if (clips.length === 0) {
      this.state.textContent = text.clipboard.nothingCopied;
      fill(this.copied);
      return;
    }
    this.state.textContent = t.holds(clips.map(({ format, bytes }) => t.formats[format === kClipText ? 'text' : format === kClipHtml ? 'html' : 'image'](t.size(bytes.length))));
    const words = textOf(clips);
    const html = clips.find(({ format }) => format === kClipHtml);
    const image = clips.find(({ format }) => format === kClipImage);
    const take = h('button', { type: 'button', class: 'button primary', on: { click: () => { void this.take(); } } }, icon('copy'), text.session.toolbar.copy);
    fill(this.copied,
      words === '' ? null : preview(words, t.textLabel),
      image === undefined ? null : this.thumbnail(image),
      html === undefined ? null : h('details', {}, h('summary', {}, t.htmlSource), preview(new TextDecoder().decode(html.bytes), t.htmlSource)),
      h('div', { class: 'actions' }, take, image === undefined ? null : this.saveLink()));
  }

  private thumbnail({ bytes }: Clip): HTMLElement {
    this.picture = URL.createObjectURL(new Blob([bytes], { type: 'image/png' }));
    return h('img', { class: 'clip-picture', src: this.picture, alt: text.comfort.clipboard.pictureAlt });
  }

  private saveLink(): HTMLElement {
    return h('a', { class: 'button', href: this.picture, download: text.comfort.clipboard.fileName }, text.comfort.clipboard.save);
  }

  private async take(): Promise<void> {
    const t = text.comfort.clipboard;
    const clips = this.clips;
    const written = await writeByClick(clips);
    if (written !== 'nothing') this.desk.taken(clips);
    this.state.textContent = written === 'all' ? text.clipboard.copied : written === 'text' ? t.onlyText : t.notWritten;
  }

  private pasteParts(formats: number): (Node | null)[] {
    const t = text.comfort.clipboard;
    if (formats === 0) return [h('p', { class: 'clip-state' }, t.policyPaste)];
    const field = h('textarea', { id: 'clip-field', rows: '3', placeholder: t.fieldHint, spellcheck: 'false' });
    const typed = h('button', { type: 'button', class: 'button primary', disabled: true, on: { click: () => {
      if (this.give(typedText(field.value))) field.value = '';
      typed.disabled = field.value === '';
    } } }, icon('paste'), t.give);
    field.addEventListener('input', () => { typed.disabled = field.value === ''; });
    field.addEventListener('paste', (event) => { this.pasted(event); });
    const file = h('input', { type: 'file', accept: 'image/*', class: 'visually-hidden', id: 'clip-file' });
    file.addEventListener('change', () => {
      const chosen = file.files?.[0];
      if (chosen !== undefined) void this.soon(pictureFile(chosen));
      file.value = '';
    });
    const mayPicture = (formats & kClipImage) !== 0;
    return [
      h('label', { for: 'clip-field', class: 'visually-hidden' }, t.fieldLabel), field,
      mayPicture ? null : h('p', { class: 'clip-state' }, t.policyPictures),
      h('div', { class: 'actions' }, typed, mayPicture ? h('label', { for: 'clip-file', class: 'button' }, t.choose) : null, mayPicture ? file : null),
    ];
  }

  private pasted(event: ClipboardEvent): void {
    const data = event.clipboardData;
    if (data === null) return;
    event.preventDefault();
    const now = pastedNow(data);
    if (now !== null) this.give(now);
    else void this.soon(pastedSoon(data));
  }

  private async soon(coming: Promise<PastedClips>): Promise<void> {
    try {
      this.give(await coming);
    } catch {
      this.say(text.clipboard.unreadable);
    }
  }

  private give(pasted: PastedClips): boolean {
    const t = text.comfort.clipboard;
    if (pasted.tooLarge > 0) this.say(t.tooLarge(pasted.tooLarge));
    else if (pasted.clips.length === 0) this.say(text.clipboard.nothingToPaste);
    if (pasted.clips.length === 0) return false;
    const given = this.desk.give(pasted);
    if (pasted.tooLarge === 0) this.say(given ? t.given : t.policyFormat);
    return given;
  }

  /** It may be below what is in sight. */
  private say(sentence: string): void {
    this.answer.textContent = sentence;
    this.answer.scrollIntoView({ block: 'nearest' });
  }
}

function preview(words: string, label: string): HTMLElement {
  const cut = words.length > kPreviewCharacters;
  return h('pre', { class: 'clip-text', tabindex: '0', 'aria-label': label, dir: 'auto' }, cut ? `${words.slice(0, kPreviewCharacters)}…` : words);
}
