/**
 * The unstored budget counts the bytes received and not yet stored, of all torrents of a node. From UNSTORED_BYTES
 * on, the budget is closed, and nothing is asked for. This bounds the memory of downloads where the disk does not
 * keep up.
 */
import { UNSTORED_BYTES } from "./constants.ts";

export class UnstoredBudget {
  readonly #opened: () => void;
  #bytes: number;

  /** `opened`: called when the budget opens again. */
  constructor(opened: () => void) {
    this.#opened = opened;
    this.#bytes = 0;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get isOpen(): boolean {
    return this.#bytes < UNSTORED_BYTES;
  }

  add(bytes: number): void {
    this.#bytes += bytes;
  }

  remove(bytes: number): void {
    const wasOpen = this.isOpen;
    this.#bytes -= bytes;
    if (!wasOpen && this.isOpen) this.#opened();
  }
}
