/**
 * Virtual time: what is to happen, in order of time, and what was planned first before what was planned later for
 * the same instant. A binary heap.
 */
export type Action = () => void;

export class EventQueue {
  #times: number[];
  #orders: number[];
  #actions: Action[];
  #planned: number;
  /** What happens together, by its time. */
  readonly #together: Map<number, Action[]>;
  /** Milliseconds since the start. */
  now: number;
  /** Events that have happened. */
  done: number;

  constructor() {
    this.#times = [];
    this.#orders = [];
    this.#actions = [];
    this.#planned = 0;
    this.#together = new Map();
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
    const orders = this.#orders;
    const actions = this.#actions;
    const order = this.#planned++;
    let at = times.length;
    times.push(time);
    orders.push(order);
    actions.push(action);
    // A later plan never goes before an earlier one of the same time: comparing times alone keeps the order here.
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (times[parent]! <= time) break;
      times[at] = times[parent]!;
      orders[at] = orders[parent]!;
      actions[at] = actions[parent]!;
      at = parent;
    }
    times[at] = time;
    orders[at] = order;
    actions[at] = action;
  }

  /** Plans an action for a time at which many are planned for: they are one event, in the order in which they came. */
  together(time: number, action: Action): void {
    const planned = this.#together.get(time);
    if (planned !== undefined) {
      planned.push(action);
      return;
    }
    const actions = [action];
    this.#together.set(time, actions);
    this.at(time, () => {
      this.#together.delete(time);
      this.done += actions.length - 1;
      for (const each of actions) each();
    });
  }

  /** Lets the next event happen. False when there is none. */
  step(): boolean {
    const action = this.#take();
    if (action === null) return false;
    this.done++;
    action();
    return true;
  }

  #take(): Action | null {
    const times = this.#times;
    const orders = this.#orders;
    const actions = this.#actions;
    const first = actions[0];
    if (first === undefined) return null;
    this.now = times[0]!;
    const time = times.pop()!;
    const order = orders.pop()!;
    const action = actions.pop()!;
    const count = times.length;
    if (count === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= count) break;
      const right = child + 1;
      if (
        right < count &&
        (times[right]! < times[child]! || (times[right] === times[child] && orders[right]! < orders[child]!))
      )
        child = right;
      if (times[child]! > time || (times[child] === time && orders[child]! > order)) break;
      times[at] = times[child]!;
      orders[at] = orders[child]!;
      actions[at] = actions[child]!;
      at = child;
    }
    times[at] = time;
    orders[at] = order;
    actions[at] = action;
    return first;
  }
}
