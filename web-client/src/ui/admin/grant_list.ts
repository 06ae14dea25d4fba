// To whom one app or pool is granted, with ways to grant it to more and to take it away again.
import { fill, h } from '../dom.js';
import type { AdminResource, Subject } from './admin_api.js';
import type { AdminApp } from './admin_app.js';
import { grantSomething } from './grant_dialog.js';
import { button, iconButton, subjectLink, subjectName } from './parts.js';
import { text } from './text_admin.js';

const t = text.access;

export class GrantList {
  readonly element: HTMLElement;
  private readonly list = h('ul', { class: 'link-list' });
  private resource: AdminResource | undefined;

  constructor(
    private readonly app: AdminApp,
    title: string,
  ) {
    const grant = (): void => { if (this.resource !== undefined) void grantSomething(this.app, {}, this.resource.id); };
    this.list.setAttribute('aria-label', title);
    this.element = h('div', { class: 'stack' }, this.list, button(t.grant, 'plus', grant));
  }

  set(resource: AdminResource): void {
    this.resource = resource;
    if (resource.grants.length === 0) return fill(this.list, h('li', { class: 'muted' }, t.nobody));
    fill(this.list, ...resource.grants.map((subject) => h('li', {},
      h('a', { href: subjectLink(subject) }, h('span', {}, subjectName(subject))),
      h('small', {}, subject.group === undefined ? t.user : t.group),
      iconButton(t.remove(subjectName(subject)), 'remove', `revoke-${subject.group === undefined ? 'user' : 'group'}-${subjectName(subject)}`, () => { void revoke(this.app, resource, subject); }))));
  }
}

/** Takes it away, and offers to give it back at once. */
export async function revoke(app: AdminApp, resource: AdminResource, subject: Subject): Promise<void> {
  const undo = async (): Promise<void> => {
    await app.attempt(() => app.api.setGrant(resource.id, subject, true), t.granted(resource.name, subjectName(subject)));
    await app.refresh();
  };
  if (!(await app.attempt(() => app.api.setGrant(resource.id, subject, false)))) return;
  app.toasts.show('info', t.revoked(resource.name, subjectName(subject)), undefined, { words: t.undo, act: () => { void undo(); } });
  await app.refresh();
}
