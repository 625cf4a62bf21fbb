/**
 * A wake lock keeps the screen of a phone on while something is transferred. The browser takes the lock back whenever
 * the page is hidden, so it is requested again when the page shows.
 */

export class ScreenWakeLock {
  #wanted: boolean;
  #lock: WakeLockSentinel | null;
  #busy: boolean;

  constructor() {
    this.#wanted = false;
    this.#lock = null;
    this.#busy = false;
    document.addEventListener("visibilitychange", () => void this.#settle());
  }

  /** Says whether the lock is wanted. May be called any number of times. */
  want(wanted: boolean): void {
    this.#wanted = wanted;
    void this.#settle();
  }

  async #settle(): Promise<void> {
    if (this.#busy || !("wakeLock" in navigator)) return;
    const held = this.#lock !== null && !this.#lock.released;
    const wanted = this.#wanted && document.visibilityState === "visible";
    if (held === wanted) return;
    this.#busy = true;
    try {
      if (wanted) this.#lock = await navigator.wakeLock.request("screen");
      else await this.#lock?.release();
    } catch {
      // Refused, as with a low battery: the next change tries again.
      this.#busy = false;
      return;
    }
    this.#busy = false;
    await this.#settle();
  }
}
