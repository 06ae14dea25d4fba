// What this browser and machine are, as far as the session has to know.
import type { Platform } from '../core/keyboard.js';
import type { ViewerFacts } from '../core/session.js';
import { kCanDecodeJpeg, kHasTouch } from '../wire/messages.gen.js';

/** Memory for content that was seen before, KiB; a picture of 1920x1080 takes 8,100. */
const kCacheKib = 64 * 1024;
const kSmallCacheKib = 32 * 1024;
/** Machines up to this much memory keep less, GiB. */
const kSmallMemoryGib = 4;

interface BrandedNavigator extends Navigator {
  readonly deviceMemory?: number;
  readonly userAgentData?: {
    readonly platform: string;
    readonly brands: readonly { readonly brand: string; readonly version: string }[];
  };
}

const agent = navigator as BrandedNavigator;

export function platform(): Platform {
  const name = agent.userAgentData?.platform ?? navigator.platform;
  if (/^mac|^iphone|^ipad/i.test(name)) return 'mac';
  return /^win/i.test(name) ? 'windows' : 'other';
}

/** Whether fingers are the main way to point: then buttons take the place of keys. */
export const touchFirst = (): boolean => matchMedia('(pointer: coarse)').matches;

export function viewerFacts(): ViewerFacts {
  return {
    // The decoder brings its own JPEG.
    capabilities: kCanDecodeJpeg | (navigator.maxTouchPoints > 0 ? kHasTouch : 0),
    browser: browserName(),
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    locale: navigator.language,
    cacheKib: cacheKib(),
  };
}

function cacheKib(): number {
  const small = touchFirst() || (agent.deviceMemory ?? Infinity) <= kSmallMemoryGib;
  return small ? kSmallCacheKib : kCacheKib;
}

function browserName(): string {
  const brand = agent.userAgentData?.brands.find((one) => !/not.?a.?brand|chromium/i.test(one.brand));
  if (brand !== undefined) return `${brand.brand} ${brand.version}`;
  const text = navigator.userAgent;
  const known = /(Firefox|Edg|OPR|Chrome)\/(\d+)/.exec(text) ?? /(Version)\/(\d+).*Safari/.exec(text);
  if (known === null) return 'unknown browser';
  return `${known[1] === 'Version' ? 'Safari' : (known[1] ?? '')} ${known[2] ?? ''}`;
}
