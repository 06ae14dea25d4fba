// The administrators' page: who may see it, the way from addresses to pages, and what changed on the server.
import { ApiError, type User } from '../api.js';
import { h } from '../dom.js';
import { confirm } from '../dialog.js';
import { kAdminHash } from '../route.js';
import { askForProof } from '../step_up.js';
import { text as common } from '../text.js';
import { Toasts } from '../toasts.js';
import { recall, remember } from '../../browser/preferences.js';
import { MessagePage } from '../message_page.js';
import { keepVersion } from '../page_version.js';
import { AdminApi, type Feature } from './admin_api.js';
import type { AdminApp, AdminPage } from './admin_app.js';
import { LiveFeed } from './live_feed.js';
import { pageOf, sections } from './pages.js';
import { parsePlace } from './place.js';
import { Shell } from './shell.js';
import { text } from './text_admin.js';

class VitrineAdmin implements AdminApp {
  readonly api = new AdminApi(recall('signed-in') ?? '', (csrf) => { remember('signed-in', csrf === '' ? null : csrf); });
  readonly toasts = new Toasts();
  readonly feed: LiveFeed;
  user: User = { name: '', display_name: '', admin: false };

  private features: ReadonlySet<Feature> = new Set();
  private page: AdminPage | null = null;
  /** The page could not be filled. */
  private lacking = false;
  /** The person came here from another page and has not been shown this one yet. */
  private arriving = false;
  /** The server answered the last time it was asked. */
  private answers = true;
  private shell: Shell | null = null;

  constructor() {
    this.api.prove = (code) => askForProof(this.api, code);
    this.feed = new LiveFeed(this.api, {
      changed: (actions) => { this.changed(actions); },
      live: () => { this.page?.live?.(); },
      state: (live) => { this.setLive(live); },
      failed: (error) => { this.failed(error); },
    });
  }

  get live(): LiveFeed['model'] {
    return this.feed.model;
  }

  async start(): Promise<void> {
    try {
      this.user = await this.api.me();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.signedOut) return this.askToSignIn();
      return this.say(common.errors.title, error.message, common.tryAgain, () => { location.reload(); });
    }
    if (!this.user.admin) return this.say(text.shell.forbiddenTitle, text.shell.forbidden, text.shell.toDesktops, () => { location.assign('/'); });
    try {
      this.features = await this.api.features();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return this.say(common.errors.title, error.message, common.tryAgain, () => { location.reload(); });
    }
    this.shell = new Shell(this, sections(this));
    document.documentElement.dataset['page'] = 'admin';
    document.body.replaceChildren(this.shell.skip, this.shell.element, this.toasts.element);
    window.addEventListener('hashchange', () => { this.route(true); });
    // What a button began and the server refused is said, whichever button it was.
    window.addEventListener('unhandledrejection', (event) => {
      if (!(event.reason instanceof ApiError)) return;
      event.preventDefault();
      this.failed(event.reason);
    });
    document.addEventListener('visibilitychange', () => { this.feed.setWatched(document.visibilityState === 'visible'); });
    this.route(false);
    keepVersion(this.toasts);
    await this.feed.start();
  }

  can(feature: Feature): boolean {
    return this.features.has(feature);
  }

  go(path: string): void {
    location.hash = `#${path}`;
  }

  async attempt(action: () => Promise<void>, done?: string): Promise<boolean> {
    try {
      await action();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.failed(error);
      return false;
    }
    if (done !== undefined) this.toasts.show('info', done);
    return true;
  }

  refresh(): Promise<void> {
    return this.feed.ask();
  }

  async signOut(): Promise<void> {
    const agreed = await confirm({ title: common.catalogue.signOutTitle, text: text.shell.signOutNote, agree: common.catalogue.signOut, danger: false });
    if (!agreed) return;
    let elsewhere = '';
    if (!(await this.attempt(async () => { elsewhere = await this.api.logout(); }))) return;
    location.assign(elsewhere === '' ? '/' : elsewhere);
  }

  private route(moved: boolean): void {
    this.page?.close?.();
    const parts = parsePlace(location.hash);
    const page = pageOf(this, parts);
    this.page = page;
    this.lacking = false;
    this.arriving = moved;
    document.title = `${page.title} – ${text.shell.title} – ${common.product}`;
    this.shell?.show(page, parts[0] ?? '', moved);
    void this.load(page);
  }

  private async load(page: AdminPage): Promise<void> {
    try {
      await page.load?.();
      if (page !== this.page) return;
      this.lacking = false;
      // A heading that comes from the server was not there to get the focus; by now something else may have it.
      if (this.arriving && document.activeElement === document.body) this.shell?.focusHeading();
      this.arriving = false;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (page === this.page) this.lack(page, error);
    }
  }

  private setLive(live: boolean): void {
    this.shell?.setLive(live);
    const back = live && !this.answers;
    this.answers = live;
    if (back && this.lacking && this.page !== null) void this.load(this.page);
  }

  /** The page could not be filled: it says so once, can be asked again, and is when the server is back. */
  private lack(page: AdminPage, error: ApiError): void {
    if (error.signedOut) return this.askToSignIn();
    const again = { words: common.tryAgain, act: () => { this.lacking = false; void this.load(page); } };
    if (!this.lacking) this.toasts.show('error', error.message, undefined, again);
    this.lacking = true;
  }

  private changed(actions: readonly string[] | null): void {
    const { page } = this;
    if (page?.concerns?.(actions) === true) void this.load(page);
  }

  private failed(error: ApiError): void {
    if (error.signedOut) this.askToSignIn();
    else this.toasts.show('error', error.message);
  }

  /** The page that signs people in leads back here. */
  private askToSignIn(): void {
    remember('signed-in', null);
    location.replace(`/${kAdminHash}`);
  }

  private say(title: string, sentence: string, action: string, act: () => void): void {
    document.documentElement.dataset['page'] = 'message';
    document.body.replaceChildren(h('div', { id: 'app' }, new MessagePage(title, sentence, action, act).element), this.toasts.element);
  }
}

void new VitrineAdmin().start();
