/**
 * A run in several threads: each runs a part of the hosts (simulation.ts), and all meet after every window. Whoever is
 * ahead waits; nobody's event loop turns meanwhile, so a run is one call here as in one thread.
 */
import { once } from "node:events";
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from "node:worker_threads";
import type { Content } from "./content.ts";
import type { Meeting, News } from "./meeting.ts";
import type { Packet } from "./packet.ts";
import { Parcels } from "./parcel.ts";
import type { RunOptions } from "./run-options.ts";
import type { PartReport, RunReport } from "./run-report.ts";
import type { Scenario } from "./scenarios.ts";
import { Simulation } from "./simulation.ts";

/** What a thread besides the first is given. */
export interface PartTask {
  readonly scenario: string;
  readonly options: RunOptions;
  readonly part: number;
  readonly parts: number;
  /** By part: the way to each other; null for itself. */
  readonly ports: readonly (MessagePort | null)[];
  /** By part: how many messages were sent to it. Who waits for one waits for its number to change. */
  readonly counters: SharedArrayBuffer;
}

type Message =
  | { readonly kind: "window"; readonly parcel: Uint8Array; readonly news: News }
  | { readonly kind: "report"; readonly report: PartReport }
  | { readonly kind: "failed"; readonly reason: string };

/** Milliseconds without a word after which a thread counts as dead: it ran out of memory, say. No window takes so long. */
const PATIENCE = 300_000;

/** The thread's ways to the others. */
class Threads {
  readonly #task: PartTask;
  readonly #counters: Int32Array;

  constructor(task: PartTask) {
    this.#task = task;
    this.#counters = new Int32Array(task.counters);
  }

  /** By part, with the ways to them. */
  *others(): Generator<[number, MessagePort]> {
    for (const [part, port] of this.#task.ports.entries()) if (port !== null) yield [part, port];
  }

  send(part: number, message: Message): void {
    const transferred = message.kind === "window" ? [message.parcel.buffer as ArrayBuffer] : [];
    this.#task.ports[part]!.postMessage(message, transferred);
    Atomics.add(this.#counters, part, 1);
    Atomics.notify(this.#counters, part);
  }

  /** The next message of another part. Throws when that has failed. */
  receive(port: MessagePort): Exclude<Message, { kind: "failed" }> {
    for (;;) {
      const seen = Atomics.load(this.#counters, this.#task.part);
      const received = receiveMessageOnPort(port)?.message as Message | undefined;
      if (received?.kind === "failed") throw new Error(received.reason);
      if (received !== undefined) return received;
      const woken = Atomics.wait(this.#counters, this.#task.part, seen, PATIENCE);
      if (woken === "timed-out") throw new Error(`Another thread has said nothing for ${PATIENCE / 1000} s.`);
    }
  }
}

/** Meets the other threads. */
class ThreadMeeting implements Meeting {
  readonly #threads: Threads;
  readonly #parcels: Parcels;

  constructor(threads: Threads, content: Content) {
    this.#threads = threads;
    this.#parcels = new Parcels(content);
  }

  swap(away: readonly (readonly Packet[])[], news: News, take: (packet: Packet) => void): News[] {
    for (const [part] of this.#threads.others())
      this.#threads.send(part, { kind: "window", parcel: this.#parcels.pack(away[part]!), news });
    const heard: News[] = [];
    for (const [, port] of this.#threads.others()) {
      const message = this.#threads.receive(port);
      if (message.kind !== "window") throw new Error(`A ${message.kind} came instead of a window.`);
      this.#parcels.unpack(message.parcel, take);
      heard.push(message.news);
    }
    return heard;
  }
}

function partOf(scenario: Scenario, { options, part, parts }: PartTask, threads: Threads): Simulation {
  const meeting = (content: Content) => new ThreadMeeting(threads, content);
  return new Simulation(scenario, options, { part, parts, meeting });
}

/** What a thread besides the first does. */
export function runPart(scenario: Scenario, task: PartTask): void {
  const threads = new Threads(task);
  try {
    const simulation = partOf(scenario, task, threads);
    simulation.run();
    threads.send(0, { kind: "report", report: simulation.partReport() });
  } catch (error) {
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    for (const [part] of threads.others()) threads.send(part, { kind: "failed", reason });
  }
}

/** Runs a scenario in so many threads; the same run as in one. Throws what any of them throws. */
export async function runInThreads(
  scenario: Scenario,
  options: RunOptions,
  parts: number,
): Promise<RunReport> {
  if (parts === 1) {
    const simulation = new Simulation(scenario, options);
    simulation.run();
    return simulation.report();
  }
  const [own, ...others] = tasksOf(scenario, options, parts);
  const workers = others.map(startPart);
  try {
    // Until they have loaded their modules, as they cannot while this thread waits for them.
    await Promise.all(workers.map((worker) => once(worker, "message")));
    return runFirstPart(scenario, own!);
  } finally {
    for (const worker of workers) void worker.terminate();
  }
}

function runFirstPart(scenario: Scenario, task: PartTask): RunReport {
  const threads = new Threads(task);
  const simulation = partOf(scenario, task, threads);
  simulation.run();
  const reports = [...threads.others()].map(([, port]) => {
    const message = threads.receive(port);
    if (message.kind !== "report") throw new Error(`A ${message.kind} came instead of a report.`);
    return message.report;
  });
  return simulation.report(reports);
}

/** Each part's task, with a way from each to each. */
function tasksOf({ name }: Scenario, options: RunOptions, parts: number): PartTask[] {
  const counters = new SharedArrayBuffer(4 * parts);
  const ports: (MessagePort | null)[][] = Array.from({ length: parts }, () => new Array(parts).fill(null));
  for (let a = 0; a < parts; a++) {
    for (let b = a + 1; b < parts; b++) {
      const { port1, port2 } = new MessageChannel();
      ports[a]![b] = port1;
      ports[b]![a] = port2;
    }
  }
  return ports.map((own, part) => ({ scenario: name, options, part, parts, ports: own, counters }));
}

function startPart(task: PartTask): Worker {
  return new Worker(new URL("./thread.js", import.meta.url), {
    workerData: task,
    transferList: task.ports.filter((port) => port !== null),
    // As the first thread's (package.json): V8 gives a thread less, and three semi-spaces are young.
    resourceLimits: { maxOldGenerationSizeMb: 8192, maxYoungGenerationSizeMb: 384 },
  });
}
