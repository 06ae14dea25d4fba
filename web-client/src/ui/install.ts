// Vitrine, or one published app, as an app of the device. Which of them the browser would install is said by the page's
// manifest; each app has its own, which the broker makes for those who may open it.
import { h } from './dom.js';
import { icon } from './icons.js';
import { text } from './text.js';

/** Chromium's; others install from their own menus. */
interface InstallPrompt extends Event {
  prompt(): Promise<void>;
  readonly userChoice: Promise<{ readonly outcome: 'accepted' | 'dismissed' }>;
}

/** Whose manifest: of everybody's Vitrine, of this user's, or of one app. */
export type Subject = { readonly of: 'anybody' } | { readonly of: 'user' } | { readonly of: 'app'; readonly resource: string };

export class Installer {
  private offer: InstallPrompt | null = null;
  private readonly link = document.querySelector<HTMLLinkElement>('link[rel="manifest"]');
  /** What is shown of the offer, and how it follows it. */
  private readonly followers = new Map<HTMLElement, () => void>();

  constructor() {
    window.addEventListener('beforeinstallprompt', (event) => {
      event.preventDefault();
      this.setOffer(event as InstallPrompt);
    });
    window.addEventListener('appinstalled', () => { this.setOffer(null); });
  }

  /** Runs as an app of the device already. */
  get installed(): boolean {
    return matchMedia('(display-mode: standalone), (display-mode: fullscreen)').matches;
  }

  describe(subject: Subject): void {
    this.prune();
    const path = subject.of === 'app' ? `/api/manifest/${encodeURIComponent(subject.resource)}` : subject.of === 'user' ? '/api/manifest' : '/manifest.webmanifest';
    if (this.link === null || this.link.getAttribute('href') === path) return;
    this.setOffer(null);
    // A manifest is fetched without the cookie unless it is said.
    this.link.crossOrigin = subject.of === 'anybody' ? null : 'use-credentials';
    this.link.setAttribute('href', path);
  }

  /** A button that is there while the browser offers to install; `kind` is its class. */
  button(kind: string, words: string): HTMLButtonElement {
    const button = h('button', { type: 'button', class: kind, on: { click: () => { void this.ask(); } } }, icon('download'), h('span', {}, words));
    return this.follow(button, () => { button.hidden = this.offer === null; });
  }

  /** What being an app brings, or how to become one where there is no button. */
  about(kind: string): HTMLElement {
    const words = h('p', { class: kind });
    return this.follow(words, () => {
      words.textContent = this.offer !== null ? text.install.lead : this.installed ? text.install.installed : text.install.byMenu;
    });
  }

  private async ask(): Promise<void> {
    const offer = this.offer;
    if (offer === null) return;
    await offer.prompt();
    // An offer can be made once; the browser makes another when it thinks fit.
    await offer.userChoice;
    this.setOffer(null);
  }

  private setOffer(offer: InstallPrompt | null): void {
    this.offer = offer;
    this.prune();
    for (const show of this.followers.values()) show();
  }

  private follow<E extends HTMLElement>(element: E, show: () => void): E {
    this.followers.set(element, show);
    show();
    return element;
  }

  /** Those of pages that are gone. */
  private prune(): void {
    for (const element of this.followers.keys()) if (!element.isConnected) this.followers.delete(element);
  }
}
