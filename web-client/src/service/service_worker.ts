// The service worker: the page and its own files from the device, and a page of its own when the server cannot be reached.
// A new version fetches all its files first and its page last, so a cache that has a page is whole. From then on that page is
// what opens, also while the version before is still in charge: it finds its files here, and lets its own version take over.
// Files of the version before stay, for the pages that are still open.
import { cacheName, cachesToDrop, filesToFetch, kOfflinePage, kPage, mayKeep, newestFirst, treatment, type Files } from './cache_plan.js';

/** Set by the build. */
declare const kFiles: Files;
declare const kVersion: string;
/** SHA-256 of the page's bytes, in hexadecimal. */
declare const kPageDigest: string;

const worker = self as unknown as ServiceWorkerGlobalScope;
const kName = cacheName(kVersion);

worker.addEventListener('install', (event) => { event.waitUntil(fetchAll()); });
worker.addEventListener('activate', (event) => { event.waitUntil(takeOver()); });

worker.addEventListener('fetch', (event) => {
  const how = treatment(event.request, worker.location.origin);
  if (how === 'file') event.respondWith(file(event.request));
  else if (how === 'kept-page') event.respondWith(keptPage(event));
  else if (how === 'page') event.respondWith(page(event));
});

worker.addEventListener('message', (event) => {
  if (event.data === 'take-over') void worker.skipWaiting();
  // A page asks whether it is of this version.
  else if (event.data === 'files') event.ports[0]?.postMessage([...kFiles.needed, ...kFiles.optional]);
});

async function fetchAll(): Promise<void> {
  const kept = await keptAddresses();
  // The order of caches is the order of their making; a version that comes back is the newest again.
  await caches.delete(kName);
  const cache = await caches.open(kName);
  try {
    // Without the cookie: these files are the same for everybody.
    const files = filesToFetch(kFiles, kept).map((address) => new Request(address, { credentials: 'omit' }));
    await cache.addAll([...files, new Request(kOfflinePage, { credentials: 'omit', cache: 'no-cache' })]);
    const page = await fetch(new Request(kPage, { credentials: 'omit', cache: 'no-cache' }));
    // The server may have changed to yet another version meanwhile.
    if (!page.ok || await digest(page.clone()) !== kPageDigest) throw new Error('the page is of another version');
    await cache.put(kPage, page);
  } catch (error) {
    // All or nothing; the browser tries again later.
    await caches.delete(kName);
    throw error;
  }
}

async function takeOver(): Promise<void> {
  for (const name of cachesToDrop(await caches.keys(), kVersion)) await caches.delete(name);
  // The page's request is on its way while this script starts.
  await worker.registration.navigationPreload?.enable();
  await worker.clients.claim();
}

async function keptAddresses(): Promise<string[]> {
  const addresses: string[] = [];
  for (const name of await caches.keys()) {
    for (const request of await (await caches.open(name)).keys()) addresses.push(new URL(request.url).pathname);
  }
  return addresses;
}

async function file(request: Request): Promise<Response> {
  const kept = await caches.match(request, { ignoreVary: true });
  if (kept !== undefined) return kept;
  const response = await fetch(request);
  if (response.ok && mayKeep(kFiles, new URL(request.url).pathname)) {
    // A full disk must not take the page with it.
    await (await caches.open(kName)).put(request, response.clone()).catch(() => undefined);
  }
  return response;
}

async function digest(response: Response): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', await response.arrayBuffer()));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

async function keptPage(event: FetchEvent): Promise<Response> {
  for (const name of newestFirst(await caches.keys())) {
    const cache = await caches.open(name);
    const kept = await cache.match(kPage, { ignoreVary: true });
    if (kept === undefined) continue;
    event.waitUntil(renew(cache, kept.clone(), event).catch(() => undefined));
    return kept;
  }
  return page(event);
}

/** Headers, such as what scripts may do, belong to the server that runs now; a page of another version is its worker's to fetch. */
async function renew(cache: Cache, kept: Response, event: FetchEvent): Promise<void> {
  const fresh = (await event.preloadResponse) as Response | undefined;
  if (fresh?.ok === true && await digest(fresh.clone()) === await digest(kept)) await cache.put(kPage, fresh);
}

async function page(event: FetchEvent): Promise<Response> {
  try {
    const ahead = (await event.preloadResponse) as Response | undefined;
    return ahead ?? (await fetch(event.request));
  } catch (error) {
    const offline = await caches.match(kOfflinePage, { ignoreVary: true });
    if (offline === undefined) throw error;
    return offline;
  }
}
