/**
 * The has-claims of one peer count two kinds of its messages: whole sets of what it has, and pieces that it lost.
 * Both are a few bytes and can cost a search of all pieces, so each may come only so often:
 *
 * | message | may come |
 * | --- | --- |
 * | bitfield, have-all, have-none | once; once more if the first was empty or came before the info dictionary |
 * | lt_donthave | once for each piece; besides, 64 times at once and then once a second |
 *
 * The pieces themselves are in the peer's bitfield.
 */

import { Bitfield } from "../pieces/bitfield.ts";
import { LOST_AGAIN_BURST, LOST_AGAIN_PER_SECOND } from "./constants.ts";

export class HasClaims {
  #wholeSets: number;
  /** No further whole set may come. */
  #isSettled: boolean;
  /** The pieces that the peer lost so far; null before the first. */
  #lost: Bitfield | null;
  /** Pieces that may be lost again, as counted at `#filledAt`. */
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
   * Counts a bitfield, have-all or have-none. False when it is one too many. BEP 3 allows one, right after the
   * handshakes. Clients without an info dictionary send another when they have it. So a second may follow one that
   * was empty (`isEmpty`) or came before we knew the info dictionary (`isEarly`).
   */
  takeWholeSet({ isEmpty, isEarly }: { isEmpty: boolean; isEarly: boolean }): boolean {
    if (this.#isSettled) return false;
    this.#wholeSets++;
    this.#isSettled = this.#wholeSets > 1 || !(isEmpty || isEarly);
    return true;
  }

  /**
   * Counts an lt_donthave; `piece` may be out of range. False when it is one too many. A failing disk loses each
   * piece once. A cache loses some pieces again now and then.
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
