/** A program inside a host of a network. It ends when it is closed, and when this process ends, however that does. */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { waitFor } from "../wait.ts";
import type { Network } from "./network.ts";

/** Runs a command until the standard input ends, which it does with whoever holds its other end. */
const untilInputEnds = `"$@" <&- & child=$!; read -r line; kill $child 2>/dev/null; wait $child`;

export class HostProcess {
  readonly #process: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #closed: Promise<unknown>;
  /** Every line on its standard output and error, in order. */
  readonly said: string[];

  private constructor(process: ChildProcessByStdio<Writable, Readable, Readable>) {
    this.#process = process;
    this.#closed = once(process, "close");
    this.said = [];
    process.stdin.on("error", () => {});
    for (const stream of [process.stdout, process.stderr])
      createInterface({ input: stream }).on("line", (line) => this.said.push(line));
  }

  /**
   * Starts `command`; resolves once a line of its answers to `ready`.
   * @throws Error with what it said when that does not happen
   */
  static async start(
    network: Network,
    host: number,
    command: readonly string[],
    ready: RegExp,
  ): Promise<HostProcess> {
    const [program, ...words] = [...network.inHost(host), "sh", "-c", untilInputEnds, "sh", ...command];
    const started = new HostProcess(spawn(program!, words, { stdio: ["pipe", "pipe", "pipe"] }));
    try {
      await waitFor(() => started.said.some((line) => ready.test(line)), {
        describe: () => `${command[0]} in host ${host}; it said ${started.said.join(" | ") || "nothing"}`,
      });
    } catch (error) {
      await started.close();
      throw error;
    }
    return started;
  }

  async close(): Promise<void> {
    this.#process.stdin.end();
    await this.#closed;
  }
}
