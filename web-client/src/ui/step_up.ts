// Proving anew who sits there, in a dialog, when the broker asks for it in the middle of something.
import type { Api } from './api.js';
import { ApiError } from './api.js';
import { sheet } from './dialog.js';
import { h } from './dom.js';
import { FactorForm } from './factor_form.js';
import { text } from './text.js';

/** The question that is open: a second request that needs the same proof waits for it. */
let open: Promise<boolean> | null = null;

/** `code` is the broker's: step_up_required or password_required. Whether the person proved themselves. */
export function askForProof(api: Api, code: string): Promise<boolean> {
  open ??= ask(api, code).finally(() => { open = null; });
  return open;
}

async function ask(api: Api, code: string): Promise<boolean> {
  const question = await api.account.stepUpQuestion();
  // A password is no second factor: where one of these is asked for, it would be asked in vain.
  const methods = question.methods.filter((one) => one !== 'password' || code === 'password_required');
  const cancel = h('button', { type: 'button', class: 'button', on: { click: () => { dialog.close(); } } }, text.cancel);
  const form = methods.length === 0
    ? null
    : new FactorForm({ ...question, methods }, async (proof) => {
      await api.account.stepUp(question.challenge, proof).catch((error: unknown) => {
        // Without its challenge the form is of no more use.
        if (error instanceof ApiError && error.status === 409) dialog.close();
        throw error;
      });
      dialog.close('proved');
    });
  const none = code === 'step_up_required' ? text.factor.setUpFirst : text.factor.none;
  const { dialog, closed } = sheet(text.factor.proveTitle, form?.element ?? h('p', {}, none), h('div', { class: 'actions' }, cancel));
  form?.focus();
  const how = await closed;
  form?.close();
  return how === 'proved';
}
