// Granting an app or a pool to a person or a group.
import type { Subject } from './admin_api.js';
import type { AdminApp } from './admin_app.js';
import { formDialog, type Choice } from './form_dialog.js';
import { text } from './text_admin.js';

const t = text.access;

/** What is known already is chosen already. Whether something was granted. */
export async function grantSomething(app: AdminApp, to: Subject = {}, resource?: string): Promise<boolean> {
  const [resources, choices] = await Promise.all([app.api.resources(), subjectChoices(app)]);
  const chosen = to.group !== undefined ? subjectValue({ group: to.group }) : to.user !== undefined ? subjectValue({ user: to.user }) : undefined;
  let sentence = '';
  const granted = await formDialog({
    title: t.grantTitle,
    fields: [
      { id: 'resource', kind: 'choice', label: t.resource, required: true, choices: resources.map((one) => ({ value: one.id, label: one.name, group: one.kind === 'app' ? text.apps.title : text.pools.title })), ...(resource === undefined ? {} : { value: resource }) },
      { id: 'subject', kind: 'choice', label: t.to, required: true, listed: true, choices, ...(chosen === undefined ? {} : { value: chosen }) },
    ],
    submit: t.grant,
    send: async (values) => {
      const subject = parseSubject(values.text('subject'));
      const id = values.text('resource');
      await app.api.setGrant(id, subject, true);
      sentence = t.granted(resources.find((one) => one.id === id)?.name ?? id, subject.group ?? subject.user ?? '');
    },
  });
  if (!granted) return false;
  app.toasts.show('info', sentence);
  await app.refresh();
  return true;
}

/** Groups first: granting to them is what scales. */
export async function subjectChoices(app: AdminApp): Promise<Choice[]> {
  const [users, groups] = await Promise.all([app.api.users(), app.api.groups()]);
  return [
    ...groups.map((group) => ({ value: subjectValue({ group: group.name }), label: group.built_in ? text.users.everyone : group.name, group: text.groups.title })),
    ...users.map((user) => ({ value: subjectValue({ user: user.name }), label: user.display_name === user.name ? user.name : `${user.display_name} (${user.name})`, short: user.name, group: text.users.title })),
  ];
}

export const subjectValue = (subject: Subject): string => (subject.group === undefined ? `user/${subject.user ?? ''}` : `group/${subject.group}`);

export function parseSubject(value: string): Subject {
  const name = value.slice(value.indexOf('/') + 1);
  return value.startsWith('group/') ? { group: name } : { user: name };
}
