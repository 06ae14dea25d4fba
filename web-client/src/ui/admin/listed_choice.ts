// A choice among more than anybody reads through: part of a name is typed, and those that have it are offered.
import { h } from '../dom.js';
import type { Choice } from './form_dialog.js';
import { text } from './text_admin.js';

/** With fewer, a list to open is quicker. */
export const kListedFrom = 100;

const folded = (name: string): string => name.trim().toLowerCase();

export class ListedChoice {
  readonly element: HTMLElement;
  private readonly input: HTMLInputElement;
  private readonly values = new Map<string, string>();

  /** `shared` are the attributes of the field. */
  constructor(choices: readonly Choice[], chosen: string | undefined, shared: Readonly<Record<string, string>>) {
    for (const { value, label, short } of choices) {
      this.values.set(folded(label), value);
      // A label that reads the same goes first.
      if (short !== undefined && !this.values.has(folded(short))) this.values.set(folded(short), value);
    }
    const list = `${shared['id'] ?? ''}-list`;
    const first = choices.find((one) => one.value === (chosen ?? ''));
    this.input = h('input', { ...shared, type: 'text', list, value: first?.label ?? '', placeholder: text.form.find, autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false' });
    // What stands there already would hide all others from the list.
    this.input.addEventListener('focus', () => { this.input.select(); });
    this.element = h('div', {}, this.input, h('datalist', { id: list }, ...choices.map((one) => h('option', { value: one.label }))));
  }

  /** The chosen value; null when what is written is none of them. */
  get value(): string | null {
    const written = folded(this.input.value);
    return written === '' ? '' : (this.values.get(written) ?? null);
  }
}
