// Acknowledges updates in the order they came. One that carries video packets is shown when its frames are; those
// behind it are on the canvas already and wait here only with their acknowledgement, which covers all before it.
import type { FrameAck } from '../wire/messages.gen.js';

export interface Applied {
  readonly ack: FrameAck;
  /** Its inputs have been timed: the picture itself changed. */
  readonly timed: boolean;
}

interface Waiting extends Applied {
  frames: number;
}

export class AckOrder {
  // Bounded by time: a frame that does not come within kStallMs (video_streams.ts) counts as dealt with.
  private waiting: Waiting[] = [];

  /** The update is in the picture; `frames` of its video packets are still to be dealt with. */
  add(applied: Applied, frames: number): void {
    this.waiting.push({ ...applied, frames });
  }

  /** A video packet of this update was painted, or will not be. `presentUs`: what painting took. */
  frameDone(updateId: number, presentUs: number): void {
    const index = this.waiting.findIndex((one) => one.ack.updateId === updateId);
    const found = this.waiting[index];
    if (found === undefined) return;
    this.waiting[index] = {
      ...found,
      ack: { ...found.ack, presentUs: found.ack.presentUs + presentUs },
      frames: found.frames - 1,
    };
  }

  /** What may be acknowledged now, oldest first. */
  take(): Applied[] {
    const first = this.waiting.findIndex((one) => one.frames > 0);
    return this.waiting.splice(0, first < 0 ? this.waiting.length : first);
  }

  /** Update numbers start again. */
  restart(): void {
    this.waiting = [];
  }
}
