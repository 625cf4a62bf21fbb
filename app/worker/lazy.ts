/** A lazy part is a part of the worker that is a script of its own. It is loaded when it is first needed. */

import { ShoalError } from "../engine/errors.ts";

export class Lazy<Part> {
  readonly #make: () => Promise<Part>;
  #part: Part | null;
  #loading: Promise<Part> | null;

  /** `make`: loads the script and makes the part. */
  constructor(make: () => Promise<Part>) {
    this.#make = make;
    this.#part = null;
    this.#loading = null;
  }

  /** Null until it was needed. */
  get loaded(): Part | null {
    return this.#part;
  }

  /** @throws ShoalError connection/worker-not-loaded; the next call tries again */
  load(): Promise<Part> {
    this.#loading ??= this.#make().then(
      (part) => {
        this.#part = part;
        return part;
      },
      (cause) => {
        this.#loading = null;
        throw new ShoalError("connection/worker-not-loaded", "", { cause });
      },
    );
    return this.#loading;
  }
}
