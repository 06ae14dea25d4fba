import type { FactorQuestion, LoginAnswer, Proof } from './account_api.js';
import { ApiError, type User } from './api.js';
import type { App, Page } from './app.js';
import { ServerReturn } from '../browser/server_return.js';
import { Countdown } from './countdown.js';
import { fill, h } from './dom.js';
import { FactorForm } from './factor_form.js';
import { icon, logo } from './icons.js';
import { languageChoice } from './language_choice.js';
import { canUsePasskeys, PasskeyError, usePasskey } from './passkey.js';
import { recoveryCodes } from './recovery_codes.js';
import { showServices } from './sign_in_services.js';
import { text } from './text.js';
import { TotpSetup } from './totp_setup.js';

/** The form that asks for name and password, and then for the second step; or for a passkey alone. */
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
  private readonly away = h('p', { class: 'form-note', role: 'alert', hidden: true });
  private readonly error = h('p', { class: 'form-error', role: 'alert' });
  private readonly submit = h('button', { type: 'submit', class: 'button primary wide' }, text.signIn.submit);
  private readonly services = h('div', { class: 'services', hidden: true });
  private readonly countdown = new Countdown();
  private readonly serverReturn = new ServerReturn(() => { void this.offerWays(); });
  private readonly passkey = h(
    'button',
    { type: 'button', class: 'button wide', hidden: true, on: { click: () => { void this.sendPasskey(); } } },
    icon('key'), text.passkey.signIn,
  );
  private readonly form: HTMLFormElement;
  private readonly main = h('main');
  private readonly foot = h('footer', {}, languageChoice());
  private step: FactorForm | null = null;

  constructor(
    private readonly app: App,
    note: string,
    private readonly done: (user: User) => void,
    /** Why signing in did not work just now. */
    failure = '',
  ) {
    this.error.textContent = failure;
    this.form = h(
      'form',
      { class: 'sign-in', novalidate: true, method: 'post', on: { submit: (event) => { void this.send(event); } } },
      h('div', { class: 'brand' }, logo(), h('span', {}, text.product)),
      h('h1', {}, text.signIn.title),
      h('p', { class: 'lead' }, note === '' ? text.signIn.lead : note),
      this.away,
      h('div', { class: 'field' }, h('label', { for: 'user' }, text.signIn.userName), this.user),
      h('div', { class: 'field' }, h('label', { for: 'password' }, text.signIn.password), h('div', { class: 'with-button' }, this.password, this.reveal())),
      this.caps,
      this.error,
      this.submit,
      this.passkey,
      this.services,
    );
    fill(this.main, this.form);
    this.password.addEventListener('keydown', (event) => { this.capsHint(event); });
    this.password.addEventListener('keyup', (event) => { this.capsHint(event); });
    this.password.addEventListener('blur', () => { this.caps.hidden = true; });
    this.element = h('div', { class: 'page sign-in-page' }, this.main, this.foot);
  }

  shown(): void {
    this.user.focus();
    void this.offerWays();
  }

  close(): void {
    this.countdown.stop();
    this.serverReturn.follow(false);
    this.step?.close();
  }

  /** Ways to sign in beside the password; the server is asked, so this tells whether it is there. */
  private async offerWays(): Promise<void> {
    const [reached] = await Promise.all([
      showServices(this.app.api, this.services, (sentence) => { this.error.textContent = sentence; }),
      this.offerPasskey(),
    ]);
    this.setAway(!reached);
  }

  /** The form stays, with what was typed: it can be sent as soon as the server answers again. */
  private setAway(away: boolean): void {
    this.away.textContent = away ? text.signIn.away : '';
    this.away.hidden = !away;
    this.serverReturn.follow(away && this.element.isConnected);
  }

  private async offerPasskey(): Promise<void> {
    if (typeof PublicKeyCredential !== 'function') return;
    // Where the broker does not say, the password is asked for all the same.
    const use = await this.app.api.passkeyUse().catch(() => null);
    this.passkey.hidden = use === null || !canUsePasskeys(use.origin);
  }

  private async sendPasskey(): Promise<void> {
    if (this.passkey.disabled) return;
    this.error.textContent = '';
    this.passkey.disabled = true;
    try {
      const { challenge, passkeys } = await this.app.api.passkeyQuestion();
      this.proceed(await this.app.api.passkeySignIn(challenge, await usePasskey(challenge, passkeys)));
    } catch (error) {
      if (!(error instanceof PasskeyError) && !(error instanceof ApiError)) throw error;
      this.error.textContent = error.message;
    } finally {
      this.passkey.disabled = false;
    }
  }

  /** What comes after the password, or after the second step. */
  private proceed(answer: LoginAnswer): void {
    if (answer.next === 'second_factor') return this.askFactor(answer);
    if (answer.next === 'enrolment') return void this.enrol(answer.challenge);
    const done = (): void => { this.done(answer.user); };
    if (answer.recoveryCodes.length === 0) return done();
    this.card(text.recovery.title, recoveryCodes(answer.recoveryCodes, done), false);
  }

  private askFactor(question: FactorQuestion): void {
    this.step = new FactorForm(question, (proof) => this.answerStep(question.challenge, proof));
    this.card(text.factor.title, this.step.element, true);
    this.step.focus();
  }

  private async enrol(challenge: string): Promise<void> {
    try {
      const offer = await this.app.api.offerTotpAtSignIn(challenge);
      const setup = new TotpSetup(offer, (code) => this.answerStep(challenge, { method: 'enrol', enrolment: offer.enrolment, code }));
      this.card(text.totp.title, h('div', {}, h('p', { class: 'lead' }, text.totp.required), setup.element), true);
      setup.focus();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.again(error.message);
    }
  }

  private async answerStep(challenge: string, proof: Proof): Promise<void> {
    try {
      this.proceed(await this.app.api.secondStep(challenge, proof));
    } catch (error) {
      // The question is gone; it begins with the password again.
      if (error instanceof ApiError && error.status === 409) return this.again(error.message);
      throw error;
    }
  }

  private card(title: string, content: HTMLElement, back: boolean): void {
    // Another language is the page anew, which would take away a question, or codes that are shown once.
    this.foot.hidden = true;
    fill(
      this.main,
      h('div', { class: 'sign-in' },
        h('div', { class: 'brand' }, logo(), h('span', {}, text.product)),
        h('h1', {}, title),
        content,
        back ? h('button', { type: 'button', class: 'button quiet wide', on: { click: () => { this.again(''); } } }, icon('back'), text.factor.back) : null),
    );
  }

  /** Back to name and password. */
  private again(note: string): void {
    this.step?.close();
    this.step = null;
    this.busy(false);
    this.password.value = '';
    this.error.textContent = note;
    this.foot.hidden = false;
    fill(this.main, this.form);
    this.password.focus();
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
      this.proceed(await this.app.api.login(this.user.value, this.password.value));
    } catch (error) {
      this.busy(false);
      if (error instanceof ApiError) this.refused(error);
      else throw error;
    }
  }

  private refused(error: ApiError): void {
    if (error.status === 429) return this.throttled(Math.max(1, error.retryAfterS));
    if (error.unreached) this.setAway(true);
    else this.error.textContent = error.signedOut ? text.signIn.wrong : error.message;
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
    this.main.setAttribute('aria-busy', String(busy));
  }
}
