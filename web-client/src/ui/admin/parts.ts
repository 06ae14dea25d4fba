// Small pieces that several pages are made of.
import { h, type Child } from '../dom.js';
import { icon } from '../icons.js';
import { adminIcon, type AdminIconName } from './admin_icons.js';
import type { AdminResource, Subject } from './admin_api.js';
import { place } from './place.js';
import { text } from './text_admin.js';

/** A state as a word with a dot of its colour. */
export function badge(kind: string, word: string): HTMLElement {
  return h('span', { class: 'badge', 'data-kind': kind }, word);
}

export const stateBadge = (state: string): HTMLElement => badge(state, text.states[state] ?? state);

export function button(words: string, symbol: AdminIconName, act: () => void, kind = ''): HTMLButtonElement {
  return h('button', { type: 'button', class: `button ${kind}`, on: { click: act } }, adminIcon(symbol), h('span', {}, words));
}

/** A button that is only a drawing; `key` keeps the focus on it over updates. */
export function iconButton(words: string, symbol: AdminIconName, key: string, act: () => void): HTMLButtonElement {
  return h('button', { type: 'button', class: 'icon-button', 'aria-label': words, title: words, 'data-focus': key, on: { click: act } }, adminIcon(symbol));
}

/** A part of a page with a heading. */
export function card(title: string, ...children: Child[]): HTMLElement {
  return h('section', { class: 'card', 'aria-label': title }, h('h2', {}, title), ...children);
}

/** Names and values; a value of null is left out. */
export function facts(rows: readonly (readonly [string, Child | readonly Child[]])[]): HTMLElement {
  return h('dl', { class: 'facts' }, ...rows.filter(([, value]) => value !== null && value !== undefined).map(([name, value]) =>
    h('div', {}, h('dt', {}, name), h('dd', {}, ...(Array.isArray(value) ? (value as Child[]) : [value as Child])))));
}

/** The way back to a list. */
export function crumb(section: string, title: string): HTMLElement {
  return h('a', { class: 'crumb', href: place(section) }, icon('left'), h('span', {}, title));
}

/** The icon of a pool or an app. */
export function resourceIcon(id: string): HTMLElement {
  const image = h('img', { class: 'resource-icon', src: `/api/admin/resources/${encodeURIComponent(id)}/icon`, alt: '', width: '32', height: '32', decoding: 'async', loading: 'lazy' });
  image.addEventListener('error', () => { image.replaceWith(icon('app')); });
  return image;
}

export const resourceLink = (resource: Pick<AdminResource, 'id' | 'kind'>): string => place(resource.kind === 'app' ? 'apps' : 'pools', resource.id);

export const subjectName = (subject: Subject): string => subject.group ?? subject.user ?? '';
export const subjectLink = (subject: Subject): string => (subject.group === undefined ? place('users', subject.user ?? '') : place('groups', subject.group));
export const sameSubject = (a: Subject, b: Subject): boolean => a.group === b.group && a.user === b.user;

/** Links to people and groups, the first few. */
export function subjects(list: readonly Subject[], most = 3): Child[] {
  if (list.length === 0) return [h('span', { class: 'muted' }, text.apps.nobody)];
  const shown: Child[] = list.slice(0, most).map((one) => h('span', { class: 'chip', 'data-kind': one.group === undefined ? 'user' : 'group' }, subjectName(one)));
  if (list.length > most) shown.push(h('span', { class: 'muted' }, `+${list.length - most}`));
  return shown;
}

/** Names as the server takes them. */
export const kName = /^[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}$/;

/** "Text Editor!" is "text-editor". */
export function identifierOf(name: string): string {
  return name.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase().replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^-+|-+$/g, '').slice(0, 64);
}
