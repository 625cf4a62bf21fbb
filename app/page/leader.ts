/**
 * The leader is the one tab of a browser profile that runs the engine's worker and hosts its connections. Each tab
 * waits for the same lock (Web Locks), and the tab that gets it leads. The lock passes on when that tab goes, or when
 * its worker does not start. Commands and snapshots travel over the bus, not through here.
 */

import type { ConnectionCommand, ConnectionEvent } from "../bridge/connections.ts";
import { Connections, webrtcAvailable } from "./connections.ts";
import { CONNECTION_LIMITS } from "./constants.ts";
import { deviceKind, deviceTraits } from "./device.ts";
import { IceServers } from "./ice-servers.ts";
import { beginEpoch, log } from "./log.ts";
import { watchNetworkChanges } from "./network-changes.ts";
import type { NodeClient } from "./node-client.ts";

const LOCK = "shoal-leader";

/** The running worker, and the connections that it has in the window. */
interface Engine {
  readonly worker: Worker;
  readonly connections: Connections;
}

export class Leader {
  readonly #node: NodeClient;
  #engine: Engine | null;
  /** Gives the lock back. */
  #release: () => void;

  constructor(node: NodeClient) {
    this.#node = node;
    this.#engine = null;
    this.#release = () => {};
  }

  /** Leads as soon as no other tab does. */
  start(): void {
    addEventListener("pagehide", () => this.#handlePageHide());
    addEventListener("pageshow", (event) => this.#handlePageShow(event));
    watchNetworkChanges(() => this.#handleNetworkChanged());
    navigator.locks.request(LOCK, () => this.#lead()).catch((error) => this.#handleNoLock(error));
  }

  /** A browser that refuses storage refuses locks as well. */
  #handleNoLock(error: unknown): void {
    const refused = error instanceof DOMException && error.name === "SecurityError";
    this.#node.handleFault(refused ? "storage/refused" : "connection/worker-failed", String(error));
  }

  #lead(): Promise<void> {
    log("tab-leads", {});
    return new Promise((resolve) => {
      this.#release = resolve;
      this.#startWorker();
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
    this.#engine = { worker, connections };
    worker.onmessage = (event: MessageEvent<ConnectionCommand>) => connections.handle(event.data);
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

  #handlePageHide(): void {
    const stop: ConnectionEvent = { type: "stop" };
    this.#engine?.worker.postMessage(stop);
  }

  /** Back from the browser's page cache: the worker was told to stop, so another one goes on. */
  #handlePageShow(event: PageTransitionEvent): void {
    if (!event.persisted || this.#engine === null) return;
    this.#stopWorker();
    this.#startWorker();
  }
}
