/** The trackers of a node are its tracker clients, one for each URL. A client is made when it is first asked for. */
import type { Host } from "../host.ts";
import { SERVER_RETRY_MAX, TRACKER_RETRY_MAX } from "./constants.ts";
import { TrackerClient } from "./tracker-client.ts";
import type { BinaryString } from "./tracker-messages.ts";

/** The part of the node that its tracker clients share. */
export interface TrackerNode {
  readonly host: Host;
  readonly ownId: BinaryString;
  /** 32 bytes. */
  readonly secret: Uint8Array;
  /** Trackers of the page's own server, which bears to be asked often whether it is back. */
  readonly own: readonly string[];
}

export class Trackers {
  readonly #node: TrackerNode;
  readonly #clients: Map<string, TrackerClient>;

  constructor(node: TrackerNode) {
    this.#node = node;
    this.#clients = new Map();
  }

  get(url: string): TrackerClient {
    let client = this.#clients.get(url);
    if (client === undefined) {
      const { host, ownId, secret, own } = this.#node;
      const longestPause = own.includes(url) ? SERVER_RETRY_MAX : TRACKER_RETRY_MAX;
      client = new TrackerClient(host, url, ownId, secret, longestPause);
      this.#clients.set(url, client);
    }
    return client;
  }

  /** Undefined where nothing was announced to the tracker yet. */
  find(url: string): TrackerClient | undefined {
    return this.#clients.get(url);
  }

  handleNetworkChanged(): void {
    for (const client of this.#clients.values()) client.handleNetworkChanged();
  }

  handleTick(now: number): void {
    for (const client of this.#clients.values()) client.handleTick(now);
  }
}
