/**
 * Virtual time: what is to happen, in order of time, and what was planned first before what was planned later for
 * the same instant. A binary heap of numbers: actions stay where they were put, as moving references to young objects
 * within an old array costs the garbage collector more than the order costs the heap.
 */
export type Action = () => void;

export class EventQueue {
  /** The heap: times, and the places of their actions. */
  readonly #times: number[];
  readonly #places: number[];
  /** By place: what is planned, and in which order. */
  readonly #actions: (Action | null)[];
  readonly #orders: number[];
  /** Places without an action. */
  readonly #free: number[];
  #planned: number;
  /** Milliseconds since the start. */
  now: number;
  /** Events that have happened. */
  done: number;

  constructor() {
    this.#times = [];
    this.#places = [];
    this.#actions = [];
    this.#orders = [];
    this.#free = [];
    this.#planned = 0;
    this.now = 0;
    this.done = 0;
  }

  get size(): number {
    return this.#times.length;
  }

  /** Plans an action `delay` milliseconds from now. */
  after(delay: number, action: Action): void {
    this.at(this.now + Math.max(0, delay), action);
  }

  /** Plans an action for a time, which must not be past. */
  at(time: number, action: Action): void {
    const times = this.#times;
    const places = this.#places;
    const place = this.#keep(action);
    let at = times.length;
    times.push(time);
    places.push(place);
    // A later plan never goes before an earlier one of the same time: comparing times alone keeps the order here.
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (times[parent]! <= time) break;
      times[at] = times[parent]!;
      places[at] = places[parent]!;
      at = parent;
    }
    times[at] = time;
    places[at] = place;
  }

  #keep(action: Action): number {
    const place = this.#free.pop() ?? this.#actions.length;
    this.#actions[place] = action;
    this.#orders[place] = this.#planned++;
    return place;
  }

  /** Lets the next event happen. False when there is none. */
  step(): boolean {
    if (this.#times.length === 0) return false;
    const place = this.#places[0]!;
    this.now = this.#times[0]!;
    this.#removeFirst();
    const action = this.#actions[place]!;
    this.#actions[place] = null;
    this.#free.push(place);
    this.done++;
    action();
    return true;
  }

  #removeFirst(): void {
    const times = this.#times;
    const places = this.#places;
    const orders = this.#orders;
    const time = times.pop()!;
    const place = places.pop()!;
    const count = times.length;
    if (count === 0) return;
    const order = orders[place]!;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= count) break;
      const right = child + 1;
      if (right < count) {
        const left = times[child]!;
        const other = times[right]!;
        if (other < left || (other === left && orders[places[right]!]! < orders[places[child]!]!))
          child = right;
      }
      const next = times[child]!;
      if (next > time || (next === time && orders[places[child]!]! > order)) break;
      times[at] = next;
      places[at] = places[child]!;
      at = child;
    }
    times[at] = time;
    places[at] = place;
  }
}
