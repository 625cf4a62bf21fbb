/**
 * Virtual time: what is to happen, in order of time. For the same instant: lower ranks first, and of one rank what was
 * planned first. Ranks order what comes from elsewhere by where it comes from, so that the order in which threads plan
 * it is nothing to a run.
 *
 * A binary heap of numbers: actions stay where they were put, as moving references to young objects within an old array
 * costs the garbage collector more than the order costs the heap.
 */
export type Action = () => void;

export class VirtualClock {
  /** The heap: times, and the places of their actions. */
  readonly #times: number[];
  readonly #places: number[];
  /** By place: what is planned, of which rank, and in which order. */
  readonly #actions: (Action | null)[];
  readonly #ranks: number[];
  readonly #orders: number[];
  /** Places without an action. */
  readonly #free: number[];
  #planned: number;
  /** Milliseconds since the start. */
  now: number;
  /** Events that have happened. */
  done: number;

  /** `now`: milliseconds since the start of the run. */
  constructor(now = 0) {
    this.#times = [];
    this.#places = [];
    this.#actions = [];
    this.#ranks = [];
    this.#orders = [];
    this.#free = [];
    this.#planned = 0;
    this.now = now;
    this.done = 0;
  }

  /** When the next event happens; Infinity when there is none. */
  get next(): number {
    return this.#times[0] ?? Number.POSITIVE_INFINITY;
  }

  /** Plans an action `delay` milliseconds from now. */
  after(delay: number, action: Action): void {
    this.at(this.now + Math.max(0, delay), action);
  }

  /** Plans an action for a time, which must not be past. `rank`: 0 for a host's own plans. */
  at(time: number, action: Action, rank = 0): void {
    const times = this.#times;
    const places = this.#places;
    const place = this.#keep(action, rank);
    let at = times.length;
    times.push(time);
    places.push(place);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const other = times[parent]!;
      // A later plan never goes before an earlier one of the same time and rank.
      if (other < time || (other === time && this.#ranks[places[parent]!]! <= rank)) break;
      times[at] = times[parent]!;
      places[at] = places[parent]!;
      at = parent;
    }
    times[at] = time;
    places[at] = place;
  }

  #keep(action: Action, rank: number): number {
    const place = this.#free.pop() ?? this.#actions.length;
    this.#actions[place] = action;
    this.#ranks[place] = rank;
    this.#orders[place] = this.#planned++;
    return place;
  }

  /** Lets the next event happen. False when there is none that is planned for `end` or before. */
  step(end = Number.POSITIVE_INFINITY): boolean {
    const time = this.#times[0];
    if (time === undefined || time > end) return false;
    const place = this.#places[0]!;
    this.now = time;
    this.#removeFirst();
    const action = this.#actions[place]!;
    this.#actions[place] = null;
    this.#free.push(place);
    this.done++;
    action();
    return true;
  }

  /** Lets everything happen that is planned for before `end`, and time pass until then. */
  runUntil(end: number): void {
    while (this.#times.length > 0 && this.#times[0]! < end) this.step();
    this.now = end;
  }

  /** Lets `duration` milliseconds pass; what is planned for the last of them happens. */
  run(duration: number): void {
    const end = this.now + duration;
    while (this.step(end));
    this.now = end;
  }

  /** Lets time pass until the condition holds; throws after `limit` milliseconds. */
  drive(until: () => boolean, limit: number, why = "the condition"): void {
    const end = this.now + limit;
    while (!until()) {
      if (!this.step(end)) throw new Error(`${why} did not come about within ${limit} ms of virtual time`);
    }
  }

  /** Time passes and nothing happens, as while a computer sleeps: everything planned comes that much later. */
  sleep(duration: number): void {
    this.now += duration;
    for (let at = 0; at < this.#times.length; at++) this.#times[at]! += duration;
  }

  #removeFirst(): void {
    const times = this.#times;
    const places = this.#places;
    const time = times.pop()!;
    const place = places.pop()!;
    const count = times.length;
    if (count === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= count) break;
      const right = child + 1;
      if (right < count) {
        const left = times[child]!;
        const other = times[right]!;
        if (other < left || (other === left && this.#isBefore(places[right]!, places[child]!))) child = right;
      }
      const next = times[child]!;
      if (next > time || (next === time && this.#isBefore(place, places[child]!))) break;
      times[at] = next;
      places[at] = places[child]!;
      at = child;
    }
    times[at] = time;
    places[at] = place;
  }

  /** Which of two of the same time comes first. */
  #isBefore(place: number, other: number): boolean {
    const difference = this.#ranks[place]! - this.#ranks[other]!;
    return difference < 0 || (difference === 0 && this.#orders[place]! < this.#orders[other]!);
  }
}
