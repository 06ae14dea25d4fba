// In the session's menu: how pictures, latency and bandwidth are weighed. One of three words, or each by itself.
import { kPresets, presetNames, presetOf, type Preset, type Terms } from '../core/terms.js';
import { h } from './dom.js';
import { icon, type IconName } from './icons.js';
import { text } from './text.js';

const kCustom = 'custom';
const kTargets = [30, 60, 100, 150, 300];
const kCeilings = [0, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 50_000];
const kFloors = [0, 55, 75, 85, 95];

type Field = keyof Terms;

export class TermsMenu {
  readonly element: HTMLElement;
  private readonly preset: HTMLSelectElement;
  private readonly fields: Readonly<Record<Field, HTMLSelectElement>>;
  private readonly limit = h('small');
  private terms: Terms = kPresets.balanced;

  constructor(private readonly changed: (terms: Terms) => void) {
    const t = text.session.terms;
    this.preset = h('select', { id: 'menu-preset', on: { change: () => { this.choosePreset(); } } },
      ...presetNames.map((name) => h('option', { value: name }, t.presets[name])),
      h('option', { value: kCustom }, t.custom));
    this.fields = {
      targetMs: this.field('targetMs', kTargets, t.target),
      ceilingKbit: this.field('ceilingKbit', kCeilings, t.ceiling),
      qualityFloor: this.field('qualityFloor', kFloors, t.floor),
    };
    const row = (id: string, label: string, select: HTMLSelectElement, note: Node | string, name: IconName | null = null): HTMLElement =>
      h('div', { class: 'menu-row' }, name === null ? null : icon(name), h('label', { for: id }, label, typeof note === 'string' ? h('small', {}, note) : note), select);
    this.element = h('div', { class: 'menu-terms' },
      row('menu-preset', t.title, this.preset, t.note, 'picture'),
      h('details', {}, h('summary', {}, icon('chevron'), t.more),
        row('menu-targetMs', t.targetLabel, this.fields.targetMs, t.targetNote),
        row('menu-ceilingKbit', t.ceilingLabel, this.fields.ceilingKbit, this.limit),
        row('menu-qualityFloor', t.floorLabel, this.fields.qualityFloor, t.floorNote)));
    this.show(this.terms, 0);
  }

  /** `limitKbit` is the administrator's, which no choice passes; 0: none. */
  show(terms: Terms, limitKbit: number): void {
    this.terms = terms;
    const t = text.session.terms;
    this.limit.textContent = limitKbit === 0 ? t.ceilingNote : t.ceilingLimited(limitKbit / 1_000);
    const preset = presetOf(terms);
    this.preset.value = preset ?? kCustom;
    // What cannot be chosen is shown only while it is so.
    for (const option of this.preset.options) option.hidden = option.value === kCustom && preset !== null;
    for (const field of Object.keys(this.fields) as Field[]) this.showField(field, terms[field]);
  }

  private showField(field: Field, value: number): void {
    const select = this.fields[field];
    const known = [...select.options].some((option) => option.value === String(value));
    if (!known) select.append(h('option', { value: String(value) }, this.label(field, value)));
    select.value = String(value);
  }

  private field(field: Field, values: readonly number[], label: (value: number) => string): HTMLSelectElement {
    return h('select', { id: `menu-${field}`, on: { change: () => { this.chooseField(field); } } },
      ...values.map((value) => h('option', { value: String(value) }, label(value))));
  }

  private label(field: Field, value: number): string {
    const t = text.session.terms;
    return { targetMs: t.target, ceilingKbit: t.ceiling, qualityFloor: t.floor }[field](value);
  }

  private choosePreset(): void {
    const chosen = presetNames.find((name): name is Preset => name === this.preset.value);
    this.changed(chosen === undefined ? this.terms : kPresets[chosen]);
  }

  private chooseField(field: Field): void {
    this.changed({ ...this.terms, [field]: Number(this.fields[field].value) });
  }
}
