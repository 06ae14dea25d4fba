// The pointer captured for programs that turn things by it (games, CAD): motion without a place, without the system's
// acceleration where the browser can leave that out. Esc gives the pointer back; browsers see to that themselves.

export interface PointerLockListener {
  changed(locked: boolean): void;
  refused(): void;
}

export class PointerLock {
  private raw = false;

  constructor(
    private readonly element: HTMLElement,
    private readonly listener: PointerLockListener,
    signal: AbortSignal,
  ) {
    document.addEventListener('pointerlockchange', () => { listener.changed(this.locked); }, { signal });
  }

  /** iPhones and iPads have none. */
  static get possible(): boolean {
    return 'requestPointerLock' in HTMLElement.prototype && matchMedia('(any-pointer: fine)').matches;
  }

  get locked(): boolean {
    return document.pointerLockElement === this.element;
  }

  /** Desktop pixels for one pixel of motion that an event tells, with `shown` CSS pixels for each desktop pixel. */
  gain(shown: number): number {
    return this.raw ? 1 : 1 / shown;
  }

  /** In answer to a click or a key; else browsers refuse. */
  async enter(): Promise<void> {
    try {
      await this.request({ unadjustedMovement: true });
      this.raw = true;
    } catch (error) {
      // NotSupportedError: this system has no motion without acceleration.
      if (!(error instanceof DOMException) || error.name !== 'NotSupportedError') return this.listener.refused();
      this.raw = false;
      await this.request({}).catch(() => { this.listener.refused(); });
    }
  }

  leave(): void {
    if (this.locked) document.exitPointerLock();
  }

  private async request(options: { unadjustedMovement?: boolean }): Promise<void> {
    const request = this.element.requestPointerLock.bind(this.element) as (options: object) => Promise<void> | undefined;
    // Older browsers give no promise and know no options.
    await request(options);
  }
}
