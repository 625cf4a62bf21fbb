/** Pings a host beside a transfer: what other traffic of the same line feels of it. Keeps the round trips by time. */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { Network } from "../../support/networks/network.ts";
import { waitFor } from "../../support/wait.ts";
import { IDLE_PINGS, PING_INTERVAL } from "../constants.ts";

export class Ping {
  readonly #process: ChildProcessByStdio<null, Readable, null>;
  readonly #closed: Promise<unknown>;
  /** Milliseconds, in the order of the replies. */
  readonly #roundTrips: number[];
  /** How many of them were before the transfer. */
  #idle: number;

  private constructor(process: ChildProcessByStdio<null, Readable, null>) {
    this.#process = process;
    this.#closed = once(process, "close");
    this.#roundTrips = [];
    this.#idle = 0;
    createInterface({ input: process.stdout }).on("line", (line) => {
      const time = / time=([\d.]+) ms/.exec(line)?.[1];
      if (time) this.#roundTrips.push(Number(time));
    });
  }

  /** Starts at `host`; resolves when enough replies came to know the line at rest. */
  static async start(network: Network, host: number, address: string): Promise<Ping> {
    const [program, ...words] = [...network.inHost(host), "ping", "-n", "-i", String(PING_INTERVAL), address];
    const ping = new Ping(spawn(program!, words, { stdio: ["ignore", "pipe", "inherit"] }));
    try {
      await waitFor(() => ping.#roundTrips.length >= IDLE_PINGS, {
        describe: `replies to a ping of ${address}`,
      });
    } catch (error) {
      await ping.stop();
      throw error;
    }
    ping.#idle = ping.#roundTrips.length;
    return ping;
  }

  /** Milliseconds at rest, and since. */
  async stop(): Promise<{ idle: number[]; busy: number[] }> {
    this.#process.kill();
    await this.#closed;
    return { idle: this.#roundTrips.slice(0, this.#idle), busy: this.#roundTrips.slice(this.#idle) };
  }
}
