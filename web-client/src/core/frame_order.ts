// Which updates still have video packets in a decoder. The picture's part of an update is on the canvas and acknowledged
// long before; its frames are told of in the order of the updates, since one VideoAck covers all before it.

/** An update whose frames are painted, or never will be. */
export interface FramedUpdate {
  readonly updateId: number;
  /** Its inputs were answered with the picture itself; else they are with the frames. */
  readonly timed: boolean;
  readonly decodeMs: number;
  readonly presentMs: number;
}

interface Waiting extends FramedUpdate {
  readonly frames: number;
}

export class FrameOrder {
  // Bounded by time: a frame that does not come within kStallMs (video_streams.ts) counts as dealt with.
  private waiting: Waiting[] = [];

  /** The update has so many video packets, each still to be dealt with. */
  add(update: FramedUpdate, frames: number): void {
    if (frames > 0) this.waiting.push({ ...update, frames });
  }

  /** A video packet of this update was painted, or will not be. `presentMs`: what painting took. */
  done(updateId: number, presentMs: number): void {
    const index = this.waiting.findIndex((one) => one.updateId === updateId);
    const found = this.waiting[index];
    if (found === undefined) return;
    this.waiting[index] = { ...found, presentMs: found.presentMs + presentMs, frames: found.frames - 1 };
  }

  /** What is dealt with, with all before it, oldest first. */
  take(): FramedUpdate[] {
    const first = this.waiting.findIndex((one) => one.frames > 0);
    return this.waiting.splice(0, first < 0 ? this.waiting.length : first);
  }

  /** Update numbers start again. */
  restart(): void {
    this.waiting = [];
  }
}
