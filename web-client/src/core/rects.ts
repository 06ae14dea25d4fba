// Rectangles of whole pixels, as the picture is cut into.
import type { Rect } from './geometry.js';

const made = (left: number, top: number, right: number, bottom: number): Rect[] =>
  left < right && top < bottom ? [{ x: left, y: top, width: right - left, height: bottom - top }] : [];

/** What both cover: no rectangle or one. */
export function intersection(a: Rect, b: Rect): Rect[] {
  return made(
    Math.max(a.x, b.x),
    Math.max(a.y, b.y),
    Math.min(a.x + a.width, b.x + b.width),
    Math.min(a.y + a.height, b.y + b.height),
  );
}

/** What `a` covers and `b` does not: up to four rectangles that do not overlap. */
export function difference(a: Rect, b: Rect): Rect[] {
  const [common] = intersection(a, b);
  if (common === undefined) return [a];
  const right = a.x + a.width;
  const bottom = a.y + a.height;
  const commonBottom = common.y + common.height;
  return [
    ...made(a.x, a.y, right, common.y),
    ...made(a.x, common.y, common.x, commonBottom),
    ...made(common.x + common.width, common.y, right, commonBottom),
    ...made(a.x, commonBottom, right, bottom),
  ];
}

/** Of `rects`, what lies outside of a stream's area or in one of the parts of it that the picture keeps. */
export function withoutVideo(rects: readonly Rect[], area: Rect, kept: readonly Rect[]): Rect[] {
  return rects.flatMap((rect) => {
    const [inside] = intersection(rect, area);
    if (inside === undefined || kept.some((part) => difference(inside, part).length === 0)) return [rect];
    return [...difference(rect, area), ...kept.flatMap((part) => intersection(rect, part))];
  });
}
