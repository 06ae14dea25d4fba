// How the person wants latency, bandwidth and quality to be weighed, and the three words for it.
import { kMaxCeilingKbit, kMaxQuality, kMaxTargetMs, kMinCeilingKbit, kMinTargetMs } from '../wire/messages.gen.js';

export interface Terms {
  /** Latency to aim at beyond the network's own. */
  readonly targetMs: number;
  /** 0: none of one's own. */
  readonly ceilingKbit: number;
  /** Least quality of lossy pictures, 0: whatever the link has room for. */
  readonly qualityFloor: number;
}

export const kPresets = {
  /** Pictures are good at once, even if they come later. */
  sharp: { targetMs: 150, ceilingKbit: 0, qualityFloor: 85 },
  balanced: { targetMs: 60, ceilingKbit: 0, qualityFloor: 0 },
  /** For a metered or a shared line. */
  saver: { targetMs: 100, ceilingKbit: 2_000, qualityFloor: 0 },
} as const satisfies Readonly<Record<string, Terms>>;
export type Preset = keyof typeof kPresets;

export const presetNames = Object.keys(kPresets) as readonly Preset[];

export function presetOf(terms: Terms): Preset | null {
  return presetNames.find((name) => sameTerms(kPresets[name], terms)) ?? null;
}

export function sameTerms(a: Terms, b: Terms): boolean {
  return a.targetMs === b.targetMs && a.ceilingKbit === b.ceilingKbit && a.qualityFloor === b.qualityFloor;
}

/** From storage or the broker; null when it is none. */
export function termsFrom(value: unknown): Terms | null {
  if (typeof value !== 'object' || value === null) return null;
  const fields = value as Readonly<Record<string, unknown>>;
  const number = (name: string, least: number, most: number): number | null => {
    const one = fields[name];
    if (typeof one !== 'number' || !Number.isInteger(one)) return null;
    return one === 0 || (one >= least && one <= most) ? one : null;
  };
  const targetMs = number('targetMs', kMinTargetMs, kMaxTargetMs);
  const ceilingKbit = number('ceilingKbit', kMinCeilingKbit, kMaxCeilingKbit);
  const qualityFloor = number('qualityFloor', 1, kMaxQuality);
  if (targetMs === null || ceilingKbit === null || qualityFloor === null) return null;
  return { targetMs, ceilingKbit, qualityFloor };
}
