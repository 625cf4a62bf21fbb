/**
 * Lazy waits are the piece waits of a node (piece-waits.ts), whose code is loaded when somebody waits for the first time.
 * Most people save only what is whole.
 */

import type { PieceRequest } from "../bridge/piece-requests.ts";
import { ShoalError } from "../engine/errors.ts";
import type { PieceWaits, PieceWaitsParts } from "./piece-waits.ts";

export class LazyWaits {
  readonly #parts: PieceWaitsParts;
  #loading: Promise<PieceWaits> | null;
  /** Null until the code is here. */
  #waits: PieceWaits | null;

  constructor(parts: PieceWaitsParts) {
    this.#parts = parts;
    this.#loading = null;
    this.#waits = null;
  }

  /** As PieceWaits. @throws ShoalError as it does, or connection/worker-not-loaded */
  async wait(wanted: PieceRequest, signal: AbortSignal): Promise<void> {
    this.#loading ??= this.#load();
    await (await this.#loading).wait(wanted, signal);
  }

  /** As PieceWaits. */
  check(): void {
    this.#waits?.check();
  }

  async #load(): Promise<PieceWaits> {
    try {
      const { PieceWaits } = await import("./piece-waits.ts");
      this.#waits = new PieceWaits(this.#parts);
      return this.#waits;
    } catch (cause) {
      this.#loading = null;
      throw new ShoalError("connection/worker-not-loaded", "", { cause });
    }
  }
}
