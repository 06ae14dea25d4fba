// Drawn figures: a curve over time, and a bar of parts.
import { fill, h } from '../dom.js';

const kSvg = 'http://www.w3.org/2000/svg';
const kSize = { width: 320, height: 96 };

function svg(className: string): SVGSVGElement {
  const element = document.createElementNS(kSvg, 'svg');
  element.setAttribute('class', className);
  element.setAttribute('viewBox', `0 0 ${kSize.width} ${kSize.height}`);
  element.setAttribute('preserveAspectRatio', 'none');
  element.setAttribute('aria-hidden', 'true');
  return element;
}

function path(className: string): SVGPathElement {
  const element = document.createElementNS(kSvg, 'path');
  element.setAttribute('class', className);
  return element;
}

export interface Point {
  readonly atS: number;
  /** Null is a gap. */
  readonly value: number | null;
}

export interface CurveOptions {
  readonly label: string;
  /** The top of the scale while all values are below it: keeps a quiet time from filling the height with noise. */
  readonly least: number;
  /** A value as a person reads it. */
  shown(value: number): string;
  /** What is said for the span of time shown. */
  span(seconds: number): string;
  readonly nothing: string;
}

/** The next of 1, 2, 5, 10, 20, ... that is not below. */
export function niceTop(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1e-9)));
  const step = [1, 2, 5, 10].find((one) => one * power >= value * (1 - 1e-9)) ?? 10;
  return step * power;
}

/** The strokes of the points in a box, from the first time to the last; points between gaps hang together. */
export function strokes(points: readonly Point[], top: number): { line: string; area: string } {
  const first = points[0]?.atS ?? 0;
  const span = Math.max(1, (points.at(-1)?.atS ?? 0) - first);
  const x = (point: Point): string => (((point.atS - first) / span) * kSize.width).toFixed(1);
  const y = (value: number): string => (kSize.height - (value / top) * (kSize.height - 4)).toFixed(1);
  let line = '';
  let area = '';
  let run: Point[] = [];
  const end = (): void => {
    const [from] = run;
    const to = run.at(-1);
    if (from === undefined || to === undefined) return;
    const way = run.map((point) => `${x(point)} ${y(point.value ?? 0)}`).join('L');
    line += `M${way}${run.length === 1 ? 'h2' : ''}`;
    area += `M${x(from)} ${kSize.height}L${way}L${x(to)} ${kSize.height}Z`;
    run = [];
  };
  for (const point of points) {
    if (point.value === null) end();
    else run.push(point);
  }
  end();
  return { line, area };
}

/** A value over time, with its scale and its newest value. */
export class TimeChart {
  readonly element: HTMLElement;
  private readonly now = h('strong', { class: 'chart-now' });
  private readonly line = path('line');
  private readonly area = path('area');
  private readonly top = h('span', { class: 'chart-top' });
  private readonly span = h('span', { class: 'chart-span' });
  private readonly plot = svg('chart-plot');

  constructor(private readonly options: CurveOptions) {
    const grid = path('grid');
    grid.setAttribute('d', `M0 ${kSize.height / 2}H${kSize.width}M0 4H${kSize.width}`);
    this.plot.append(grid, this.area, this.line);
    this.element = h('figure', { class: 'chart' },
      h('figcaption', {}, h('span', {}, options.label), this.now),
      h('div', { class: 'chart-box' }, this.plot, this.top, this.span));
  }

  draw(points: readonly Point[]): void {
    const known = points.filter((point) => point.value !== null);
    const top = niceTop(Math.max(this.options.least, ...known.map((point) => point.value ?? 0)));
    const newest = known.at(-1)?.value ?? null;
    const { line, area } = strokes(points, top);
    this.line.setAttribute('d', line);
    this.area.setAttribute('d', area);
    this.now.textContent = newest === null ? '–' : this.options.shown(newest);
    this.top.textContent = this.options.shown(top);
    const seconds = (points.at(-1)?.atS ?? 0) - (points[0]?.atS ?? 0);
    this.span.textContent = points.length < 2 ? this.options.nothing : this.options.span(seconds);
  }
}

export interface Part {
  readonly kind: string;
  readonly label: string;
  readonly count: number;
}

/** A whole and its parts, each with its number beside it. `of`: the whole when it is more than the parts. */
export function partsBar(parts: readonly Part[], of: number): HTMLElement {
  const whole = Math.max(of, parts.reduce((sum, part) => sum + part.count, 0), 1);
  const bar = h('div', { class: 'parts-bar', 'aria-hidden': 'true' }, ...parts.filter((part) => part.count > 0).map((part) => {
    const piece = h('span', { 'data-kind': part.kind });
    piece.style.inlineSize = `${((part.count / whole) * 100).toFixed(2)}%`;
    return piece;
  }));
  const legend = h('ul', { class: 'parts-legend' });
  fill(legend, ...parts.map((part) => h('li', { 'data-kind': part.kind }, h('b', {}, String(part.count)), ` ${part.label}`)));
  return h('div', { class: 'parts' }, bar, legend);
}
