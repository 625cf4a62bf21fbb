/**
 * How often one peer has told what it has: whole sets, and pieces that it has no more. Both can cost a look at every
 * piece, however few bytes they take, so neither may come at will. The pieces themselves are kept elsewhere.
 */

import { Bitfield } from "../pieces/bitfield.ts";
import { LOST_AGAIN_BURST, LOST_AGAIN_PER_SECOND } from "./constants.ts";

export class HasClaims {
  #wholeSets: number;
  /** The one that came said more than the next may change. */
  #isSettled: boolean;
  /** The pieces that it lost so far; null before the first. */
  #lost: Bitfield | null;
  /** How many may be lost again now, and as of when. */
  #again: number;
  #filledAt: number;

  /** `now`: when the link was opened, in milliseconds. */
  constructor(now: number) {
    this.#wholeSets = 0;
    this.#isSettled = false;
    this.#lost = null;
    this.#again = LOST_AGAIN_BURST;
    this.#filledAt = now;
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

  /**
   * lt_donthave came for a piece, which there may not be. False for one too many: a failing disk loses each piece once,
   * a cache some now and then again.
   */
  takeDontHave(piece: number, pieceCount: number, now: number): boolean {
    this.#lost ??= new Bitfield(pieceCount);
    if (piece < pieceCount && this.#lost.add(piece)) return true;
    const earned = ((now - this.#filledAt) / 1000) * LOST_AGAIN_PER_SECOND;
    this.#again = Math.min(LOST_AGAIN_BURST, this.#again + earned) - 1;
    this.#filledAt = now;
    return this.#again >= 0;
  }
}
