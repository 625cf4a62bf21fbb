/**
 * The sending side in the way of the engine (app/engine/swarm/uploads.ts): each block goes over whichever connection
 * has the least to send, and waits while all have enough, or while the node's uplink has no room. Keeps the blocks that
 * wait.
 */
import { RateMeter } from "../../../app/engine/swarm/flow/rate-meter.ts";
import type { Uplink } from "../../../app/engine/swarm/flow/uplink.ts";
import { sendQueueLimit } from "../../../app/engine/swarm/upload/uploads.ts";
import type { VirtualClock } from "../../support/virtual-clock.ts";
import { Association } from "./association.ts";
import { METER_TIME } from "./constants.ts";
import type { Link } from "./link.ts";

export class Upload {
  readonly connections: Association[];
  readonly #clock: VirtualClock;
  readonly #uplink: Uplink<Upload>;
  readonly #waiting: { readonly bytes: number; readonly deliver: (key: number) => void }[];
  readonly #meter: RateMeter;
  /** When it began to send; the line is in use from then on. */
  #startedAt: number | null;
  #next: number;
  readonly #connect: () => void;

  /** `connections`: how many, one and its lanes. */
  constructor(uplink: Uplink<Upload>, clock: VirtualClock, there: Link, back: Link, connections: number) {
    this.#uplink = uplink;
    this.#clock = clock;
    this.#waiting = [];
    this.#meter = new RateMeter(clock.now, METER_TIME);
    this.#startedAt = null;
    this.#next = 0;
    this.connections = [];
    this.#connect = () =>
      this.connections.push(new Association(clock, there, back, () => clock.after(0, () => this.#pump())));
    this.open(connections);
  }

  /** Opens so many connections more. */
  open(count: number): void {
    for (let more = 0; more < count; more++) this.#connect();
    this.#pump();
  }

  /** The other end says which blocks came. */
  handleReceived(keys: readonly number[]): void {
    for (const key of keys) this.#uplink.handleReceived(this, key, this.#clock.now);
    this.#serveTurns();
  }

  /** `deliver` is told the number of the block. */
  send(bytes: number, deliver: (key: number) => void): void {
    this.#waiting.push({ bytes, deliver });
    this.#pump();
  }

  #pump(): void {
    if (this.#waiting.length === 0) return;
    if (this.#uplink.roundRobin.isEmpty) {
      while (this.#sendNext() > 0);
    } else {
      this.#queueUp();
      this.#serveTurns();
    }
  }

  #sendNext(): number {
    const { now } = this.#clock;
    this.#startedAt ??= now;
    const freest = this.connections.reduce((a, b) => (b.unsent < a.unsent ? b : a));
    const limit = sendQueueLimit(this.#meter.rate(now), this.connections.length, now - this.#startedAt);
    if (this.#waiting.length === 0 || freest.unsent >= limit) return 0;
    if (!this.#uplink.hasRoomFor(this)) {
      this.#queueUp();
      return 0;
    }
    const { bytes, deliver } = this.#waiting.shift()!;
    const key = this.#next++;
    this.#meter.add(bytes);
    this.#uplink.handleSent(this, key, bytes, now);
    freest.send(bytes, () => deliver(key));
    return bytes;
  }

  #queueUp(): void {
    this.#uplink.roundRobin.wait(this, () => this.#sendNext());
  }

  #serveTurns(): void {
    this.#uplink.roundRobin.serve(() => this.#uplink.hasRoom);
  }
}
