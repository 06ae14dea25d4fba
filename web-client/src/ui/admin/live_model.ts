// What a page knows of the running sessions, kept up to date by answers that hold only what changed. No DOM, no clock.

export interface LiveTimes {
  readonly count: number;
  readonly sum_ms: number;
  readonly p50_ms: number;
  readonly p95_ms: number;
}

export interface LiveMeasure {
  readonly measured_s: number;
  readonly bytes_down: number;
  readonly bytes_up: number;
  readonly peak_mbit_s: number;
  readonly connected_s: number;
  readonly inputs: number;
  readonly reconnects: number;
  readonly response: LiveTimes;
  readonly round_trip: LiveTimes;
}

export interface LiveSession {
  readonly session: string;
  readonly user: string;
  readonly display_name: string;
  readonly resource: string;
  readonly name: string;
  readonly kind: 'app' | 'desktop';
  readonly pool: string;
  readonly state: string;
  readonly detail: string;
  readonly started_s: number;
  readonly address: string;
  readonly browser: string;
  readonly viewers: number;
  readonly width: number;
  readonly height: number;
  readonly measure: LiveMeasure | null;
}

export interface LiveAnswer {
  readonly now_s: number;
  readonly audit: number;
  /** Kinds of actions since the number that was sent; null: too many, read everything anew. */
  readonly actions: readonly string[] | null;
  readonly sessions: readonly LiveSession[];
  readonly ended: readonly { readonly session: string; readonly reason: string }[];
  /** False: more ended than is told. */
  readonly whole: boolean;
  readonly next: string | null;
}

/** How it was over one interval between two measures, about ten seconds. */
export interface Sample {
  readonly atS: number;
  /** Mean from input to picture; null when nothing was typed or clicked. */
  readonly responseMs: number | null;
  readonly roundTripMs: number | null;
  readonly downMbit: number;
}

export interface LiveRow extends LiveSession {
  /** The last interval's where there is one, else since the beginning. */
  readonly latencyMs: number | null;
  readonly roundTripMs: number | null;
  /** Null until two measures were seen. */
  readonly mbit: number | null;
  readonly samples: readonly Sample[];
}

/** Half an hour of ten seconds each: what a chart can show. */
const kMostSamples = 180;
/** Rows are written with the time their handler began, so the newest second may still grow. */
const kOverlapS = 5;

export class LiveModel {
  private readonly rows = new Map<string, LiveRow>();
  private nowS = 0;
  private auditNumber = -1;

  get since(): number {
    return this.nowS === 0 ? 0 : Math.max(1, this.nowS - kOverlapS);
  }

  get audit(): number {
    return this.auditNumber;
  }

  /** The server's clock at the newest answer, Unix seconds. */
  get serverNowS(): number {
    return this.nowS;
  }

  get sessions(): ReadonlyMap<string, LiveRow> {
    return this.rows;
  }

  clear(): void {
    this.rows.clear();
    this.nowS = 0;
  }

  /** Takes one answer in, all its parts at once. Whether any session changed. */
  apply(parts: readonly LiveAnswer[]): boolean {
    const first = parts[0];
    if (first === undefined) return false;
    let changed = false;
    for (const part of parts) {
      for (const session of part.sessions) changed = this.take(session) || changed;
      for (const { session } of part.ended) changed = this.rows.delete(session) || changed;
    }
    // What came with a later part may have changed after the first was made.
    this.nowS = first.now_s;
    this.auditNumber = first.audit;
    return changed;
  }

  private take(session: LiveSession): boolean {
    const before = this.rows.get(session.session);
    const sample = before === undefined ? null : sampleOf(before.measure, session.measure);
    if (before !== undefined && sample === null && sameFacts(before, session)) return false;
    const samples = sample === null ? (before?.samples ?? []) : [...(before?.samples ?? []), sample].slice(-kMostSamples);
    const last = samples.at(-1);
    this.rows.set(session.session, {
      ...session,
      latencyMs: newest(samples, 'responseMs') ?? middle(session.measure?.response),
      roundTripMs: newest(samples, 'roundTripMs') ?? middle(session.measure?.round_trip),
      mbit: session.viewers === 0 ? null : (last?.downMbit ?? null),
      samples,
    });
    return true;
  }
}

/** A person pauses: the answer to the last minute's typing still says how it is. */
const kStillTrueSamples = 6;

function newest(samples: readonly Sample[], field: 'responseMs' | 'roundTripMs'): number | null {
  for (const sample of samples.slice(-kStillTrueSamples).reverse()) {
    if (sample[field] !== null) return sample[field];
  }
  return null;
}

const middle = (times: LiveTimes | undefined): number | null => (times === undefined || times.count === 0 ? null : times.p50_ms);

function sampleOf(before: LiveMeasure | null, now: LiveMeasure | null): Sample | null {
  if (before === null || now === null || now.measured_s <= before.measured_s) return null;
  const seconds = now.measured_s - before.measured_s;
  return {
    atS: now.measured_s,
    responseMs: meanBetween(before.response, now.response),
    roundTripMs: meanBetween(before.round_trip, now.round_trip),
    downMbit: Math.max(0, ((now.bytes_down - before.bytes_down) * 8) / 1e6 / seconds),
  };
}

function meanBetween(before: LiveTimes, now: LiveTimes): number | null {
  const count = now.count - before.count;
  return count <= 0 ? null : Math.max(0, (now.sum_ms - before.sum_ms) / count);
}

const kFacts = ['user', 'display_name', 'name', 'state', 'detail', 'address', 'browser', 'viewers', 'width', 'height'] as const;

function sameFacts(before: LiveSession, now: LiveSession): boolean {
  return kFacts.every((fact) => before[fact] === now[fact]) && before.measure?.measured_s === now.measure?.measured_s;
}
