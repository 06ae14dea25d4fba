// Second factors of one user: what there is, whether one is demanded, and a way out when they were lost.
import { h } from '../dom.js';
import type { AdminUser, Factors, Subject } from './admin_api.js';
import type { AdminApp } from './admin_app.js';
import { button, card, facts } from './parts.js';
import { text } from './text_admin.js';
import { resetFactors } from './user_dialogs.js';
import { day } from './words.js';

const t = text.users;

export function factorsCard(app: AdminApp, user: AdminUser, factors: Factors, demanded: readonly Subject[]): HTMLElement {
  const byName = demanded.some((one) => one.user === user.name);
  return card(t.factors,
    facts([
      [t.totp, factors.totp_since_s === null ? t.factorsNone : t.since(day(factors.totp_since_s))],
      [t.passkeys, String(factors.passkeys)],
      [t.recoveryCodes, String(factors.recovery_codes)],
    ]),
    demandBox(app, { user: user.name }, byName, t.factorRequired),
    factors.required && !byName ? h('p', { class: 'muted' }, t.factorByGroup) : null,
    factors.on ? button(t.resetFactors, 'remove', () => { void resetFactors(app, user); }) : null);
}

/** A box that demands a second factor of a person or a group. */
export function demandBox(app: AdminApp, subject: Subject, demanded: boolean, words: string): HTMLElement {
  const box = h('input', { type: 'checkbox', checked: demanded, 'data-focus': 'factor-required' });
  const changed = async (): Promise<void> => {
    const done = await app.attempt(() => app.api.requireFactor(subject, box.checked), text.shell.saved);
    if (!done) box.checked = !box.checked;
    await app.refresh();
  };
  box.addEventListener('change', () => { void changed(); });
  return h('label', { class: 'check' }, box, h('span', {}, words));
}
