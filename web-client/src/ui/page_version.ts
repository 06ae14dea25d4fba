// Keeps the page's files on the device (service/), and says when the server has a newer page than this one. Nothing is
// reloaded by itself: an open session stays open until the person wants the new version.
import { text } from './text.js';
import type { Toasts } from './toasts.js';

/** A day that a page stays open should not pass without a look, and coming back to it often not ask each time. */
const kLookEveryMs = 30 * 60_000;
/** The offer stays until it is answered; the longest time a timer takes. */
const kStaysMs = 2 ** 31 - 1;

/** After everything that is needed to show a page. */
export function keepVersion(toasts: Toasts): void {
  const container = navigator.serviceWorker as ServiceWorkerContainer | undefined;
  if (container === undefined) return;
  const begin = (): void => {
    // Private windows and certificates that were let through by hand have none; the page works without.
    container.register('/sw.js', { updateViaCache: 'none' }).then((registration) => { new PageVersion(container, registration, toasts); }, () => undefined);
  };
  if (document.readyState === 'complete') begin();
  else window.addEventListener('load', begin, { once: true });
}

class PageVersion {
  private offered = false;
  private lookedMs = Date.now();

  constructor(
    private readonly container: ServiceWorkerContainer,
    private readonly registration: ServiceWorkerRegistration,
    private readonly toasts: Toasts,
  ) {
    registration.addEventListener('updatefound', () => { this.follow(registration.installing); });
    this.follow(registration.installing);
    void this.compare(registration.waiting);
    // Another tab let it take over.
    container.addEventListener('controllerchange', () => { void this.compare(container.controller); });
    document.addEventListener('visibilitychange', () => { this.look(); });
  }

  private look(): void {
    if (document.visibilityState !== 'visible' || Date.now() - this.lookedMs < kLookEveryMs) return;
    this.lookedMs = Date.now();
    this.registration.update().catch(() => undefined);
  }

  private follow(worker: ServiceWorker | null): void {
    worker?.addEventListener('statechange', () => { if (worker.state === 'installed') void this.compare(worker); });
  }

  /** A worker of this page's own version may take over unseen; for one of another version this page is old. */
  private async compare(worker: ServiceWorker | null): Promise<void> {
    if (worker === null || this.container.controller === null) return;
    const files = await filesOf(worker);
    if (files.includes(new URL(import.meta.url).pathname)) {
      if (worker.state === 'installed') worker.postMessage('take-over');
    } else if (!this.offered) {
      this.offered = true;
      this.toasts.show('info', text.update.ready, kStaysMs, { words: text.update.reload, act: () => { this.change(worker); } });
    }
  }

  private change(worker: ServiceWorker): void {
    if (worker.state !== 'installed') return location.reload();
    this.container.addEventListener('controllerchange', () => { location.reload(); }, { once: true });
    worker.postMessage('take-over');
  }
}

function filesOf(worker: ServiceWorker): Promise<readonly string[]> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => { resolve(data as readonly string[]); };
    worker.postMessage('files', [port2]);
  });
}
