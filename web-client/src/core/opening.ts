// How a link opens its session by itself: what the page would ask the broker for goes with the WebSocket's upgrade, and the
// gateway asks in its place. So TCP, TLS and the upgrade are all that stands before the first picture.
import { kMaxName, kMaxOpening, kOldestProtocolVersion, kProtocolVersion, serialize, type ViewerHello } from '../wire/messages.gen.js';
import { clipText } from '../wire/wire.js';
import { kNothing, type Keeper, type ViewerFacts, type WindowSize } from './session_facts.js';

/** What is opened: one of the two, the other ''. `csrf` is the token that the page would send in X-CSRF-Token. */
export interface Opens {
  readonly resource: string;
  readonly session: string;
  readonly csrf: string;
}

/** An address may hold anything; what is no name of this server is left to the broker to say so. */
export function canBeOpened({ resource, session }: Opens): boolean {
  return new TextEncoder().encode(resource).length <= kMaxName && session.length <= kMaxName && /^[\w-]*$/.test(session);
}

/** The hello of a link, with a ticket or, inside of an opening, without. */
export function helloOf(facts: ViewerFacts, size: WindowSize, keeper: Keeper, ticket: Uint8Array): ViewerHello {
  return {
    type: 'ViewerHello',
    oldestVersion: kOldestProtocolVersion,
    newestVersion: kProtocolVersion,
    ticket,
    capabilities: facts.capabilities,
    left: 0, top: 0, ...size,
    monitor: facts.monitor ?? 0,
    browser: clipText(facts.browser, kMaxName),
    timeZone: clipText(facts.timeZone, kMaxName),
    locale: clipText(facts.locale, kMaxName),
    cacheKib: facts.cacheKib,
    holdings: serialize({ type: 'Holdings', cache: keeper.cache, ...(keeper.held() ?? kNothing) }),
  };
}

/** As one message, for the upgrade or for the link. */
export function openingOf({ resource, session, csrf }: Opens, hello: ViewerHello): Uint8Array<ArrayBuffer> {
  return serialize({ type: 'ViewerOpening', resource, session, csrf, hello: serialize(hello) });
}

/** What a WebSocket is opened with to bring this opening; null: too long for a header, it goes as the first message. */
export function subprotocolsOf(opening: Uint8Array): string[] | null {
  if (opening.length > kMaxOpening) return null;
  return ['vitrine', `vitrine-open.${base64url(opening)}`];
}

const kAlphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** RFC 4648 section 5, without padding; the core has no btoa. */
function base64url(bytes: Uint8Array): string {
  let encoded = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const three = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    const characters = Math.min(4, bytes.length - i + 1);
    for (let k = 0; k < characters; k += 1) encoded += kAlphabet[(three >> (18 - 6 * k)) & 63] ?? '';
  }
  return encoded;
}
