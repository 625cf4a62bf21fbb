/**
 * A wide-area network on this machine: hosts in network namespaces, joined by the emulator wan.c, which is compiled
 * at first use. Keeps the emulator's process; its standard input is a pipe whose end, however this process ends,
 * has it delete the namespaces. What runs in a host is the caller's, under the command that `inHost` names.
 */
import { type ChildProcessByStdio, execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { accessSync, constants } from "node:fs";
import { mkdir, readFile, rename } from "node:fs/promises";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { promisify } from "node:util";

/** The host that is always there, without delay or limits: for servers. */
export const serverHost = 254;
export const serverAddress = `10.99.0.${serverHost}`;

/** A host's access line, in the emulator's words: "20mbit", "10ms". What is left out is unlimited, or nought. */
export interface Line {
  up?: string;
  down?: string;
  /** One way; the round trip between two hosts is twice the sum of both delays. */
  delay?: string;
  /** Percent of packets, each way. */
  loss?: string;
  /** The longest wait before a rate-limited link; 100 ms. */
  queue?: string;
  /** Ports kept and open to everyone; open to whom the host has sent to; a port for each destination. */
  nat?: "full" | "cone" | "symmetric";
}

/** What a link carried. */
export interface LinkCount {
  packets: number;
  bytes: number;
  /** Packets that the link lost at random, and that found its queue full. */
  lost: number;
  full: number;
}

const source = join(import.meta.dirname, "wan.c");
const cache = resolve(import.meta.dirname, "../../../.cache");
const counters = /^host(\d+) (up|down): (\d+) packets, (\d+) bytes, (\d+) lost, (\d+) queue full$/;

/** Compiles the emulator unless this very source was compiled before; resolves to its path. */
async function compile(): Promise<string> {
  const hash = createHash("sha256")
    .update(await readFile(source))
    .digest("hex");
  const path = join(cache, `wan-${hash.slice(0, 16)}`);
  try {
    accessSync(path, constants.X_OK);
  } catch {
    await mkdir(cache, { recursive: true });
    const unfinished = `${path}.${process.pid}`;
    await promisify(execFile)("gcc", ["-O2", "-o", unfinished, source]).catch((error) => {
      throw error.code === "ENOENT" ? new Error("gcc is not installed.") : error;
    });
    await rename(unfinished, path);
  }
  return path;
}

function specify([host, line]: [string, Line]): string[] {
  const options = Object.entries(line).map(([key, value]) => `${key}=${value}`);
  return ["--host", options.length === 0 ? host : `${host}:${options.join(",")}`];
}

/** One sentence on why this machine has no such networks; null when nothing speaks against them. */
function obstacle(): string | null {
  if (process.platform !== "linux") return "Networks between namespaces need Linux.";
  if (process.getuid?.() !== 0) return "Networks between namespaces need root.";
  try {
    accessSync("/dev/net/tun", constants.R_OK | constants.W_OK);
  } catch {
    return "Networks between namespaces need the device /dev/net/tun.";
  }
  return null;
}

export class Network {
  readonly #emulator: ChildProcessByStdio<Writable, Readable, Readable>;
  /** What it said on its standard error, line by line. */
  readonly #said: string[];
  readonly #closed: Promise<unknown>;

  private constructor(
    emulator: ChildProcessByStdio<Writable, Readable, Readable>,
    said: string[],
    closed: Promise<unknown>,
  ) {
    this.#emulator = emulator;
    this.#said = said;
    this.#closed = closed;
  }

  /** One sentence on why this machine has no such networks, tried for real; null when it has. */
  static async whyNot(): Promise<string | null> {
    const reason = obstacle();
    if (reason !== null) return reason;
    try {
      await (await Network.start({ 1: {} })).close();
      return null;
    } catch (error) {
      const [words] = (error instanceof Error ? error.message : String(error)).trim().split("\n");
      return `Networks between namespaces cannot be made here: ${words}`;
    }
  }

  /**
   * Makes the hosts: 10.99.0.<number>, or 192.168.<number>.2 behind a NAT of that address. One network at a time
   * on a machine; another one's start waits.
   * @throws Error with the emulator's words when the machine does not allow it
   */
  static async start(lines: Readonly<Record<number, Line>>): Promise<Network> {
    const emulator = spawn(await compile(), ["--replace", ...Object.entries(lines).flatMap(specify)], {
      stdio: ["pipe", "pipe", "pipe"],
    });
    const said: string[] = [];
    createInterface({ input: emulator.stderr }).on("line", (line) => said.push(line));
    emulator.stdin.on("error", () => {});
    const closed = once(emulator, "close");
    const failed = closed.then(() => {
      throw new Error(said.join("\n") || "the emulator ended without a word");
    });
    await Promise.race([once(emulator.stdout, "data"), failed]);
    failed.catch(() => {});
    return new Network(emulator, said, closed);
  }

  /** The command that others are run under to be in the host. */
  inHost(host: number): [string, ...string[]] {
    return ["ip", "netns", "exec", `host${host}`];
  }

  /** Datagrams lost in the host itself so far: its programs were too slow to send or to take them. */
  async overflows(host: number): Promise<number> {
    const [program, ...words] = [...this.inHost(host), "cat", "/proc/net/snmp"];
    const { stdout } = await promisify(execFile)(program!, words);
    const [names, values] = stdout
      .split("\n")
      .filter((line) => line.startsWith("Udp:"))
      .map((line) => line.split(" "));
    const count = (name: string) => Number(values?.[names?.indexOf(name) ?? -1] ?? 0);
    return count("RcvbufErrors") + count("SndbufErrors");
  }

  /** Bytes that the host's line has brought it so far. */
  async received(host: number): Promise<number> {
    const [program, ...words] = [...this.inHost(host), "cat", "/sys/class/net/wan0/statistics/rx_bytes"];
    return Number((await promisify(execFile)(program!, words)).stdout);
  }

  /** Gives a host another line, while packets are under way. */
  change(host: number, line: Omit<Line, "nat">): void {
    this.#emulator.stdin.write(`${specify([String(host), line])[1]}\n`);
  }

  /** Deletes the namespaces; resolves to what each link carried, by "host1 up". */
  async close(): Promise<Map<string, LinkCount>> {
    this.#emulator.stdin.end();
    await this.#closed;
    return new Map(
      this.#said.flatMap((line) => {
        const [, host, way, ...counts] = counters.exec(line) ?? [];
        if (!host) return [];
        const [packets, bytes, lost, full] = counts.map(Number);
        return [[`host${host} ${way}`, { packets, bytes, lost, full } as LinkCount] as const];
      }),
    );
  }
}
