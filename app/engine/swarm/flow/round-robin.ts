/**
 * Who waits for something that all share and that has nothing left now, as a rate limit or the uplink: each is served
 * in its turn, whoever waited longest first. Otherwise whoever asks most often would get most. A turn lasts until its
 * owner got so much, or wants no more: a round robin, with as many bytes to each (Shreedhar, Varghese 1995).
 */

/** Serves a waiter once, and says how much it got. 0: it wants no more, or has called `wait` again. */
export type Serve = () => number;

interface Turn<Waiter> {
  readonly waiter: Waiter;
  readonly serve: Serve;
  /** How much it is still to get. */
  left: number;
  /** It was refused what is left for others. */
  isRefused: boolean;
}

export class RoundRobin<Waiter> {
  readonly #quantum: number;
  /** In the order of their turns. */
  readonly #waiting: Map<Waiter, Serve>;
  #turn: Turn<Waiter> | null;
  #isServing: boolean;

  /** `quantum`: how much is served in a turn. */
  constructor(quantum: number) {
    this.#quantum = quantum;
    this.#waiting = new Map();
    this.#turn = null;
    this.#isServing = false;
  }

  get isEmpty(): boolean {
    return this.#turn === null && this.#waiting.size === 0;
  }

  /** Keeps its place if it waits already. */
  wait(waiter: Waiter, serve: Serve): void {
    if (this.#turn?.waiter === waiter) this.#turn.isRefused = true;
    else if (!this.#waiting.has(waiter)) this.#waiting.set(waiter, serve);
  }

  leave(waiter: Waiter): void {
    this.#waiting.delete(waiter);
    if (this.#turn?.waiter === waiter) this.#turn = null;
  }

  /** Serves those that wait for as long as something `isLeft` that any of them may have. */
  serve(isLeft: () => boolean): void {
    if (this.#isServing || this.isEmpty) return;
    this.#isServing = true;
    // As many as were refused in a row: everybody, and what is left is for none of them.
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

  /** False when nothing came of it. */
  #serveTurn(turn: Turn<Waiter>): boolean {
    turn.isRefused = false;
    const served = turn.serve();
    turn.left -= served;
    if (served > 0 && turn.left > 0) return true;
    // It may have left meanwhile.
    if (this.#turn === turn) {
      this.#turn = null;
      if (served > 0 || turn.isRefused) this.#waiting.set(turn.waiter, turn.serve);
    }
    return served > 0;
  }
}
