// The form that asks for a second factor, or for the password again: one way at a time, the others a press away.
import type { FactorQuestion, Method, Proof } from './account_api.js';
import { ApiError } from './api.js';
import { Countdown } from './countdown.js';
import { fill, h } from './dom.js';
import { icon } from './icons.js';
import { PasskeyError, usePasskey } from './passkey.js';
import { text } from './text.js';

const kFields = {
  totp: { type: 'text', inputmode: 'numeric', autocomplete: 'one-time-code', maxlength: '9' },
  recovery: { type: 'text', autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false', maxlength: '40' },
  password: { type: 'password', autocomplete: 'current-password', maxlength: '1024' },
} as const;

export class FactorForm {
  readonly element: HTMLFormElement;

  private method: Method;
  private input: HTMLInputElement | null = null;
  private readonly content = h('div', { class: 'factor' });
  private readonly error = h('p', { class: 'form-error', role: 'alert' });
  private readonly submit = h('button', { type: 'submit', class: 'button primary wide' });
  private readonly countdown = new Countdown();

  /** `answer` takes what the person gave and rejects with an ApiError when it does not hold. */
  constructor(
    private readonly question: FactorQuestion,
    private readonly answer: (proof: Proof) => Promise<void>,
  ) {
    this.method = question.methods[0] ?? 'totp';
    this.element = h('form', { class: 'factor-form', novalidate: true, on: { submit: (event) => { event.preventDefault(); void this.send(); } } }, this.content);
    this.draw();
  }

  focus(): void {
    (this.input ?? this.submit).focus();
  }

  close(): void {
    this.countdown.stop();
  }

  private draw(): void {
    const { method } = this;
    this.error.textContent = '';
    this.busy(false);
    this.input = method === 'passkey' ? null : h('input', { id: 'factor', name: method, required: true, ...kFields[method] });
    fill(
      this.content,
      h('p', { class: 'lead' }, text.factor.lead[method]),
      this.input === null || method === 'passkey' ? null : h('div', { class: 'field' }, h('label', { for: 'factor' }, text.factor.label[method]), this.input),
      this.error,
      this.submit,
      ...this.question.methods.filter((one) => one !== method).map((one) => this.other(one)),
    );
  }

  private other(method: Method): HTMLElement {
    const choose = (): void => {
      this.countdown.stop();
      this.method = method;
      this.draw();
      this.focus();
    };
    return h('button', { type: 'button', class: 'button quiet wide', on: { click: choose } }, text.factor.use[method]);
  }

  private async send(): Promise<void> {
    if (this.submit.disabled) return;
    this.error.textContent = '';
    if (this.input?.value.trim() === '') {
      this.error.textContent = text.factor.empty;
      this.focus();
      return;
    }
    this.busy(true);
    try {
      await this.answer(await this.proof());
    } catch (error) {
      this.busy(false);
      if (error instanceof PasskeyError) this.error.textContent = error.message;
      else if (error instanceof ApiError) this.refused(error);
      else throw error;
    }
  }

  private async proof(): Promise<Proof> {
    const { method } = this;
    const typed = this.input?.value ?? '';
    if (method === 'password') return { method, password: typed };
    if (method !== 'passkey' || this.question.passkeys === undefined) return { method, code: typed.replaceAll(/\s/g, '') };
    return { method, credential: await usePasskey(this.question.challenge, this.question.passkeys) };
  }

  private refused(error: ApiError): void {
    this.error.textContent = error.message;
    this.input?.select();
    this.focus();
    if (error.status !== 429) return;
    this.submit.disabled = true;
    this.countdown.start(
      Date.now() + Math.max(1, error.retryAfterS) * 1_000,
      (left) => { this.error.textContent = text.factor.throttled(left); },
      () => { this.draw(); },
    );
  }

  private busy(busy: boolean): void {
    this.submit.disabled = busy;
    const ready = this.method === 'passkey' ? text.factor.passkeySubmit : text.factor.submit;
    fill(this.submit, this.method === 'passkey' && !busy ? icon('key') : null, busy ? text.factor.working : ready);
  }
}
