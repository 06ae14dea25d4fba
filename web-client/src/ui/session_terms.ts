// Which terms a session runs under: what was chosen on this device, else what its user chose elsewhere, else what the
// pool or app starts with.
import { recall, remember } from '../browser/preferences.js';
import { kPresets, termsFrom, type Terms } from '../core/terms.js';
import { ApiError, type Api, type TermsAnswer, type WireTerms } from './api.js';

export class SessionTerms {
  private device: Terms | null;
  private resource: Terms = { targetMs: 0, ceilingKbit: 0, qualityFloor: 0 };
  private user: Terms | null = null;

  constructor(private readonly api: Api) {
    this.device = stored();
  }

  /** What the broker said with a ticket. */
  learn(answer: TermsAnswer | undefined): void {
    this.resource = termsFrom(camel(answer?.resource)) ?? this.resource;
    this.user = termsFrom(camel(answer?.user)) ?? this.user;
  }

  /** For the agent; null: what the session came with. */
  get chosen(): Terms | null {
    return this.device ?? this.user;
  }

  /** For the menu. */
  get shown(): Terms {
    const { targetMs, qualityFloor } = this.resource;
    return this.chosen ?? { targetMs: targetMs === 0 ? kPresets.balanced.targetMs : targetMs, ceilingKbit: 0, qualityFloor };
  }

  /** The administrator's; 0: none. */
  get limitKbit(): number {
    return this.resource.ceilingKbit;
  }

  /** Kept on this device and, for those that have chosen nothing yet, for the user. */
  choose(terms: Terms): void {
    this.device = terms;
    remember('terms', JSON.stringify(terms));
    this.api.setTerms(terms).catch((error: unknown) => {
      // A guest by link has nothing to keep it for, and the next choice is kept again.
      if (!(error instanceof ApiError)) throw error;
    });
  }
}

function stored(): Terms | null {
  try {
    return termsFrom(JSON.parse(recall('terms') ?? 'null'));
  } catch {
    return null;
  }
}

function camel(terms: WireTerms | null | undefined): unknown {
  if (terms === null || terms === undefined) return null;
  return { targetMs: terms.target_ms, ceilingKbit: terms.ceiling_kbit, qualityFloor: terms.quality_floor };
}
