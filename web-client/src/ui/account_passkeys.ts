// Of the account: passkeys.
import type { Passkey } from './account_api.js';
import { action, row, section, type AccountDesk } from './account_page.js';
import { confirm, sheet } from './dialog.js';
import { h } from './dom.js';
import { icon } from './icons.js';
import { ago, date } from './moments.js';
import { canUsePasskeys, createPasskey } from './passkey.js';
import { text } from './text.js';

/** Marks of direction are for sentences, not for a name that is kept. */
const kIsolates = /[\u2066-\u2069]/g;

export function passkeysSection(desk: AccountDesk): HTMLElement {
  const t = text.account.passkeys;
  const { passkeys, passkey_use: use } = desk.account;
  const add = h('button', { type: 'button', class: 'button', on: { click: () => { void desk.act(() => addPasskey(desk)); } } }, icon('key'), t.add);
  const here = use.possible && canUsePasskeys(use.origin);
  const why = !use.possible ? use.why ?? '' : use.origin === location.origin ? t.unsupported : t.openAt(use.origin ?? '');
  return section(
    'account-passkeys',
    t.title,
    null,
    h('p', { class: 'account-lead' }, t.lead),
    ...(passkeys.length === 0 ? [h('p', { class: 'account-about' }, t.none)] : passkeys.map((one) => passkeyRow(desk, one))),
    here ? h('div', { class: 'actions' }, add) : h('p', { class: 'hint' }, why),
  );
}

function passkeyRow(desk: AccountDesk, passkey: Passkey): HTMLElement {
  const t = text.account.passkeys;
  const api = desk.app.api.account;
  const rename = async (): Promise<void> => {
    const name = await askName(passkey.name, text.cancel);
    if (name !== '' && name !== passkey.name) await desk.act(() => api.renamePasskey(passkey.id, name));
  };
  const remove = async (): Promise<void> => {
    const agreed = await confirm({ title: t.removeTitle(passkey.name), text: t.removeText, agree: t.remove, danger: true });
    if (agreed) await desk.act(() => api.removePasskey(passkey.id), t.removed(passkey.name));
  };
  const used = passkey.used_s === null ? t.neverUsed : t.used(ago(passkey.used_s));
  return row(passkey.name, `${t.created(date(passkey.created_s))} · ${used}`,
    action(t.rename, () => { void rename(); }, t.renameOf(passkey.name)),
    action(t.remove, () => { void remove(); }, t.removeOf(passkey.name)));
}

/** The name is asked for once the browser has made it: before that the person may still change their mind. */
async function addPasskey(desk: AccountDesk): Promise<readonly string[]> {
  const api = desk.app.api.account;
  const question = await api.passkeyQuestion();
  const credential = await createPasskey(question);
  const browser = desk.browsers.find((one) => one.this_one)?.browser;
  const suggested = browser === undefined ? text.account.passkeys.title : text.account.browsers.browser(browser).replaceAll(kIsolates, '');
  // It exists by now; whoever does not name it gets the suggestion.
  const name = (await askName(suggested, text.account.passkeys.skip)) || suggested;
  const codes = await api.addPasskey(question.challenge, name, credential);
  desk.app.toasts.show('info', text.account.passkeys.added(name));
  return codes;
}

/** The name the person gives it; "" when they gave up. */
async function askName(present: string, giveUp: string): Promise<string> {
  const t = text.account.passkeys;
  const input = h('input', { id: 'passkey-name', type: 'text', value: present, maxlength: '60', autocomplete: 'off', required: true });
  const submit = (event: Event): void => {
    event.preventDefault();
    if (input.value.trim() !== '') dialog.close(input.value.trim());
  };
  const form = h('form', { class: 'factor', on: { submit } },
    h('p', { class: 'lead' }, t.nameHint),
    h('div', { class: 'field' }, h('label', { for: 'passkey-name' }, t.nameLabel), input),
    h('div', { class: 'actions' },
      h('button', { type: 'button', class: 'button', on: { click: () => { dialog.close(); } } }, giveUp),
      h('button', { type: 'submit', class: 'button primary' }, t.save)));
  const { dialog, closed } = sheet(t.nameTitle, form);
  input.select();
  return closed;
}
