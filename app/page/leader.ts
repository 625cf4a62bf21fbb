/**
 * The leader is the one tab of a browser profile that runs the engine's worker and hosts its connections. Each tab
 * waits for the same lock (Web Locks), and the tab that gets it leads. The lock passes on when that tab goes, or when
 * its worker does not start.
 *
 * | what gives no sign of life (heartbeat.ts) | what is done |
 * | --- | --- |
 * | the worker | its tab ends it and starts another |
 * | the tab that leads: it is frozen, or hangs | another tab steals the lock; the tab that led, when it wakes, ends its worker and waits for the lock like any other |
 *
 * The database keeps a worker that was replaced from writing, before it is ended (storage/fence.ts).
 *
 * Commands and snapshots travel over the bus, not through here.
 */

import type { ConnectionCommand, ConnectionEvent } from "../bridge/connections.ts";
import { Connections, webrtcAvailable } from "./connections.ts";
import { CONNECTION_LIMITS, LAST_WRITES } from "./constants.ts";
import { deviceKind, deviceTraits } from "./device.ts";
import { Heartbeat } from "./heartbeat.ts";
import { IceServers } from "./ice-servers.ts";
import { beginEpoch, log } from "./log.ts";
import { watchNetworkChanges } from "./network-changes.ts";
import type { NodeClient } from "./node-client.ts";

const LOCK = "shoal-leader";
/** Held while the other lock is stolen, so that of several tabs only one does it. */
const TAKEOVER_LOCK = "shoal-takeover";

/** Names the tab that holds the lock; null when none does. */
async function lockHolder(): Promise<string | null> {
  const { held = [] } = await navigator.locks.query();
  return held.find(({ name }) => name === LOCK)?.clientId ?? null;
}

/** The running worker, and the connections that it has in the window. */
interface Engine {
  readonly epoch: string;
  readonly worker: Worker;
  readonly connections: Connections;
}

export class Leader {
  readonly #node: NodeClient;
  readonly #heartbeat: Heartbeat;
  #engine: Engine | null;
  /** Ends the wait for the lock; null while this tab does not wait. */
  #queue: AbortController | null;
  /** How the lock names this tab; null while it has not had the lock. */
  #lockName: string | null;
  /** Gives the lock back. */
  #release: () => void;

  /** `beat`: milliseconds between two beats of the heartbeat; its own when left out. */
  constructor(node: NodeClient, beat?: number) {
    this.#node = node;
    this.#engine = null;
    this.#queue = null;
    this.#lockName = null;
    this.#release = () => {};
    const engine = () => this.#engine;
    const context = {
      get leads() {
        return engine() !== null;
      },
      get isReady() {
        return node.epoch !== null && node.epoch === (engine()?.epoch ?? node.epoch);
      },
      ping: () => node.ping(),
      holder: () => lockHolder().catch(() => null),
      replace: (holder: string) => this.#replace(holder),
    };
    this.#heartbeat = new Heartbeat(context, beat);
  }

  /** Leads as soon as no other tab does, or the one that does gives no sign of life. */
  start(): void {
    addEventListener("pagehide", () => this.#handlePageHide());
    addEventListener("pageshow", (event) => this.#handlePageShow(event));
    document.addEventListener("freeze", () => this.#handleFreeze());
    document.addEventListener("resume", () => this.#handleResume());
    watchNetworkChanges(() => this.#handleNetworkChanged());
    this.#node.hearLeader({
      alive: () => this.#heartbeat.handleAlive(),
      frozen: () => void this.#heartbeat.handleFrozen(),
      restarting: () => this.#heartbeat.handleRestarting(),
    });
    this.#waitForLock();
    this.#heartbeat.start();
  }

  #waitForLock(): void {
    if (this.#queue !== null) return;
    const queue = new AbortController();
    this.#queue = queue;
    navigator.locks
      .request(LOCK, { signal: queue.signal }, () => this.#lead())
      .catch((error: unknown) => {
        if (!queue.signal.aborted) this.#handleLockLost(error);
      });
  }

  /** Waits no more for the lock. A tab that is frozen must not get it. */
  #leaveQueue(): void {
    this.#queue?.abort();
    this.#queue = null;
  }

  /** The lock was stolen, or there is none. A browser that refuses storage refuses locks as well. */
  #handleLockLost(error: unknown): void {
    const name = error instanceof DOMException ? error.name : "";
    if (name === "AbortError") {
      log("tab-replaced", {});
      this.#stopWorker();
      this.#waitForLock();
      return;
    }
    const code = name === "SecurityError" ? "storage/refused" : "connection/worker-failed";
    this.#node.handleFault(code, String(error));
  }

  #lead(): Promise<void> {
    log("tab-leads", {});
    this.#queue = null;
    lockHolder().then(
      (holder) => {
        this.#lockName = holder;
      },
      () => {},
    );
    return new Promise((resolve) => {
      this.#release = resolve;
      this.#startWorker();
    });
  }

  /** The leader gives no sign of life. `holder`: the tab that holds its lock. */
  #replace(holder: string): void {
    if (this.#engine === null) {
      this.#steal(holder).catch((error: unknown) => this.#handleLockLost(error));
      return;
    }
    log("worker-silent", {});
    this.#node.tellTabs("restarting");
    this.#stopWorker();
    this.#startWorker();
  }

  /** Takes the lock from the tab that holds it, unless another tab does so now, or has done so. */
  #steal(holder: string): Promise<void> {
    return navigator.locks.request(TAKEOVER_LOCK, { ifAvailable: true }, async (lock) => {
      if (lock === null || (await lockHolder()) !== holder) return;
      log("worker-silent", {});
      this.#leaveQueue();
      await new Promise<void>((resolve) => {
        const lead = () => {
          resolve();
          return this.#lead();
        };
        navigator.locks.request(LOCK, { steal: true }, lead).catch((error: unknown) => {
          resolve();
          this.#handleLockLost(error);
        });
      });
    });
  }

  #startWorker(): void {
    const epoch = crypto.randomUUID();
    beginEpoch(epoch);
    const worker = new Worker(new URL("../worker/main.ts", import.meta.url), {
      type: "module",
      name: "shoal",
    });
    const post = (event: ConnectionEvent, transfer: Transferable[] = []) =>
      worker.postMessage(event, transfer);
    const connections = new Connections(post, new IceServers());
    this.#engine = { epoch, worker, connections };
    worker.onmessage = ({ data: command }: MessageEvent<ConnectionCommand>) => {
      if (command.type === "are-you-there") post({ type: "here" });
      else if (command.type === "replaced") void this.#handleReplaced(worker);
      else connections.handle(command);
    };
    worker.onerror = (event) => this.#handleWorkerError(epoch, event);
    this.#node.handleLeading(epoch);
    const { origin, host, protocol } = location;
    const tracker = `${protocol === "https:" ? "wss:" : "ws:"}//${host}/announce`;
    const limits = CONNECTION_LIMITS[deviceKind(deviceTraits())];
    post({ type: "start", origin, tracker, epoch, webrtc: webrtcAvailable(), connections: limits });
  }

  /**
   * An error before the worker has announced itself means that it will not start. Then another tab may try. Later
   * errors are single exceptions that the worker survives. An error without a message is no exception: the worker's
   * code could not be loaded.
   */
  #handleWorkerError(epoch: string, event: ErrorEvent): void {
    const { message = "", filename = "", lineno } = event;
    const isLoaded = message !== "";
    if (isLoaded) log("worker-failed", { message, at: `${filename.split("/").at(-1)}:${lineno}` });
    else log("worker-not-loaded", {});
    if (this.#node.epoch === epoch) return;
    this.#stopWorker();
    this.#node.handleFault(isLoaded ? "connection/worker-failed" : "connection/worker-not-loaded", message);
    this.#release();
  }

  /**
   * The worker found that another one has claimed the database. Usually the lock was stolen, which is told by itself. If
   * this tab still has it, the other worker is one that was replaced and did not know it yet, so that a new one claims it
   * back.
   */
  async #handleReplaced(worker: Worker): Promise<void> {
    if (this.#engine?.worker !== worker) return;
    this.#stopWorker();
    const holder = await lockHolder().catch(() => null);
    const isOwn = holder !== null && holder === this.#lockName;
    if (isOwn && this.#engine === null) this.#startWorker();
  }

  #stopWorker(): void {
    this.#engine?.worker.terminate();
    this.#engine?.connections.close();
    this.#engine = null;
  }

  #handleNetworkChanged(): void {
    if (this.#engine === null) return;
    log("network-changed", {});
    const changed: ConnectionEvent = { type: "network-changed" };
    this.#engine.worker.postMessage(changed);
    this.#engine.connections.handleNetworkChanged();
  }

  /** Chromium freezes tabs that are hidden for long. */
  #handleFreeze(): void {
    log("tab-frozen", {});
    if (this.#engine === null) this.#leaveQueue();
    else this.#node.tellTabs("frozen");
  }

  #handleResume(): void {
    if (this.#engine === null) this.#waitForLock();
  }

  #handlePageHide(): void {
    if (this.#engine === null) return;
    const stop: ConnectionEvent = { type: "stop" };
    this.#engine.worker.postMessage(stop);
    if (!this.#node.snapshot?.shares.some(({ phase }) => phase === "downloading")) return;
    // The worker ends with the page, and nothing tells the page of it that the worker has written what it received.
    const end = performance.now() + LAST_WRITES;
    while (performance.now() < end);
  }

  /** Back from the browser's page cache: the worker was told to stop, so another one goes on. */
  #handlePageShow(event: PageTransitionEvent): void {
    if (!event.persisted || this.#engine === null) return;
    this.#stopWorker();
    this.#startWorker();
  }
}
