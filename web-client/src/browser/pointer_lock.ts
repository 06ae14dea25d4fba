// The pointer captured for programs that turn things by it (games, CAD): motion without a place, without the system's
// acceleration where the browser can leave that out. Esc gives the pointer back; browsers see to that themselves.

/** A person has waited this long for the desktop to come back; later they have found something else to do. */
const kWaitsMs = 15_000;

export interface PointerLockListener {
  changed(locked: boolean): void;
  refused(): void;
}

export class PointerLock {
  private raw = false;
  private awaySinceMs: number | null = null;

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
    if (!(await this.allowed())) this.listener.refused();
  }

  leave(): void {
    if (this.locked) document.exitPointerLock();
  }

  /** The desktop is away, and the person needs the pointer for the page. */
  suspend(nowMs: number): void {
    if (!this.locked) return;
    this.awaySinceMs = nowMs;
    this.leave();
  }

  /**
   * The desktop is back: what was captured is captured again, which browsers allow without a click where it was the page
   * that let go. Resolves to whether it has to be offered instead.
   */
  async resume(nowMs: number): Promise<boolean> {
    if (this.awaySinceMs === null) return false;
    const awayMs = nowMs - this.awaySinceMs;
    this.awaySinceMs = null;
    const elsewhere = awayMs > kWaitsMs || !document.hasFocus() || document.querySelector('dialog[open]') !== null;
    return elsewhere || !(await this.allowed());
  }

  private async allowed(): Promise<boolean> {
    try {
      await this.request({ unadjustedMovement: true });
      this.raw = true;
      return true;
    } catch (error) {
      // NotSupportedError: this system has no motion without acceleration.
      if (!(error instanceof DOMException) || error.name !== 'NotSupportedError') return false;
      this.raw = false;
      return this.request({}).then(() => true, () => false);
    }
  }

  private async request(options: { unadjustedMovement?: boolean }): Promise<void> {
    const request = this.element.requestPointerLock.bind(this.element) as (options: object) => Promise<void> | undefined;
    // Older browsers give no promise and know no options.
    await request(options);
  }
}
