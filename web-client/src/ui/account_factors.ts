// Of the account: the password, the authenticator app and the recovery codes.
import { action, row, section, type AccountDesk } from './account_page.js';
import { confirm, sheet } from './dialog.js';
import { h } from './dom.js';
import { date } from './moments.js';
import { text } from './text.js';
import { TotpSetup } from './totp_setup.js';

export function passwordSection(desk: AccountDesk): HTMLElement {
  const t = text.account.password;
  const field = (id: string, label: string, autocomplete: string): [HTMLElement, HTMLInputElement] => {
    const input = h('input', { id, type: 'password', autocomplete, required: true, maxlength: '256' });
    return [h('div', { class: 'field' }, h('label', { for: id }, label), input), input];
  };
  const [oldField, old] = field('old-password', t.old, 'current-password');
  const [wantedField, wanted] = field('new-password', t.wanted, 'new-password');
  const [againField, again] = field('new-password-again', t.again, 'new-password');
  const error = h('p', { class: 'form-error', role: 'alert' });
  // Password managers want to know whose it is.
  const user = h('input', { type: 'text', autocomplete: 'username', value: desk.account.user.name, hidden: true, readonly: true, tabindex: '-1' });
  const submit = (event: Event): void => {
    event.preventDefault();
    const empty = [old, wanted, again].find((one) => one.value === '');
    error.textContent = empty !== undefined ? t.empty : wanted.value === again.value ? '' : t.differ;
    if (error.textContent !== '') (empty ?? again).focus();
    else void desk.act(() => desk.app.api.account.changePassword(old.value, wanted.value), t.changed);
  };
  const form = h('form', { class: 'password-form', novalidate: true, on: { submit } },
    user, oldField, wantedField, h('small', {}, t.rules), againField, error,
    h('div', { class: 'actions' }, h('button', { type: 'submit', class: 'button' }, t.submit)));
  return section('account-password', t.title, null, form);
}

export function factorSection(desk: AccountDesk): HTMLElement {
  const t = text.account.factor;
  const { totp_since_s: since, recovery_codes: left, on, required } = desk.account.second_factor;
  const api = desk.app.api.account;
  const remove = async (): Promise<void> => {
    if (await confirm({ title: t.removeTitle, text: t.removeText, agree: t.remove, danger: true })) await desk.act(() => api.removeTotp(), t.removed);
  };
  const renew = async (): Promise<void> => {
    if (await confirm({ title: t.recoveryTitle, text: t.recoveryText, agree: t.recoveryNew, danger: true })) await desk.act(() => api.newRecoveryCodes());
  };
  const setUp = (): void => { void desk.act(() => setUpApp(desk)); };
  return section(
    'account-factor',
    t.title,
    h('span', { class: on ? 'badge good' : 'badge' }, on ? t.on : t.off),
    h('p', { class: 'account-lead' }, required ? `${t.lead} ${t.required}` : t.lead),
    row(t.app, since === null ? t.appNone : t.appSince(date(since)),
      action(since === null ? t.setUp : t.replace, setUp, `${since === null ? t.setUp : t.replace}: ${t.app}`, on ? '' : 'primary'),
      since === null ? null : action(t.remove, () => { void remove(); }, `${t.remove}: ${t.app}`)),
    row(t.recovery, on ? t.recoveryLeft(left) : t.recoveryNone, on ? action(t.recoveryNew, () => { void renew(); }) : null),
  );
}

/** Gives new recovery codes when there were none before. */
async function setUpApp(desk: AccountDesk): Promise<readonly string[]> {
  const api = desk.app.api.account;
  const offer = await api.offerTotp();
  let codes: readonly string[] = [];
  const setup = new TotpSetup(offer, async (code) => {
    codes = await api.confirmTotp(offer.enrolment, code);
    dialog.close('on');
  });
  const cancel = h('button', { type: 'button', class: 'button', on: { click: () => { dialog.close(); } } }, text.cancel);
  const { dialog, closed } = sheet(text.totp.title, setup.element, h('div', { class: 'actions' }, cancel));
  setup.focus();
  if ((await closed) === 'on') desk.app.toasts.show('info', text.account.factor.turnedOn);
  return codes;
}
