/**
 * How often one peer has told what it has: whole sets, and pieces that it has no more. A whole set costs a look at
 * every piece, however few bytes it takes, so it may not come at will. What the claims say is kept elsewhere.
 */
import { DONT_HAVES_PER_SECOND } from "./constants.ts";

export class HasClaims {
  readonly #since: number;
  #wholeSets: number;
  /** The one that came said more than the next may change. */
  #isSettled: boolean;
  #dontHaves: number;

  /** `now`: when the link was opened, in milliseconds. */
  constructor(now: number) {
    this.#since = now;
    this.#wholeSets = 0;
    this.#isSettled = false;
    this.#dontHaves = 0;
  }

  /**
   * A bitfield, have-all or have-none came. False for one too many. BEP 3 allows one, right after the handshakes.
   * Clients that had no info dictionary then say it once more when they do: it is allowed to those that had nothing
   * (`isEmpty`), and to those that spoke before we knew the info dictionary (`isEarly`).
   */
  takeWholeSet({ isEmpty, isEarly }: { isEmpty: boolean; isEarly: boolean }): boolean {
    if (this.#isSettled) return false;
    this.#wholeSets++;
    this.#isSettled = this.#wholeSets > 1 || !(isEmpty || isEarly);
    return true;
  }

  /** lt_donthave came. False for one too many: a failing disk loses each piece once, and a cache some now and then. */
  takeDontHave(now: number, pieceCount: number): boolean {
    this.#dontHaves++;
    return this.#dontHaves <= pieceCount + ((now - this.#since) / 1000) * DONT_HAVES_PER_SECOND;
  }
}
