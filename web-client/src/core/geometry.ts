// Where the desktop's picture lies in the window, and which desktop pixel a point of the window means. Everything is
// computed in device pixels, so that a picture of the window's size is shown one pixel for one at any pixel ratio.

import { kPenSteps } from '../wire/messages.gen.js';

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface View {
  /** Of the window's picture area, device pixels. */
  readonly area: Size;
  /** Device pixels per CSS pixel. */
  readonly pixelRatio: number;
  /** The desktop's picture, desktop pixels. */
  readonly desktop: Size;
  /** Device pixels per desktop pixel. */
  readonly scale: number;
  /** Upper left corner of the picture in the area, device pixels, whole. */
  readonly offset: Point;
}

/** Beyond these no program's text can be used. */
const kLeastScale = 50;
const kLargestScale = 500;
/** A scale this near to 1 is taken as 1: rounding of the area must not blur a picture that fits. */
const kNearOne = 0.004;

/** The whole picture as large as fits, in the middle; exactly 1:1 when the sizes agree. */
export function fitView(area: Size, pixelRatio: number, desktop: Size): View {
  const known = area.width > 0 && area.height > 0 && desktop.width > 0 && desktop.height > 0;
  const fit = known ? Math.min(area.width / desktop.width, area.height / desktop.height) : 1;
  const scale = Math.abs(fit - 1) < kNearOne ? 1 : fit;
  const offset = {
    x: Math.max(0, Math.floor((area.width - desktop.width * scale) / 2)),
    y: Math.max(0, Math.floor((area.height - desktop.height * scale) / 2)),
  };
  return { area, pixelRatio, desktop, scale, offset };
}

/** Place and size of the picture, CSS pixels relative to the area. */
export function pictureBox(view: View): { left: number; top: number; width: number; height: number } {
  return {
    left: view.offset.x / view.pixelRatio,
    top: view.offset.y / view.pixelRatio,
    width: (view.desktop.width * view.scale) / view.pixelRatio,
    height: (view.desktop.height * view.scale) / view.pixelRatio,
  };
}

/**
 * A mouse is at whole device pixels, which browsers tell as CSS pixels of single precision: times the ratio of a zoomed
 * page that misses the pixel's edge by up to some 1/1,000. Nobody can point so exactly that this takes anything away.
 */
const kEdge = 1 / 64;

function pixelAt(device: number, offset: number, scale: number): number {
  return Math.floor((device + kEdge - offset) / scale);
}

/**
 * The desktop pixel under a point given in CSS pixels relative to the area. Points beside the picture mean its nearest
 * pixel, so that a drag which leaves the window still ends at the edge.
 */
export function toDesktop(view: View, point: Point): Point {
  const along = (css: number, offset: number, length: number): number => {
    const pixel = pixelAt(css * view.pixelRatio, offset, view.scale);
    return Math.min(Math.max(pixel, 0), Math.max(length - 1, 0));
  };
  return {
    x: along(point.x, view.offset.x, view.desktop.width),
    y: along(point.y, view.offset.y, view.desktop.height),
  };
}

/** The same, but points outside of the window mean what would be there if the desktop went on. */
export function toDesktopBeyond(view: View, point: Point): Point {
  const x = point.x * view.pixelRatio;
  const y = point.y * view.pixelRatio;
  if (x >= 0 && y >= 0 && x < view.area.width && y < view.area.height) return toDesktop(view, point);
  return { x: pixelAt(x, view.offset.x, view.scale), y: pixelAt(y, view.offset.y, view.scale) };
}

/** The same with fractions of a pixel, for a pen; points beside the picture mean its edge. */
export function toDesktopExact(view: View, point: Point): Point {
  const along = (css: number, offset: number, length: number): number =>
    Math.min(Math.max((css * view.pixelRatio - offset) / view.scale, 0), Math.max(length - 1 / kPenSteps, 0));
  return {
    x: along(point.x, view.offset.x, view.desktop.width),
    y: along(point.y, view.offset.y, view.desktop.height),
  };
}

/** The centre of a desktop pixel in CSS pixels relative to the area. */
export function fromDesktop(view: View, pixel: Point): Point {
  return {
    x: (view.offset.x + (pixel.x + 0.5) * view.scale) / view.pixelRatio,
    y: (view.offset.y + (pixel.y + 0.5) * view.scale) / view.pixelRatio,
  };
}

/** How large text and controls of the desktop may be chosen, against their usual size. */
export const kSizeChoices = [0.5, 0.75, 1, 1.25, 1.5, 2] as const;

/**
 * The desktop to ask for: every device pixel of the area, and `scalePercent` for how large it is to draw things, so that
 * they are sharp at any size.
 */
export function wantedDesktop(
  area: Size,
  pixelRatio: number,
  size: number,
  limits: { smallest: number; largest: number },
): Size & { scalePercent: number } {
  const side = (length: number): number => Math.min(Math.max(length, limits.smallest), limits.largest);
  const scalePercent = Math.min(Math.max(Math.round(pixelRatio * size * 100), kLeastScale), kLargestScale);
  return { width: side(area.width), height: side(area.height), scalePercent };
}
