// The hidden text field that holds the focus during a session. What no key event tells arrives here as text: dead keys,
// input methods, soft keyboards with their corrections, dictation, and text that a script or a password tool inserts.
import { backspaceUnits, kFieldFiller, textEdit } from '../core/text_edit.js';
import type { KeySender } from './key_sender.js';
import { eventTimeMs } from './event_time.js';

/** A field longer than this is emptied between words. */
const kLongest = 240;
/** Room beside what is composed for the input method's own caret, CSS pixels. */
const kComposeRoom = 4;

export class TextField {
  readonly element = document.createElement('textarea');
  /** A soft keyboard is wanted: its words are followed as they grow instead of when they are done. */
  private soft = false;
  private known = '';
  private composition = false;

  constructor(
    label: string,
    private readonly keys: KeySender,
  ) {
    const field = this.element;
    field.className = 'text-field';
    field.setAttribute('aria-label', label);
    for (const name of ['autocapitalize', 'autocomplete', 'autocorrect']) field.setAttribute(name, 'off');
    field.spellcheck = false;
    field.inputMode = 'none';
    field.addEventListener('input', (event) => {
      this.changed(event as InputEvent);
    });
    field.addEventListener('compositionstart', () => {
      this.composition = true;
      field.classList.toggle('composing', !this.soft);
    });
    field.addEventListener('compositionend', (event) => {
      this.composed(event);
    });
    field.addEventListener('selectionchange', (event) => {
      this.moved(eventTimeMs(event));
    });
    this.empty();
  }

  /** An input method has text here that is not sent yet. */
  get composing(): boolean {
    return this.composition;
  }

  focus(): void {
    this.element.focus({ preventScroll: true });
  }

  get hasFocus(): boolean {
    return document.activeElement === this.element;
  }

  get softKeyboard(): boolean {
    return this.soft;
  }

  /** Shows or hides the soft keyboard. Browsers show it only in answer to a touch. */
  setSoftKeyboard(shown: boolean): void {
    this.soft = shown;
    this.element.inputMode = shown ? 'text' : 'none';
    this.empty();
    // The mode counts when the field gets the focus.
    this.element.blur();
    this.focus();
  }

  /**
   * Input methods open their window at the field, what they compose is shown in it, and a soft keyboard keeps it in
   * sight: so it is put at the caret. Relative to the stage, CSS pixels.
   */
  moveTo(point: { x: number; y: number }, height: number): void {
    const { style } = this.element;
    style.left = `${point.x}px`;
    style.top = `${point.y}px`;
    style.blockSize = style.lineHeight = `${height}px`;
  }

  private changed(event: InputEvent): void {
    if (event.isComposing && !this.soft) return this.fit();
    this.sendDifference(eventTimeMs(event));
    if (!event.isComposing && (!this.soft || this.known.length > kLongest || this.known.length < kFieldFiller.length)) {
      this.empty();
    }
  }

  private composed(event: CompositionEvent): void {
    this.composition = false;
    this.element.classList.remove('composing');
    this.element.style.inlineSize = '';
    this.sendDifference(eventTimeMs(event));
    if (!this.soft) this.empty();
  }

  /** As wide as what is composed. */
  private fit(): void {
    this.element.style.inlineSize = '0';
    this.element.style.inlineSize = `${this.element.scrollWidth + kComposeRoom}px`;
  }

  /** A soft keyboard moved the caret in the words it knows, as by sliding on its space bar: so many arrow keys. */
  private moved(atMs: number): void {
    const field = this.element;
    const { selectionStart: at, value } = field;
    if (!this.soft || this.composition || value !== this.known || at !== field.selectionEnd || at === value.length) return;
    const steps = backspaceUnits(value.slice(at)).length;
    // What comes next is typed there; the words before it are no longer the soft keyboard's.
    this.empty();
    field.setSelectionRange(this.known.length, this.known.length);
    for (let i = 0; i < steps; i += 1) this.keys.chord(['Left'], atMs);
  }

  private sendDifference(atMs: number): void {
    const edit = textEdit(this.known, this.element.value);
    this.known = this.element.value;
    for (let i = 0; i < edit.erase; i += 1) this.keys.chord(['Backspace'], atMs);
    if (edit.insert !== '') this.keys.text(edit.insert, atMs);
  }

  private empty(): void {
    this.known = this.soft ? kFieldFiller : '';
    this.element.value = this.known;
  }
}
