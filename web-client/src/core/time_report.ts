// Collects what InputTimes tells the agent, so that it goes out about once a second and not with every picture.
import { kMaxTimedInputs, type InputTimes } from '../wire/messages.gen.js';
import { kParts, type Split } from './latency.js';

const kEveryMs = 1_000;
/** A round trip alone, while nobody types, is told this often. */
const kRoundTripEveryMs = 10_000;

export class TimeReport {
  private splits: Split[] = [];
  private roundTripMs: number | null = null;
  private sentMs = -Infinity;

  add(splits: readonly Split[]): void {
    this.splits.push(...splits);
  }

  addRoundTrip(ms: number): void {
    this.roundTripMs = ms;
  }

  restart(): void {
    this.splits = [];
    this.roundTripMs = null;
  }

  /** When take() has something to say. */
  dueMs(): number {
    if (this.splits.length >= kMaxTimedInputs) return -Infinity;
    if (this.splits.length > 0) return this.sentMs + kEveryMs;
    return this.roundTripMs === null ? Infinity : this.sentMs + kRoundTripEveryMs;
  }

  take(nowMs: number): InputTimes | null {
    if (nowMs < this.dueMs()) return null;
    this.sentMs = nowMs;
    const micros = (ms: number): number => Math.min(0xffff_ffff, Math.max(0, Math.round(ms * 1_000)));
    const splits = this.splits.splice(0, kMaxTimedInputs);
    const partsUs = Uint32Array.from(splits.flatMap((split) => kParts.map((part) => micros(split[part]))));
    const rttUs = micros(this.roundTripMs ?? 0);
    this.roundTripMs = null;
    return { type: 'InputTimes', partsUs, rttUs };
  }
}
