// The monitors of a desktop, each shown by a window of the page: what the agent says of them, the addresses of the
// windows, and where new ones go.
import { kMaxMonitors, kMonitorFields, type Monitors } from '../wire/messages.gen.js';
import type { Point, Rect } from './geometry.js';

export interface Monitor {
  readonly number: number;
  /** On the desktop, desktop pixels. */
  readonly area: Rect;
  /** How many windows show it, on this device and others. */
  readonly viewers: number;
}

export interface MonitorList {
  /** The one this window shows. */
  readonly own: number;
  /** How many the desktop can have. */
  readonly most: number;
  readonly all: readonly Monitor[];
}

/** Null when the message is malformed. */
export function readMonitors(message: Monitors): MonitorList | null {
  const numbers = [...message.areas];
  if (numbers.length % kMonitorFields !== 0) return null;
  const all: Monitor[] = [];
  for (let at = 0; at < numbers.length; at += kMonitorFields) {
    const [number = 0, x = 0, y = 0, width = 0, height = 0, viewers = 0] = numbers.slice(at, at + kMonitorFields);
    all.push({ number, area: { x, y, width, height }, viewers });
  }
  return { own: message.own, most: Math.min(message.most, kMaxMonitors), all };
}

/** Numbers that no window shows, the lowest first. One whose window has just gone is taken before it is dropped. */
export function freeMonitors(list: MonitorList): number[] {
  const taken = new Set(list.all.filter((one) => one.viewers > 0).map((one) => one.number));
  taken.add(list.own);
  return Array.from({ length: list.most }, (_, number) => number).filter((number) => !taken.has(number));
}

const kMonitorPart = /\?monitor=(\d)(&full)?$/;

/** Of a window's address; the first where it names none that can be. */
export function monitorOf(hash: string): number {
  const number = Number(kMonitorPart.exec(hash)?.[1] ?? 0);
  return number < kMaxMonitors ? number : 0;
}

export const withoutMonitor = (hash: string): string => hash.replace(kMonitorPart, '');

export const withMonitor = (hash: string, monitor: number): string =>
  monitor === 0 ? withoutMonitor(hash) : `${withoutMonitor(hash)}?monitor=${monitor}`;

/** A window that stands on a screen of its own and fills it with the first press; browsers want one for that. */
export const withFullScreen = (hash: string): string => `${hash}&full`;
export const wantsFullScreen = (hash: string): boolean => kMonitorPart.exec(hash)?.[2] !== undefined;

/** A screen of the device, CSS pixels. */
export interface DeviceScreen {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** What window.open takes for a window of its own there. */
export const windowFeatures = (place: DeviceScreen): string =>
  `popup,left=${place.left},top=${place.top},width=${place.width},height=${place.height}`;

/** Beside this window, as large as it is; the browser keeps it on a screen. */
export const beside = (window: DeviceScreen): DeviceScreen => ({ ...window, left: window.left + window.width });

/** The screens a new window may take: all but the one that holds the middle of this window. */
export function otherScreens<S extends DeviceScreen>(screens: readonly S[], window: DeviceScreen): S[] {
  const middle: Point = { x: window.left + window.width / 2, y: window.top + window.height / 2 };
  const holds = (screen: DeviceScreen): boolean =>
    middle.x >= screen.left && middle.y >= screen.top &&
    middle.x < screen.left + screen.width && middle.y < screen.top + screen.height;
  const here = screens.find(holds) ?? screens[0];
  return screens.filter((screen) => screen !== here);
}
