/** Swarms that answer later, as those of another server do: each input waits until it is let through. */
import type { Announce, Answer, Scrape, Signal } from "../../../signaling/protocol.ts";
import { SwarmState } from "../../../signaling/swarm-state.ts";
import type { Outcome, SwarmOptions, Swarms } from "../../../signaling/swarms.ts";

interface Held {
  readonly name: string;
  go(): void;
  fail(error: Error): void;
}

export class SlowSwarms<Connection> implements Swarms<Connection> {
  /** Inputs that came, by kind, and for announces by their peer: "announce anna", "leave". */
  readonly came: string[];
  readonly #state: SwarmState<Connection>;
  #held: Held[];
  #isOpen: boolean;

  constructor(options: SwarmOptions<Connection>) {
    this.came = [];
    this.#state = new SwarmState(options);
    this.#held = [];
    this.#isOpen = false;
  }

  get swarmCount(): number {
    return this.#state.swarmCount;
  }

  get connectionCount(): number {
    return this.#state.connectionCount;
  }

  /** Names of what waits. */
  get held(): string[] {
    return this.#held.map(({ name }) => name);
  }

  /** Lets those of a name through that wait. */
  letThrough(name: string): void {
    this.#take(name).go();
  }

  /** One of a name fails. */
  fail(name: string, error: Error): void {
    this.#take(name).fail(error);
  }

  /** Lets everything through, later inputs too. */
  open(): void {
    this.#isOpen = true;
    for (const { go } of this.#held.splice(0)) go();
  }

  async handleAnnounce(
    connection: Connection,
    announce: Announce,
    now: number,
  ): Promise<Outcome<Connection>> {
    await this.#pass(`announce ${announce.peerId.replace(/_+$/, "")}`);
    return this.#state.handleAnnounce(connection, announce, now);
  }

  async handleAnswer(connection: Connection, answer: Answer, now: number): Promise<Outcome<Connection>> {
    await this.#pass("answer");
    return this.#state.handleAnswer(connection, answer, now);
  }

  async handleSignal(connection: Connection, said: Signal, now: number): Promise<Outcome<Connection>> {
    await this.#pass("signal");
    return this.#state.handleSignal(connection, said, now);
  }

  async handleScrape(connection: Connection, scrape: Scrape): Promise<Outcome<Connection>> {
    await this.#pass("scrape");
    return this.#state.handleScrape(connection, scrape);
  }

  async handleLeave(connection: Connection, now: number): Promise<void> {
    await this.#pass("leave");
    this.#state.handleLeave(connection, now);
  }

  #take(name: string): Held {
    const at = this.#held.findIndex((each) => each.name === name);
    if (at < 0) throw new Error(`no ${name} waits, but ${this.held.join(", ")}`);
    return this.#held.splice(at, 1)[0]!;
  }

  #pass(name: string): Promise<void> {
    this.came.push(name);
    if (this.#isOpen) return Promise.resolve();
    return new Promise((resolve, reject) => this.#held.push({ name, go: resolve, fail: reject }));
  }
}
