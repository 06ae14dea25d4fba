import { remember } from '../browser/preferences.js';
import { ApiError, type User } from './api.js';
import type { App, Page } from './app.js';
import { Countdown } from './countdown.js';
import { h } from './dom.js';
import { icon, logo } from './icons.js';
import { showServices } from './sign_in_services.js';
import { text } from './text.js';

/** The form that asks for name and password. */
export class SignInPage implements Page {
  readonly name = 'sign-in';
  readonly title = text.signIn.title;
  readonly element: HTMLElement;

  private readonly user = h('input', {
    id: 'user', name: 'username', type: 'text', autocomplete: 'username', autocapitalize: 'none', spellcheck: 'false', required: true, maxlength: '128',
  });
  private readonly password = h('input', {
    id: 'password', name: 'password', type: 'password', autocomplete: 'current-password', required: true, maxlength: '1024',
    'aria-describedby': 'caps',
  });
  private readonly caps = h('p', { id: 'caps', class: 'hint caps', hidden: true }, text.signIn.capsLock);
  private readonly error = h('p', { class: 'form-error', role: 'alert' });
  private readonly submit = h('button', { type: 'submit', class: 'button primary wide' }, text.signIn.submit);
  private readonly services = h('div', { class: 'services', hidden: true });
  private readonly countdown = new Countdown();

  constructor(
    private readonly app: App,
    note: string,
    private readonly done: (user: User) => void,
    /** Why signing in did not work just now. */
    failure = '',
  ) {
    this.error.textContent = failure;
    const form = h(
      'form',
      { class: 'sign-in', novalidate: true, method: 'post', on: { submit: (event) => { void this.send(event); } } },
      h('div', { class: 'brand' }, logo(), h('span', {}, text.product)),
      h('h1', {}, text.signIn.title),
      h('p', { class: 'lead' }, note === '' ? text.signIn.lead : note),
      h('div', { class: 'field' }, h('label', { for: 'user' }, text.signIn.userName), this.user),
      h('div', { class: 'field' }, h('label', { for: 'password' }, text.signIn.password), h('div', { class: 'with-button' }, this.password, this.reveal())),
      this.caps,
      this.error,
      this.submit,
      this.services,
    );
    void showServices(app.api, this.services, (sentence) => { this.error.textContent = sentence; });
    this.password.addEventListener('keydown', (event) => { this.capsHint(event); });
    this.password.addEventListener('keyup', (event) => { this.capsHint(event); });
    this.password.addEventListener('blur', () => { this.caps.hidden = true; });
    this.element = h('main', { class: 'page sign-in-page' }, form);
  }

  shown(): void {
    this.user.focus();
  }

  close(): void {
    this.countdown.stop();
  }

  private reveal(): HTMLElement {
    const button = h('button', { type: 'button', class: 'icon-button', 'aria-label': text.signIn.show, 'aria-pressed': 'false' }, icon('eye'));
    button.addEventListener('click', () => {
      const shown = this.password.type === 'text';
      this.password.type = shown ? 'password' : 'text';
      button.setAttribute('aria-pressed', String(!shown));
      button.setAttribute('aria-label', shown ? text.signIn.show : text.signIn.hide);
      button.replaceChildren(icon(shown ? 'eye' : 'eyeOff'));
    });
    return button;
  }

  private capsHint(event: KeyboardEvent): void {
    // Password managers dispatch events that are none.
    if (typeof event.getModifierState === 'function') this.caps.hidden = !event.getModifierState('CapsLock');
  }

  private async send(event: Event): Promise<void> {
    event.preventDefault();
    if (this.submit.disabled) return;
    this.error.textContent = '';
    if (this.user.value === '' || this.password.value === '') {
      this.error.textContent = text.signIn.empty;
      (this.user.value === '' ? this.user : this.password).focus();
      return;
    }
    this.busy(true);
    try {
      const user = await this.app.api.login(this.user.value, this.password.value);
      remember('signed-in', '1');
      this.done(user);
    } catch (error) {
      this.busy(false);
      if (error instanceof ApiError) this.refused(error);
      else throw error;
    }
  }

  private refused(error: ApiError): void {
    if (error.status === 429) return this.throttled(Math.max(1, error.retryAfterS));
    this.error.textContent = error.signedOut ? text.signIn.wrong : error.message;
    if (error.signedOut) this.password.select();
    this.password.focus();
  }

  private throttled(seconds: number): void {
    this.submit.disabled = true;
    this.countdown.start(
      Date.now() + seconds * 1_000,
      (left) => { this.error.textContent = text.signIn.throttled(left); },
      () => {
        this.error.textContent = '';
        this.submit.disabled = false;
      },
    );
  }

  private busy(busy: boolean): void {
    this.submit.disabled = busy;
    this.submit.textContent = busy ? text.signIn.working : text.signIn.submit;
    this.element.toggleAttribute('aria-busy', busy);
  }
}
