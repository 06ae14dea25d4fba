import { ApiError, type Resource } from './api.js';
import type { App, Page } from './app.js';
import { confirm } from './dialog.js';
import { fill, h } from './dom.js';
import { icon, logo } from './icons.js';
import { fromServer } from './language/server.js';
import { accountHash, resourceHash } from './route.js';
import { text } from './text.js';

/** With fewer tiles than this all are in sight and a search field is only in the way. */
const kSearchFrom = 9;
/** How often the running badges are brought up to date while the page is looked at. */
const kRefreshMs = 15_000;

/** The person's desktops and apps as tiles. */
export class CataloguePage implements Page {
  readonly name = 'catalogue';
  readonly title = text.catalogue.title;
  readonly element: HTMLElement;

  private resources: readonly Resource[] = [];
  private loaded = false;
  private words = '';
  private timer: ReturnType<typeof setInterval> | undefined;
  private readonly content = h('div', { class: 'catalogue', 'aria-live': 'off' });
  private readonly search = h('input', {
    type: 'search', class: 'search-input', placeholder: text.catalogue.search, 'aria-label': text.catalogue.searchLabel, autocomplete: 'off', spellcheck: 'false',
  });
  private readonly searchBox = h('div', { class: 'search', hidden: true }, icon('search'), this.search);
  private readonly stop = new AbortController();

  constructor(private readonly app: App) {
    const name = app.user?.display_name || (app.user?.name ?? '');
    this.element = h(
      'div',
      { class: 'page catalogue-page' },
      h('header', { class: 'top-bar' }, h('div', { class: 'brand' }, logo(), h('span', {}, text.product)), this.searchBox, this.account()),
      h(
        'main',
        {},
        h('h1', {}, text.catalogue.greeting(name, new Date().getHours())),
        app.user?.admin === true ? h('p', { class: 'admin-note' }, h('a', { href: '/admin' }, text.catalogue.administration)) : null,
        this.content,
      ),
    );
    this.search.addEventListener('input', () => {
      this.words = this.search.value.trim();
      this.draw();
    });
    const { signal } = this.stop;
    document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'visible') void this.load(); }, { signal });
    this.draw();
  }

  shown(): void {
    void this.load();
    this.timer = setInterval(() => {
      const changing = this.resources.some((one) => one.session !== null || (one.busy ?? null) !== null);
      if (changing && document.visibilityState === 'visible') void this.load();
    }, kRefreshMs);
  }

  close(): void {
    this.stop.abort();
    clearInterval(this.timer);
  }

  private account(): HTMLElement {
    const user = this.app.user;
    const name = user === null ? '' : user.display_name || user.name;
    return h(
      'div',
      { class: 'account' },
      h('a', { class: 'account-link', href: accountHash, title: text.account.link },
        h('span', { class: 'avatar', 'aria-hidden': 'true' }, ([...name][0] ?? '?').toUpperCase()),
        h('span', { class: 'account-name' }, name),
        h('span', { class: 'visually-hidden' }, text.account.link)),
      h('button', { type: 'button', class: 'button quiet', on: { click: () => { void this.signOut(); } } }, icon('leave'), h('span', {}, text.catalogue.signOut)),
    );
  }

  private async load(): Promise<void> {
    try {
      const published = await this.app.api.catalogue();
      this.resources = published.map((one) => ({ ...one, description: fromServer(one.description) }));
      this.loaded = true;
      for (const { id, name } of published) this.app.names.set(id, name);
      this.draw();
    } catch (error) {
      if (this.stop.signal.aborted) return;
      if (!(error instanceof ApiError)) throw error;
      if (error.signedOut) this.app.signedOut(text.signIn.expired);
      else if (this.loaded) this.app.toasts.show('warning', error.message);
      else this.drawFailure(error.message);
    }
  }

  private draw(): void {
    if (!this.loaded) return this.drawLoading();
    this.searchBox.hidden = this.resources.length < kSearchFrom;
    if (this.resources.length === 0) return this.drawEmpty();
    const found = this.resources.filter((one) => matches(one, this.words));
    const group = (kind: Resource['kind'], title: string): HTMLElement | null => {
      const members = found.filter((one) => one.kind === kind);
      if (members.length === 0) return null;
      return h('section', { 'aria-label': title }, h('h2', {}, title), h('ul', { class: `tiles ${kind}s` }, ...members.map((one) => this.tile(one))));
    };
    if (found.length === 0) return fill(this.content, h('div', { class: 'empty', role: 'status' }, icon('search'), h('p', {}, text.catalogue.noMatch(this.words))));
    // A redraw must not take the focus from the tile that has it.
    const focused = document.activeElement?.getAttribute('data-focus') ?? null;
    fill(this.content, group('desktop', text.catalogue.desktops), group('app', text.catalogue.apps));
    if (focused === null) return;
    const button = (name: string): HTMLElement | null => this.content.querySelector<HTMLElement>(`[data-focus="${CSS.escape(name)}"]`);
    // What ended has no such button any more; its tile is the nearest.
    (button(focused) ?? button(focused.replace(/-end$/, '')))?.focus();
  }

  private tile(resource: Resource): HTMLElement {
    const id = `tile-${resource.id}`;
    const running = resource.session !== null;
    const refused = resource.refused ?? null;
    const state = refused !== null ? fromServer(refused.detail) : running ? text.catalogue.running : busySentence(resource);
    const open = (): void => { this.app.go(resourceHash(resource.id)); };
    const expect = (): void => { this.app.worker.expect(); };
    return h(
      'li',
      { class: `tile${running ? ' running' : ''}${refused === null ? '' : ' refused'}${!running && (resource.busy ?? null) !== null ? ' busy' : ''}` },
      h(
        'button',
        { type: 'button', class: 'tile-open', 'aria-labelledby': `${id}-name`, 'aria-describedby': `${id}-about ${id}-state`, 'data-focus': id, on: { pointermove: expect, focus: expect, click: open } },
        h('span', { class: 'tile-name', id: `${id}-name` }, resource.name),
      ),
      h('span', { class: 'tile-icon' }, this.picture(resource)),
      h('p', { class: 'tile-about', id: `${id}-about` }, resource.description),
      h('p', { class: 'tile-state', id: `${id}-state` }, state),
      running
        ? h('button', { type: 'button', class: 'icon-button tile-end', 'aria-label': text.catalogue.endSessionOf(resource.name), title: text.catalogue.end, 'data-focus': `${id}-end`, on: { click: () => { void this.end(resource); } } }, icon('power'))
        : null,
    );
  }

  private picture(resource: Resource): Element {
    const image = h('img', { src: resource.icon, alt: resource.name, width: '48', height: '48', decoding: 'async', draggable: 'false' });
    image.addEventListener('error', () => { image.replaceWith(icon(resource.kind)); });
    return image;
  }

  private drawLoading(): void {
    const ghosts = Array.from({ length: 4 }, () => h('li', { class: 'tile ghost', 'aria-hidden': 'true' }));
    fill(this.content, h('p', { class: 'visually-hidden', role: 'status' }, text.catalogue.loading), h('ul', { class: 'tiles apps' }, ...ghosts));
  }

  private drawEmpty(): void {
    const admin = this.app.user?.admin === true;
    fill(this.content, h('div', { class: 'empty' }, icon('desktop'), h('h2', {}, text.catalogue.nothingTitle), h('p', {}, admin ? text.catalogue.nothingAdmin : text.catalogue.nothing)));
  }

  private drawFailure(sentence: string): void {
    const again = h('button', { type: 'button', class: 'button', on: { click: () => { this.drawLoading(); void this.load(); } } }, text.tryAgain);
    fill(this.content, h('div', { class: 'empty', role: 'alert' }, icon('alert'), h('h2', {}, text.catalogue.failed), h('p', {}, sentence), again));
  }

  private async end(resource: Resource): Promise<void> {
    const session = resource.session;
    if (session === null) return;
    const agreed = await confirm({ title: text.catalogue.endTitle(resource.name), text: text.catalogue.endText, agree: text.catalogue.end, danger: true });
    if (!agreed) return;
    try {
      await this.app.api.endSession(session.id);
      this.app.toasts.show('info', text.catalogue.ended(resource.name));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.app.toasts.show('error', error.message);
    }
    await this.load();
  }

  private async signOut(): Promise<void> {
    await this.load();
    if (!this.stop.signal.aborted) await this.app.signOut();
  }
}

/** Every word of the search is somewhere in the name or the description. */
function matches(resource: Resource, words: string): boolean {
  const where = `${resource.name} ${resource.description}`.toLocaleLowerCase();
  return words.toLocaleLowerCase().split(/\s+/).every((word) => where.includes(word));
}

/** Why a desktop cannot be had at once; empty when it can. */
function busySentence({ busy }: Resource): string {
  if (busy === undefined || busy === null) return '';
  return busy.code === 'full' ? text.pool.fullHint(busy.in_use, busy.most) : text.pool.draining(busy.message);
}
