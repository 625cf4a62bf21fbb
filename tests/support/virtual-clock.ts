/** Virtual time: what is to happen, in the order of its times; what was planned first goes first at the same time. */
export class VirtualClock {
  readonly #planned: { at: number; action: () => void }[];
  /** Milliseconds since the start. */
  now: number;

  constructor() {
    this.#planned = [];
    this.now = 0;
  }

  /** Plans an action for `delay` milliseconds from now. */
  after(delay: number, action: () => void): void {
    const at = this.now + delay;
    let place = this.#planned.length;
    while (place > 0 && this.#planned[place - 1]!.at > at) place--;
    this.#planned.splice(place, 0, { at, action });
  }

  /** Lets the next event happen. False when there is none before `end`. */
  step(end = Infinity): boolean {
    const next = this.#planned[0];
    if (next === undefined || next.at > end) return false;
    this.#planned.shift();
    this.now = next.at;
    next.action();
    return true;
  }

  /** Lets `duration` milliseconds pass. */
  run(duration: number): void {
    const end = this.now + duration;
    while (this.step(end));
    this.now = end;
  }

  /** Time passes and nothing happens, as while a computer sleeps: everything planned comes that much later. */
  sleep(duration: number): void {
    this.now += duration;
    for (const each of this.#planned) each.at += duration;
  }

  /** Lets time pass until the condition holds; throws after `limit` milliseconds. */
  drive(until: () => boolean, limit: number, why = "the condition"): void {
    const end = this.now + limit;
    while (!until()) {
      if (!this.step(end)) throw new Error(`${why} did not come about within ${limit} ms of virtual time`);
    }
  }
}

/** Numbers in [0, 1) that are the same for the same seed: mulberry32. */
export function seededRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
