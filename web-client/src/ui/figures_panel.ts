// The panel of figures: how long an input takes to its picture and where the time goes, the last minute, the link, and
// one sentence when it is slow. It is drawn once a second while it is open, and nothing is measured for it otherwise.
import { kSeconds, type Figures, type Second } from '../core/figures.js';
import { kParts, totalOf, type Split } from '../core/latency.js';
import { fill, h } from './dom.js';
import { icon } from './icons.js';
import { text } from './text.js';

/** The curve's own units; it is stretched to the panel. */
const kCurve = { width: 120, height: 28 };
const kSvg = 'http://www.w3.org/2000/svg';

class Curve {
  readonly element = h('div', { class: 'figures-curve' });
  private readonly value = h('strong');
  private readonly line = document.createElementNS(kSvg, 'path');
  private readonly area = document.createElementNS(kSvg, 'path');

  constructor(label: string) {
    const svg = document.createElementNS(kSvg, 'svg');
    svg.setAttribute('viewBox', `0 0 ${kCurve.width} ${kCurve.height}`);
    svg.setAttribute('preserveAspectRatio', 'none');
    svg.setAttribute('aria-hidden', 'true');
    this.area.setAttribute('class', 'area');
    this.line.setAttribute('class', 'line');
    svg.append(this.area, this.line);
    this.element.append(h('span', {}, label), svg, this.value);
  }

  /** Null is a gap. `least` keeps a quiet minute from filling the height with noise. */
  draw(values: readonly (number | null)[], least: number, shown: string): void {
    this.value.textContent = shown;
    const top = Math.max(least, ...values.map((one) => one ?? 0));
    const step = kCurve.width / (kSeconds - 1);
    const first = kSeconds - values.length;
    const at = (i: number, value: number): string =>
      `${((first + i) * step).toFixed(1)} ${(kCurve.height - 1 - (value / top) * (kCurve.height - 3)).toFixed(1)}`;
    let line = '';
    let area = '';
    let run: string[] = [];
    let runFrom = 0;
    const endRun = (end: number): void => {
      if (run.length === 0) return;
      // A second alone is drawn as a short stroke, or it would not be seen.
      line += `M${run.join('L')}${run.length === 1 ? 'h1.5' : ''}`;
      area += `M${at(runFrom, 0)}L${run.join('L')}L${at(end - 1, 0)}Z`;
      run = [];
    };
    values.forEach((value, i) => {
      if (value === null) return endRun(i);
      if (run.length === 0) runFrom = i;
      run.push(at(i, value));
    });
    endRun(values.length);
    this.line.setAttribute('d', line);
    this.area.setAttribute('d', area);
  }
}

export class FiguresPanel {
  readonly element: HTMLElement;
  private readonly total = h('strong', { class: 'figures-total' });
  private readonly totalNote = h('span', { class: 'figures-note' });
  private readonly bar = h('div', { class: 'figures-bar', 'aria-hidden': 'true' });
  private readonly legend = h('ul', { class: 'figures-legend' });
  private readonly slow = h('p', { class: 'figures-slow', role: 'status' });
  private readonly facts = h('dl', { class: 'figures-facts' });
  private readonly latency = new Curve(text.figures.latency);
  private readonly bandwidth = new Curve(text.figures.bandwidth);
  private readonly frames = new Curve(text.figures.frames);

  constructor(close: () => void) {
    this.element = h(
      'aside',
      { class: 'figures', 'aria-label': text.figures.title, hidden: true },
      h('header', {}, h('div', {}, this.total, this.totalNote),
        h('button', { type: 'button', class: 'icon-button', 'aria-label': text.figures.hide, on: { click: close } }, icon('close'))),
      this.slow, this.bar, this.legend,
      h('div', { class: 'figures-curves' }, this.latency.element, this.bandwidth.element, this.frames.element),
      this.facts,
    );
    this.clear();
  }

  get open(): boolean {
    return !this.element.hidden;
  }

  setOpen(open: boolean): void {
    this.element.hidden = !open;
    if (open) this.clear();
  }

  draw(figures: Figures): void {
    const t = text.figures;
    this.drawSplit(figures.split);
    this.slow.textContent = figures.slow === null ? '' : t.slow[figures.slow](figures);
    const { seconds } = figures;
    const last = seconds.at(-1);
    const column = (of: (second: Second) => number | null): (number | null)[] => seconds.map(of);
    const latest = [...seconds].reverse().find((one) => one.latencyMs !== null)?.latencyMs ?? null;
    this.latency.draw(column((one) => one.latencyMs), 50, latest === null ? '–' : t.ms(latest));
    this.bandwidth.draw(column((one) => one.bits / 1e6), 1, t.mbit((last?.bits ?? 0) / 1e6));
    this.frames.draw(column((one) => one.frames), 30, t.rate(last?.frames ?? 0));
    this.drawFacts(figures);
  }

  private clear(): void {
    this.drawSplit(null);
    this.slow.textContent = '';
    for (const curve of [this.latency, this.bandwidth, this.frames]) curve.draw([], 1, '–');
    fill(this.facts);
  }

  private drawSplit(split: Split | null): void {
    const t = text.figures;
    this.total.textContent = split === null ? '–' : t.ms(totalOf(split));
    this.totalNote.textContent = split === null ? t.nothingYet : t.total;
    this.bar.dataset['empty'] = String(split === null);
    const all = split === null ? 1 : Math.max(totalOf(split), 0.001);
    fill(this.bar, ...(split === null ? [] : kParts.map((part) => {
      const piece = h('span', { 'data-part': part });
      piece.style.inlineSize = `${((split[part] / all) * 100).toFixed(2)}%`;
      return piece;
    })));
    fill(this.legend, ...kParts.map((part) => h('li', { 'data-part': part }, h('span', {}, t.parts[part]), h('b', {}, split === null ? '–' : t.shortMs(split[part])))));
  }

  private drawFacts(figures: Figures): void {
    const t = text.figures;
    const { content } = figures;
    const rows: readonly (readonly [string, string])[] = [
      [t.roundTrip, figures.roundTripMs === null ? '–' : t.ms(figures.roundTripMs)],
      [t.queue, figures.queueMs === null ? '–' : t.ms(figures.queueMs)],
      [t.linkRate, figures.rateKbit === null ? '–' : t.mbit(figures.rateKbit / 1_000)],
      [t.ceiling, figures.ceilingKbit === 0 ? t.noCeiling : t.mbit(figures.ceilingKbit / 1_000)],
      [t.exact, figures.exact ? t.exactYes : t.exactNo],
      [t.content, content === null ? '–' : t.shares(content)],
    ];
    fill(this.facts, ...rows.map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value))));
  }
}
