// What the service worker keeps and what it leaves alone. It keeps the page itself and its own files, whose names carry a
// hash of their content, and a page for when the server cannot be reached; never an answer of the API, a ticket or a
// picture. So a session is opened without a byte from the network but what its link brings.

/** The files of one version, by their addresses. */
export interface Files {
  /** What a desktop is opened with. */
  readonly needed: readonly string[];
  /** What some use: words of other languages, the administrators' page. Kept once they were used. */
  readonly optional: readonly string[];
}

/** Whatever else is shown without a server; it has no hash, so it is fetched anew for every version. */
export const kOfflinePage = '/offline.html';

/** "/assets/words-de" of "/assets/words-de-3F9KX2QZ.js" */
const stem = (address: string): string => address.replace(/-[A-Z0-9]+\.\w+$/, '');

/** What a new version fetches before it takes over; `kept` are the addresses that the one before holds. */
export function filesToFetch(files: Files, kept: readonly string[]): readonly string[] {
  const used = new Set(kept.map(stem));
  return [...files.needed, ...files.optional.filter((one) => used.has(stem(one)))];
}

/** May this address be kept once it was fetched? */
export function mayKeep(files: Files, address: string): boolean {
  return files.needed.includes(address) || files.optional.includes(address);
}

/** The page, the same for everybody; which desktop it shows stands behind the # of its address. */
export const kPage = '/';

export type Treatment = 'file' | 'kept-page' | 'page' | 'none';

interface Asked {
  readonly method: string;
  readonly mode: string;
  readonly url: string;
  /** As a reload has it: 'no-cache' or 'reload'. */
  readonly cache: string;
}

/**
 * 'file': from the cache where it is there. 'kept-page': the page of the newest whole version here. 'page': from the
 * server, and the offline page without one; so is a page that somebody loads again.
 */
export function treatment(request: Asked, origin: string): Treatment {
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== origin) return 'none';
  if (url.pathname.startsWith('/assets/') && url.search === '') return 'file';
  if (request.mode !== 'navigate') return 'none';
  const reloads = request.cache === 'no-cache' || request.cache === 'reload';
  if (['/', '/index.html'].includes(url.pathname)) return reloads ? 'page' : 'kept-page';
  return ['/admin', '/admin.html'].includes(url.pathname) ? 'page' : 'none';
}

const kPrefix = 'vitrine-';
export const cacheName = (version: string): string => `${kPrefix}${version}`;

/** Caches of this worker and others before and after it, the newest first. */
export const newestFirst = (names: readonly string[]): readonly string[] => names.filter((name) => name.startsWith(kPrefix)).reverse();

/** Caches, oldest first, that are of no use any more: pages that are still open may be of the version before this one. */
export function cachesToDrop(names: readonly string[], version: string): readonly string[] {
  const others = names.filter((name) => name.startsWith(kPrefix) && name !== cacheName(version));
  return others.slice(0, -1);
}
