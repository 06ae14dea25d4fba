// Forms in a dialog: fields with labels, hints and errors of their own, and what the server answers in place.
import { ApiError } from '../api.js';
import { h, type Child } from '../dom.js';
import { icon } from '../icons.js';
import { text as common } from '../text.js';
import { kListedFrom, ListedChoice } from './listed_choice.js';
import { text } from './text_admin.js';

export interface Choice {
  readonly value: string;
  readonly label: string;
  /** Those of one group stand together below its name. */
  readonly group?: string;
  /** What it may be called as well, where it is typed. */
  readonly short?: string;
}

interface FieldBase {
  readonly id: string;
  readonly label: string;
  readonly hint?: string;
  /** Seldom changed: below the others, behind a word. */
  readonly seldom?: boolean;
  /** Filled in from another field's value until the person writes something else here. */
  readonly follows?: { readonly field: string; by(value: string): string };
  /** Nothing else may be called so: what is taken already is said here. */
  readonly unique?: boolean;
  /** What is wrong with the value, or null. Asked at the end and, once something was wrong, as it is typed. */
  check?(value: string): string | null;
}

export type Field =
  | (FieldBase & { readonly kind: 'text' | 'password' | 'number' | 'datetime-local' | 'url'; readonly value?: string; readonly required?: boolean; readonly autocomplete?: string; readonly maxLength?: number; readonly suggestions?: readonly string[]; readonly placeholder?: string; readonly mono?: boolean })
  | (FieldBase & { readonly kind: 'lines'; readonly value?: string; readonly required?: boolean; readonly rows?: number; readonly mono?: boolean; readonly maxLength?: number })
  | (FieldBase & { readonly kind: 'choice'; readonly value?: string; readonly choices: readonly Choice[]; /** Nothing is chosen beforehand, and something has to be. */ readonly required?: boolean; /** Of many, one is found by typing. */ readonly listed?: boolean })
  | (FieldBase & { readonly kind: 'truth'; readonly value?: boolean })
  | (FieldBase & { readonly kind: 'several'; readonly value?: readonly string[]; readonly choices: readonly Choice[]; readonly none: string });

export interface FormValues {
  text(id: string): string;
  truth(id: string): boolean;
  several(id: string): readonly string[];
}

export interface FormOptions {
  readonly title: string;
  readonly lead?: string;
  readonly fields: readonly Field[];
  /** Said below the fields. */
  readonly note?: string;
  readonly submit: string;
  readonly danger?: boolean;
  /** Shown beside the fields, and told of every change. */
  readonly aside?: { readonly element: HTMLElement; changed(values: FormValues, set: (id: string, value: string) => void): void };
  /** Sends it; an ApiError's sentence is shown in the form, which stays open. */
  send(values: FormValues): Promise<void>;
}

/** The server counts characters; maxlength counts units of UTF-16, of which a character is one or two. */
function tooLong(field: Field, value: string): string | null {
  const most = 'maxLength' in field ? field.maxLength : undefined;
  return most !== undefined && [...value].length > most ? text.form.tooLong(most) : null;
}

/** With fewer boxes all are in sight. */
const kSearchFrom = 12;

let opened = 0;

/** Resolves to whether it was sent. */
export function formDialog(options: FormOptions): Promise<boolean> {
  return new FormDialog(options).ask();
}

class FormDialog {
  private readonly prefix = `form-${(opened += 1)}`;
  private readonly dialog: HTMLDialogElement;
  private readonly form: HTMLFormElement;
  private readonly error = h('p', { class: 'form-error', role: 'alert' });
  private readonly submit: HTMLButtonElement;
  private tried = false;
  private readonly listed = new Map<string, ListedChoice>();

  constructor(private readonly options: FormOptions) {
    const titleId = `${this.prefix}-title`;
    this.submit = h('button', { type: 'submit', class: options.danger === true ? 'button danger' : 'button primary' }, options.submit);
    const cancel = h('button', { type: 'button', class: 'button', on: { click: () => { this.dialog.close(); } } }, common.cancel);
    this.form = h('form', { novalidate: true, method: 'dialog', on: { submit: (event) => { event.preventDefault(); void this.send(); } } },
      h('header', {}, h('h2', { id: titleId }, options.title),
        h('button', { type: 'button', class: 'icon-button', 'aria-label': common.close, on: { click: () => { this.dialog.close(); } } }, icon('close'))),
      options.lead === undefined ? null : h('p', { class: 'form-lead' }, options.lead),
      h('div', { class: options.aside === undefined ? 'form-body' : 'form-body with-aside' },
        this.fields(options.fields, options.note ?? ''), options.aside?.element ?? null),
      this.error,
      h('div', { class: 'actions' }, cancel, this.submit));
    this.form.addEventListener('input', () => { this.changed(); });
    this.dialog = h('dialog', { class: 'form-dialog', 'aria-labelledby': titleId }, this.form);
  }

  ask(): Promise<boolean> {
    return new Promise((resolve) => {
      this.dialog.addEventListener('close', () => {
        this.dialog.remove();
        resolve(this.dialog.returnValue === 'sent');
      });
      document.body.append(this.dialog);
      this.dialog.showModal();
      this.form.querySelector<HTMLElement>('.form-fields input, .form-fields select, .form-fields textarea')?.focus();
      this.changed();
    });
  }

  private fields(fields: readonly Field[], note: string): HTMLElement {
    const seldom = fields.filter((field) => field.seldom === true);
    return h('div', { class: 'form-fields' }, ...fields.filter((field) => field.seldom !== true).map((field) => this.field(field)),
      seldom.length === 0 ? null : h('details', {}, h('summary', {}, icon('chevron'), h('span', {}, text.form.more)),
        h('div', { class: 'form-fields' }, ...seldom.map((field) => this.field(field)))),
      note === '' ? null : h('p', { class: 'field-hint' }, note));
  }

  private idOf(field: { readonly id: string }): string {
    return `${this.prefix}-${field.id}`;
  }

  private field(field: Field): HTMLElement {
    const id = this.idOf(field);
    const error = h('p', { class: 'field-error', id: `${id}-error` });
    const hint = field.hint === undefined ? null : h('p', { class: 'field-hint', id: `${id}-hint` }, field.hint);
    const described = `${hint === null ? '' : `${id}-hint `}${id}-error`;
    if (field.kind === 'truth') {
      const box = h('input', { type: 'checkbox', id, name: field.id, 'aria-describedby': described, checked: field.value === true });
      return h('div', { class: 'field check-field' }, h('label', { class: 'check' }, box, h('span', {}, field.label)), hint, error);
    }
    if (field.kind === 'several') return this.several(field, hint, error);
    return h('div', { class: 'field' }, h('label', { for: id }, field.label), this.control(field, id, described), hint, error);
  }

  private control(field: Exclude<Field, { kind: 'truth' | 'several' }>, id: string, described: string): HTMLElement {
    const shared = { id, name: field.id, 'aria-describedby': described };
    if (field.kind === 'choice' && field.listed === true && field.choices.length >= kListedFrom) {
      const listed = new ListedChoice(field.choices, field.value, shared);
      this.listed.set(field.id, listed);
      return listed.element;
    }
    if (field.kind === 'choice') {
      const select = h('select', { ...shared, required: field.required }, field.required === true ? h('option', { value: '' }, text.form.choose) : null, ...options(field.choices));
      if (field.value !== undefined) select.value = field.value;
      return select;
    }
    const written = { ...shared, required: field.required, maxlength: field.maxLength === undefined ? undefined : 2 * field.maxLength, class: field.mono === true ? 'mono' : '' };
    if (field.kind === 'lines') {
      const area = h('textarea', { ...written, rows: field.rows ?? 3 });
      area.value = field.value ?? '';
      return area;
    }
    const plain = { autocomplete: field.autocomplete ?? 'off', autocapitalize: 'none', spellcheck: 'false', placeholder: field.placeholder };
    const suggestions = field.suggestions === undefined ? null : h('datalist', { id: `${id}-list` }, ...field.suggestions.map((one) => h('option', { value: one })));
    const input = h('input', { ...written, ...plain, type: field.kind, value: field.value, list: suggestions === null ? null : `${id}-list` });
    return suggestions === null ? input : h('div', {}, input, suggestions);
  }

  private several(field: Extract<Field, { kind: 'several' }>, hint: HTMLElement | null, error: HTMLElement): HTMLElement {
    const boxes = field.choices.map((choice) => h('label', { class: 'check' },
      h('input', { type: 'checkbox', name: field.id, value: choice.value, checked: field.value?.includes(choice.value) === true }), h('span', {}, choice.label)));
    const checks = h('div', { class: 'checks' }, ...boxes);
    return h('fieldset', { class: 'field' }, h('legend', {}, field.label),
      boxes.length >= kSearchFrom ? searchAmong(boxes, field.label) : null,
      boxes.length === 0 ? h('p', { class: 'field-hint' }, field.none) : checks, hint, error);
  }

  /** What was filled in last, by the field's name. */
  private readonly followed = new Map<string, string>();

  private readonly values: FormValues = {
    text: (id) => {
      const listed = this.listed.get(id);
      if (listed !== undefined) return listed.value ?? '';
      const element = this.form.elements.namedItem(id);
      if (element instanceof HTMLInputElement && element.type === 'password') return element.value;
      return element instanceof HTMLInputElement || element instanceof HTMLSelectElement || element instanceof HTMLTextAreaElement ? element.value.trim() : '';
    },
    truth: (id) => {
      const element = this.form.elements.namedItem(id);
      return element instanceof HTMLInputElement && element.checked;
    },
    several: (id) => [...this.form.querySelectorAll<HTMLInputElement>(`input[name="${CSS.escape(id)}"]:checked`)].map((box) => box.value),
  };

  private follow(): void {
    for (const field of this.options.fields) {
      if (field.follows === undefined || this.values.text(field.id) !== (this.followed.get(field.id) ?? '')) continue;
      const value = field.follows.by(this.values.text(field.follows.field));
      const element = this.form.elements.namedItem(field.id);
      if (element instanceof HTMLInputElement) element.value = value;
      this.followed.set(field.id, value);
    }
  }

  private changed(): void {
    this.follow();
    this.options.aside?.changed(this.values, (id, value) => {
      const element = this.form.elements.namedItem(id);
      if (element instanceof HTMLInputElement || element instanceof HTMLSelectElement || element instanceof HTMLTextAreaElement) element.value = value;
      this.follow();
    });
    if (this.tried) this.check();
  }

  /** Marks what is wrong. The first such field, or null. */
  private check(): HTMLElement | null {
    let first: HTMLElement | null = null;
    for (const field of this.options.fields) {
      if (field.kind === 'truth' || field.kind === 'several') continue;
      const value = this.values.text(field.id);
      const missing = 'required' in field && field.required === true && value === '';
      const unlisted = this.listed.get(field.id)?.value === null;
      const wrong = unlisted ? text.form.notListed : missing ? text.form.missing : value === '' ? null : (tooLong(field, value) ?? field.check?.(value) ?? null);
      const control = this.form.elements.namedItem(field.id);
      const error = this.form.querySelector(`#${CSS.escape(this.idOf(field))}-error`);
      if (error !== null) error.textContent = wrong ?? '';
      if (!(control instanceof HTMLElement)) continue;
      control.setAttribute('aria-invalid', String(wrong !== null));
      if (wrong === null) continue;
      // What is behind a word is shown when it is all that is wrong: it may follow from what is above.
      if (first === null) control.closest('details')?.setAttribute('open', '');
      first ??= control;
    }
    return first;
  }

  /** A sentence of the server that begins with a field's name is shown at that field. */
  private refused({ code, message: sentence }: ApiError): void {
    const named = this.options.fields.find((one) => sentence.startsWith(`${one.id} `) || sentence.startsWith(`${one.id}:`));
    const field = named ?? (code === 'conflict' ? this.options.fields.find((one) => one.unique === true) : undefined);
    const control = field === undefined ? null : this.form.elements.namedItem(field.id);
    if (field === undefined || !(control instanceof HTMLElement)) {
      this.error.textContent = sentence;
      return;
    }
    const error = this.form.querySelector(`#${CSS.escape(this.idOf(field))}-error`);
    if (error !== null) error.textContent = named === undefined ? sentence : `${field.label}${sentence.slice(field.id.length)}`;
    control.setAttribute('aria-invalid', 'true');
    control.closest('details')?.setAttribute('open', '');
    control.focus();
    control.closest('.field')?.scrollIntoView({ block: 'nearest' });
  }

  private async send(): Promise<void> {
    this.tried = true;
    this.error.textContent = '';
    const wrong = this.check();
    if (wrong !== null) {
      wrong.focus();
      wrong.closest('.field')?.scrollIntoView({ block: 'nearest' });
      return;
    }
    this.submit.disabled = true;
    this.form.setAttribute('aria-busy', 'true');
    try {
      await this.options.send(this.values);
      this.dialog.close('sent');
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.refused(error);
    } finally {
      this.submit.disabled = false;
      this.form.removeAttribute('aria-busy');
    }
  }
}

/** A field that leaves those boxes in sight whose words hold what is typed, and those that are ticked. */
function searchAmong(boxes: readonly HTMLElement[], name: string): HTMLElement {
  const input = h('input', { type: 'search', class: 'search-input', placeholder: text.table.search, 'aria-label': text.table.searchIn(name), autocomplete: 'off', spellcheck: 'false' });
  input.addEventListener('input', () => {
    const words = input.value.trim().toLowerCase();
    for (const box of boxes) box.hidden = !(box.textContent ?? '').toLowerCase().includes(words) && box.querySelector('input')?.checked !== true;
  });
  // Enter here means to find, not to send.
  input.addEventListener('keydown', (event) => { if (event.key === 'Enter') event.preventDefault(); });
  return h('div', { class: 'search' }, icon('search'), input);
}

/** Options as they come, those of a group together. */
function options(choices: readonly Choice[]): HTMLElement[] {
  const made: HTMLElement[] = [];
  const groups = new Map<string, HTMLElement>();
  for (const choice of choices) {
    const option = h('option', { value: choice.value }, choice.label);
    const group = choice.group === undefined ? undefined : (groups.get(choice.group) ?? h('optgroup', { label: choice.group }));
    if (choice.group !== undefined && group !== undefined && !groups.has(choice.group)) {
      groups.set(choice.group, group);
      made.push(group);
    }
    if (group === undefined) made.push(option);
    else group.append(option);
  }
  return made;
}

/** Shows something once, with a way to copy it: a password, a token. */
export function showSecret(options: { title: string; lead: string; label: string; secret: string }): Promise<void> {
  return new Promise((resolve) => {
    const field = h('input', { id: 'secret', class: 'mono', readonly: true, value: options.secret });
    const copied = h('span', { class: 'visually-hidden', role: 'status' });
    const copy = h('button', { type: 'button', class: 'button', on: { click: () => {
      field.select();
      void navigator.clipboard.writeText(options.secret).then(() => { copied.textContent = text.form.copied; copy.textContent = text.form.copied; }, () => undefined);
    } } }, text.form.copy);
    const dialog = h('dialog', { class: 'form-dialog secret-dialog', 'aria-labelledby': 'secret-title' },
      h('form', { method: 'dialog' },
        h('header', {}, h('h2', { id: 'secret-title' }, options.title)),
        h('p', { class: 'form-lead' }, options.lead),
        h('div', { class: 'field' }, h('label', { for: 'secret' }, options.label), h('div', { class: 'secret-row' }, field, copy)), copied,
        h('div', { class: 'actions' }, h('button', { type: 'submit', class: 'button primary' }, text.form.noted))));
    // It is shown this once: an Enter too many, after that of the form before, does not take it away.
    field.addEventListener('keydown', (event) => { if (event.key === 'Enter') event.preventDefault(); });
    dialog.addEventListener('close', () => { dialog.remove(); resolve(); });
    document.body.append(dialog);
    dialog.showModal();
    field.select();
  });
}

/** A heading of a page with its buttons. */
export function pageHead(title: string, lead: Child, ...actions: Child[]): HTMLElement {
  return h('header', { class: 'page-head' },
    h('div', {}, h('h1', { tabindex: '-1' }, title), lead === null || lead === '' ? null : h('p', { class: 'page-lead' }, lead)),
    h('div', { class: 'actions' }, ...actions));
}
