/**
 * A round robin serves waiters in turns from something that they share and that runs out, like a rate limit or the
 * uplink. Without turns, the waiter that asks most often would get most.
 *
 * Turns are as in deficit round robin (Shreedhar, Varghese 1995): in the order in which waiters came, and with a
 * quantum for each. A turn ends when its waiter got the quantum, or can take no more. Unlike there, what a waiter got
 * beyond the quantum is not deducted from its next turn. Example: the quantum is 2, and A wants 3, B wants 2 and C
 * wants 5. The turns are AA BB CC A CC C.
 */

/**
 * Serves a waiter once, and returns how much it got. A 0 ends its turn. It then waits no more, unless it called
 * `wait` while it was served.
 */
export type Serve = () => number;

interface Turn<Waiter> {
  readonly waiter: Waiter;
  readonly serve: Serve;
  /** How much the waiter is still to get in this turn. */
  left: number;
  /** The waiter called `wait` while it was served: what is left is not for it. */
  isRefused: boolean;
}

export class RoundRobin<Waiter> {
  readonly #quantum: number;
  /** In the order of their turns. */
  readonly #waiting: Map<Waiter, Serve>;
  /** The turn under way. It goes on in the next `serve` if nothing is left in this one. */
  #turn: Turn<Waiter> | null;
  /** Waiters may cause a further `serve` while they are served: that one does nothing. */
  #isServing: boolean;

  /** `quantum`: how much is served in a turn, at least. */
  constructor(quantum: number) {
    this.#quantum = quantum;
    this.#waiting = new Map();
    this.#turn = null;
    this.#isServing = false;
  }

  get isEmpty(): boolean {
    return this.#turn === null && this.#waiting.size === 0;
  }

  /** Puts a waiter behind all others. A waiter that waits already keeps its place. */
  wait(waiter: Waiter, serve: Serve): void {
    if (this.#turn?.waiter === waiter) this.#turn.isRefused = true;
    else if (!this.#waiting.has(waiter)) this.#waiting.set(waiter, serve);
  }

  leave(waiter: Waiter): void {
    this.#waiting.delete(waiter);
    if (this.#turn?.waiter === waiter) this.#turn = null;
  }

  /** Serves the waiters, turn by turn, as long as `isLeft` says that something is left and one of them takes it. */
  serve(isLeft: () => boolean): void {
    if (this.#isServing || this.isEmpty) return;
    this.#isServing = true;
    // When as many turns in a row brought nothing as there are waiters, what is left is for none of them.
    for (let refused = 0; refused <= this.#waiting.size && isLeft(); ) {
      this.#turn ??= this.#next();
      if (this.#turn === null) break;
      refused = this.#serveTurn(this.#turn) ? 0 : refused + 1;
    }
    this.#isServing = false;
  }

  #next(): Turn<Waiter> | null {
    for (const [waiter, serve] of this.#waiting) {
      this.#waiting.delete(waiter);
      return { waiter, serve, left: this.#quantum, isRefused: false };
    }
    return null;
  }

  /** Serves the waiter whose turn it is once. False when it got nothing. */
  #serveTurn(turn: Turn<Waiter>): boolean {
    turn.isRefused = false;
    const served = turn.serve();
    turn.left -= served;
    if (served > 0 && turn.left > 0) return true;
    // The waiter may have left while it was served.
    if (this.#turn === turn) {
      this.#turn = null;
      if (served > 0 || turn.isRefused) this.#waiting.set(turn.waiter, turn.serve);
    }
    return served > 0;
  }
}
