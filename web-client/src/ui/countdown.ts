/** Calls `show` with the whole seconds left until `untilMs` (Date.now), now and at each change; then `done`. */
export class Countdown {
  private timer: ReturnType<typeof setTimeout> | undefined;

  start(untilMs: number, show: (seconds: number) => void, done: () => void): void {
    this.stop();
    const step = (): void => {
      const leftMs = untilMs - Date.now();
      if (leftMs <= 0) return done();
      show(Math.ceil(leftMs / 1_000));
      this.timer = setTimeout(step, leftMs % 1_000 || 1_000);
    };
    step();
  }

  stop(): void {
    clearTimeout(this.timer);
  }
}
