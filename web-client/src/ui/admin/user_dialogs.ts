// Adding a user, and what is done to one.
import { confirm } from '../dialog.js';
import type { AdminUser } from './admin_api.js';
import type { AdminApp } from './admin_app.js';
import { formDialog, showSecret } from './form_dialog.js';
import { kName } from './parts.js';
import { text } from './text_admin.js';

const t = text.users;

/** The name of the user that was added, or null. */
export async function addUser(app: AdminApp): Promise<string | null> {
  const groups = (await app.api.groups()).filter((group) => !group.built_in);
  let name = '';
  let made: string | null = null;
  const added = await formDialog({
    title: t.add,
    fields: [
      { id: 'name', kind: 'text', label: t.name, hint: t.nameHint, required: true, unique: true, maxLength: 64, check: (value) => (kName.test(value) ? null : t.nameRule) },
      { id: 'display', kind: 'text', label: t.display, hint: t.displayHint, maxLength: 100 },
      { id: 'password', kind: 'password', label: t.password, hint: t.passwordHint, autocomplete: 'new-password', maxLength: 1_024 },
      { id: 'groups', kind: 'several', label: t.groups, none: t.noGroups, choices: groups.map((group) => ({ value: group.name, label: group.name })) },
      { id: 'admin', kind: 'truth', label: t.administratorCheck },
    ],
    submit: t.add,
    send: async (values) => {
      name = values.text('name').toLowerCase();
      const display = values.text('display');
      const password = values.text('password');
      made = await app.api.addUser({
        name, display_name: display === '' ? values.text('name') : display, admin: values.truth('admin'), groups: values.several('groups'),
        ...(password === '' ? {} : { password }),
      });
    },
  });
  if (!added) return null;
  if (made !== null) await showSecret({ title: t.newPassword(name), lead: t.newPasswordLead, label: t.password, secret: made });
  app.toasts.show('info', t.created(name));
  await app.refresh();
  return name;
}

export async function setPassword(app: AdminApp, user: AdminUser): Promise<void> {
  let made: string | null = null;
  const set = await formDialog({
    title: t.newPassword(user.name),
    lead: t.setPasswordLead,
    fields: [{ id: 'password', kind: 'password', label: t.password, hint: t.passwordHint, autocomplete: 'new-password', maxLength: 1_024 }],
    submit: t.setPassword,
    send: async (values) => { made = await app.api.setPassword(user.name, values.text('password')); },
  });
  if (!set) return;
  if (made !== null) await showSecret({ title: t.newPassword(user.name), lead: t.newPasswordLead, label: t.password, secret: made });
  app.toasts.show('info', t.passwordSet(user.name));
}

/** Whether the user was removed. */
export async function removeUser(app: AdminApp, user: AdminUser): Promise<boolean> {
  if (!(await confirm({ title: t.removeTitle(user.name), text: t.removeText, agree: text.shell.remove, danger: true }))) return false;
  return app.attempt(() => app.api.removeUser(user.name), t.removed(user.name));
}

export async function setDisabled(app: AdminApp, user: AdminUser, disabled: boolean): Promise<void> {
  if (disabled && !(await confirm({ title: t.disableTitle(user.name), text: t.disableText, agree: t.disable, danger: true }))) return;
  await app.attempt(() => app.api.setDisabled(user.name, disabled), disabled ? t.disabled(user.name) : t.enabled(user.name));
  await app.refresh();
}

export async function resetFactors(app: AdminApp, user: AdminUser): Promise<void> {
  if (!(await confirm({ title: t.resetTitle(user.name), text: t.resetText, agree: t.resetFactors, danger: true }))) return;
  await app.attempt(() => app.api.resetFactors(user.name), t.resetDone(user.name));
  await app.refresh();
}
