// Where the desktop's picture lies in the window, and which desktop pixel a point of the window means. Everything is
// computed in device pixels, so that a picture of the window's size is shown one pixel for one at any pixel ratio.

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
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
 * The desktop pixel under a point given in CSS pixels relative to the area. Points beside the picture mean its nearest
 * pixel, so that a drag which leaves the window still ends at the edge.
 */
export function toDesktop(view: View, point: Point): Point {
  const along = (css: number, offset: number, length: number): number => {
    const pixel = Math.floor((css * view.pixelRatio - offset) / view.scale + 1e-6);
    return Math.min(Math.max(pixel, 0), Math.max(length - 1, 0));
  };
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

/** Device pixels per desktop pixel that a person may choose; 1 shows every pixel the screen has. */
export const kDetailChoices = [1, 1.25, 1.5, 2, 3] as const;

/**
 * The desktop to ask for when the area has this size and one desktop pixel shall cover `detail` device pixels.
 * `scalePercent` tells the desktop how large to draw things.
 */
export function wantedDesktop(
  area: Size,
  pixelRatio: number,
  detail: number,
  limits: { smallest: number; largest: number },
): Size & { scalePercent: number } {
  const side = (length: number): number =>
    Math.min(Math.max(Math.round(length / detail), limits.smallest), limits.largest);
  const scalePercent = Math.min(Math.max(Math.round((pixelRatio / detail) * 100), 50), 500);
  return { width: side(area.width), height: side(area.height), scalePercent };
}
