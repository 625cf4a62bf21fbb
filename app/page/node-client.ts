/**
 * A node client is the node as a tab sees it: the latest snapshot, whether this tab or another one leads, and the
 * commands. It tells the interface when any of it changed. When it missed an update of the worker, it asks for
 * everything again.
 *
 * bridge/bus.ts carries the calls, and snapshot-assembler.ts puts the snapshots together. leader.ts decides which tab
 * leads.
 */

import { TabBus } from "../bridge/bus.ts";
import type { CommandName, Commands, NodeSnapshot } from "../bridge/commands.ts";
import type { NodeUpdate } from "../bridge/updates.ts";
import { type ErrorCode, ShoalError } from "../engine/errors.ts";
import { SnapshotAssembler } from "./snapshot-assembler.ts";
import { newTabId } from "./tab.ts";

export type NodeState =
  /** No worker has answered yet. */
  | "starting"
  /** The worker runs in this tab. */
  | "leading"
  /** Another tab's worker answers. */
  | "following"
  /** There is no worker, and `fault` says why. */
  | "failed";

export interface NodeFault {
  readonly code: ErrorCode;
  readonly detail: string;
}

/** Hears of the leader. */
export interface LeaderListener {
  /** It and its worker are there. */
  alive(): void;
  /** Its tab is about to be frozen. */
  frozen(): void;
  /** Its tab starts another worker. */
  restarting(): void;
}

export class NodeClient {
  /** The tab's id. */
  readonly tab: string;
  readonly #bus: TabBus;
  readonly #listeners: Set<() => void>;
  /** For the updates of the worker that leads now. */
  #assembler: SnapshotAssembler;
  #snapshot: NodeSnapshot | null;
  #state: NodeState;
  #fault: NodeFault | null;
  #ownEpoch: string | null;
  #leaderListener: LeaderListener | null;

  constructor() {
    this.tab = newTabId();
    this.#listeners = new Set();
    this.#assembler = new SnapshotAssembler();
    this.#snapshot = null;
    this.#state = "starting";
    this.#fault = null;
    this.#ownEpoch = null;
    this.#leaderListener = null;
    this.#bus = new TabBus({
      ready: (epoch) => this.#handleReady(epoch),
      update: (update) => this.#handleUpdate(update),
      alive: () => this.#leaderListener?.alive(),
      frozen: () => this.#leaderListener?.frozen(),
      restarting: () => this.#leaderListener?.restarting(),
      foreign: (version) => this.#handleForeign(version),
    });
  }

  /** The latest snapshot; null until a worker has answered. Replaced, never changed. */
  get snapshot(): NodeSnapshot | null {
    return this.#snapshot;
  }

  get state(): NodeState {
    return this.#state;
  }

  /** The epoch of the leading worker; null while none has answered. */
  get epoch(): string | null {
    return this.#bus.epoch;
  }

  /** Why there is no worker, or what hinders the one there is; null when all is well. */
  get fault(): NodeFault | null {
    return this.#fault ?? this.#snapshot?.fault ?? null;
  }

  /** Calls `listener` after every change of `snapshot`, `state` or `fault`, until the returned function is called. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Asks the leading worker. Waits for one while the node is starting or changes hands.
   * @throws ShoalError as the command failed, or `fault` when there is no worker
   */
  async call<K extends CommandName>(name: K, request: Commands[K]["request"]): Promise<Commands[K]["reply"]> {
    if (this.#fault !== null) throw new ShoalError(this.#fault.code, this.#fault.detail);
    return this.#bus.call(name, request);
  }

  /** Tells `listener` of the leader from now on. */
  hearLeader(listener: LeaderListener): void {
    this.#leaderListener = listener;
  }

  /** Asks the leading worker whether it is there; `hearLeader` tells the answer. */
  ping(): void {
    this.#bus.ping();
  }

  /** This tab leads, and tells the others what becomes of it. */
  tellTabs(fate: "frozen" | "restarting"): void {
    this.#bus.tell(fate);
  }

  /** This tab has started the worker of that epoch. */
  handleLeading(epoch: string): void {
    this.#ownEpoch = epoch;
    if (this.#bus.epoch === epoch) this.#handleLeader(epoch);
  }

  /** There is no worker, and this tab cannot start one. If another tab's worker comes, the fault ends. */
  handleFault(code: ErrorCode, detail: string): void {
    this.#fault = { code, detail };
    this.#state = "failed";
    this.#bus.fail(code, detail);
    this.#changed();
  }

  /** The leading worker is of another version, and goes on telling what this tab cannot understand. */
  #handleForeign(version: "older" | "newer"): void {
    if (this.#state === "failed") return;
    this.handleFault(version === "older" ? "storage/blocked" : "storage/newer", "");
  }

  /** Another worker leads, and numbers its updates anew. */
  #handleReady(epoch: string): void {
    this.#assembler = new SnapshotAssembler();
    this.#leaderListener?.alive();
    this.#handleLeader(epoch);
  }

  #handleLeader(epoch: string): void {
    this.#fault = null;
    this.#state = epoch === this.#ownEpoch ? "leading" : "following";
    this.#changed();
  }

  #handleUpdate(update: NodeUpdate): void {
    const snapshot = this.#assembler.add(update);
    if (snapshot === null) {
      this.#bus.hello();
      return;
    }
    this.#snapshot = snapshot;
    this.#changed();
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}
