// The page's beginning: shared parts, the way from addresses to pages, signing in and out.
import { recall, remember } from '../browser/preferences.js';
import { openSettings } from '../browser/settings.js';
import { SessionWorker } from '../browser/session_worker.js';
import { Api, ApiError, type Resource, type User } from './api.js';
import { AccountPage } from './account_page.js';
import type { App, Page } from './app.js';
import { CataloguePage } from './catalogue_page.js';
import { confirm } from './dialog.js';
import { h } from './dom.js';
import { Installer } from './install.js';
import { MessagePage } from './message_page.js';
import { keepVersion } from './page_version.js';
import { parseRoute, sessionHash, type Route } from './route.js';
import { SessionPage } from './session_page.js';
import { SignInPage } from './sign_in_page.js';
import { comeBack } from './sign_in_services.js';
import { askForProof } from './step_up.js';
import { text } from './text.js';
import { Toasts } from './toasts.js';

/** Addresses of hashed files, set by the build. */
declare const kWorkerUrl: string;
declare const kDecoderUrl: string;

/** States of a session in which something runs. */
const kRunning = ['provisioning', 'ready', 'assigned', 'connected', 'disconnected'];

class VitrineApp implements App {
  readonly api = new Api(recall('signed-in') ?? '', (csrf) => { remember('signed-in', csrf === '' ? null : csrf); });
  readonly toasts = new Toasts();
  readonly settings = openSettings();
  readonly worker = new SessionWorker(kWorkerUrl, kDecoderUrl);
  readonly installer = new Installer();
  user: User | null = null;
  readonly names = new Map<string, string>();

  private page: Page | null = null;
  /** The page, which is kept on the device, is there and the server is not. */
  private unreached = false;
  private readonly root = document.createElement('div');
  private readonly skip = h('a', { class: 'skip-link', href: '#content', on: { click: (event) => {
    event.preventDefault();
    focusOn(document.getElementById('content'));
  } } }, text.frame.skip);

  async start(): Promise<void> {
    this.root.id = 'app';
    this.api.prove = (code) => askForProof(this.api, code);
    document.body.replaceChildren(this.skip, this.root, this.toasts.element);
    window.addEventListener('hashchange', () => { void this.route(); });
    window.addEventListener('online', () => { if (this.unreached) this.reload(); });
    await this.route();
    keepVersion(this.toasts);
  }

  go(hash: string): void {
    const full = (part: string): string => (part === '' ? '#/' : part);
    if (full(location.hash) === full(hash)) this.reload();
    else location.hash = full(hash);
  }

  reload(): void {
    void this.route();
  }

  signedOut(note: string, failure = ''): void {
    this.user = null;
    this.names.clear();
    this.toasts.forget();
    remember('signed-in', null);
    this.show(new SignInPage(this, note, (user) => {
      this.user = user;
      this.reload();
    }, failure));
    this.worker.forgetDevice();
  }

  async signOut(): Promise<void> {
    const running = await this.runningNames();
    const agreed = await confirm({
      title: text.catalogue.signOutTitle,
      text: running.length > 0 ? text.catalogue.signOutRunning(running) : text.catalogue.signOutPlain,
      agree: text.catalogue.signOut,
      danger: running.length > 0,
    });
    if (!agreed) return;
    let elsewhere = '';
    try {
      elsewhere = await this.api.logout();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (!error.signedOut) {
        this.toasts.show('error', `${text.catalogue.signOutFailed} ${error.message}`);
        return;
      }
    }
    history.replaceState(null, '', '/');
    this.signedOut('');
    if (elsewhere !== '') location.assign(elsewhere);
  }

  setTitle(title: string): void {
    document.title = title === '' ? text.product : `${title} – ${text.product}`;
  }

  /** The page of the present address; asks for a sign-in first where one is missing. */
  private async route(): Promise<void> {
    const route = parseRoute(location.hash);
    if (route.to === 'redeem') return this.redeem(route.code);
    if (route.to === 'return') return this.comeBack(route.provider, route.answer);
    if (this.user !== null) return this.show(this.pageOf(route));
    // A session finds its way before the broker is asked; whoever is not recognised gets another page in its place.
    const ahead = route.to !== 'catalogue' && route.to !== 'account' && route.to !== 'admin' && recall('signed-in') !== null;
    if (ahead) this.show(this.pageOf(route));
    if (await this.recogniseUser(ahead) && !ahead) this.show(this.pageOf(route));
  }

  private pageOf(route: Exclude<Route, { to: 'redeem' | 'return' }>): Page {
    switch (route.to) {
      case 'admin':
        location.replace('/admin');
        return new MessagePage(text.product, '', '', () => undefined);
      case 'catalogue':
        return new CataloguePage(this);
      case 'account':
        return new AccountPage(this);
      case 'resource':
        return new SessionPage(this, { kind: 'resource', resource: route.resource }, this.names.get(route.resource) ?? '');
      case 'session':
        return new SessionPage(this, { kind: 'session', session: route.session }, '');
    }
  }

  /**
   * Whether the browser still holds a web session. One that never signed in here is not worth asking for. `ahead`: the
   * page that is shown tells by itself that the server cannot be reached, and goes on when it can.
   */
  private async recogniseUser(ahead: boolean): Promise<boolean> {
    this.unreached = false;
    if (recall('signed-in') === null) {
      this.signedOut('');
      return false;
    }
    try {
      this.user = await this.api.me();
      this.describe();
      return true;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.signedOut) this.signedOut(text.signIn.expired);
      else if (!(ahead && error.passing)) {
        this.unreached = error.passing;
        this.show(new MessagePage(error.unreached ? text.errors.unreachableTitle : text.errors.title, error.unreached ? text.errors.unreachableDetail : error.message, text.tryAgain, () => { this.reload(); }));
      }
      return false;
    }
  }

  /** A one-time link. Its code leaves the address bar and the history before anything else happens. */
  private async redeem(code: string): Promise<void> {
    history.replaceState(null, '', '/');
    this.show(new MessagePage(text.redeem.working, '', '', () => undefined));
    try {
      const { user, session } = await this.api.redeem(code);
      this.user = user;
      this.go(sessionHash(session));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const sentence = error.passing || error.status === 429 ? error.message : text.redeem.failed;
      this.show(new MessagePage(text.redeem.failedTitle, sentence, text.redeem.signIn, () => { this.go(''); }));
    }
  }

  /** From a sign-in service. Its code leaves the address bar and the history before anything else happens. */
  private async comeBack(provider: string, answer: URLSearchParams): Promise<void> {
    history.replaceState(null, '', '/');
    this.show(new MessagePage(text.signIn.working, '', '', () => undefined));
    try {
      const { user, wanted } = await comeBack(this.api, provider, answer);
      this.user = user;
      this.go(wanted);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.signedOut('', error.message);
    }
  }

  private async runningNames(): Promise<string[]> {
    try {
      const resources: readonly Resource[] = await this.api.catalogue();
      return resources.filter((one) => one.session !== null && kRunning.includes(one.session.state)).map((one) => one.name);
    } catch {
      // The question is asked all the same.
      return [];
    }
  }

  private show(page: Page): void {
    const moved = this.page !== null;
    this.page?.close?.();
    this.page = page;
    document.documentElement.dataset['page'] = page.name;
    this.setTitle(page.title);
    const main = page.element.closest('main') ?? page.element.querySelector('main');
    if (main !== null) main.id = 'content';
    this.root.replaceChildren(page.element);
    window.scrollTo(0, 0);
    this.describe();
    // Screen readers say the new page's name, and the next Tab is in it; pages that take the focus do so after this.
    if (moved) focusOn(page.element.querySelector<HTMLElement>('h1'));
    page.shown?.();
  }

  /** What the browser would install here; nothing of a user before it is known who that is. */
  private describe(): void {
    const route = parseRoute(location.hash);
    if (this.user === null) this.installer.describe({ of: 'anybody' });
    else if (route.to === 'resource') this.installer.describe({ of: 'app', resource: route.resource });
    else this.installer.describe({ of: 'user' });
  }
}

/** The focus for what is no control. */
function focusOn(element: HTMLElement | null): void {
  element?.setAttribute('tabindex', '-1');
  element?.focus({ preventScroll: true });
}

void new VitrineApp().start();
