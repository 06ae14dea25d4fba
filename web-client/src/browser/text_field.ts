// The hidden text field that holds the focus during a session. What no key event tells arrives here as text: dead keys,
// input methods, soft keyboards with their corrections, dictation, and text that a script or a password tool inserts.
import { kFieldFiller, textEdit } from '../core/text_edit.js';
import type { KeySender } from './key_sender.js';
import { eventTimeMs } from './event_time.js';

/** A field longer than this is emptied between words. */
const kLongest = 240;

export class TextField {
  readonly element = document.createElement('textarea');
  /** A soft keyboard is wanted: its words are followed as they grow instead of when they are done. */
  private soft = false;
  private known = '';

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
    field.addEventListener('compositionend', (event) => {
      this.composed(event);
    });
    this.empty();
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

  /** Input methods open their window at the field, and a soft keyboard keeps it in sight. */
  moveTo(point: { x: number; y: number }): void {
    this.element.style.left = `${point.x}px`;
    this.element.style.top = `${point.y}px`;
  }

  private changed(event: InputEvent): void {
    if (event.isComposing && !this.soft) return;
    this.sendDifference(eventTimeMs(event));
    if (!event.isComposing && (!this.soft || this.known.length > kLongest || this.known.length < kFieldFiller.length)) {
      this.empty();
    }
  }

  private composed(event: CompositionEvent): void {
    this.sendDifference(eventTimeMs(event));
    if (!this.soft) this.empty();
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
