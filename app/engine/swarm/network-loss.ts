/**
 * Whether it is our own network that went silent: every peer that can be asked for a sign of life owes one, or the
 * last of them was lost just now. As a rule the device has moved to another network then, of which browsers say nothing
 * where one interface comes up before the other goes down (Chromium 156, Firefox 153). Where the only peer died, little
 * is lost. Keeps whether that was told.
 */
import type { LinkId } from "../link.ts";
import type { ConnectFailures } from "./connect-failures.ts";
import { NETWORK_LOSS_MEMORY } from "./constants.ts";
import type { Peer } from "./peers/peer.ts";
import type { PeerLiveness } from "./peers/peer-liveness.ts";

/** What is needed of a torrent. */
export interface NetworkLossContext {
  readonly peers: ReadonlyMap<LinkId, Peer>;
  readonly links: { readonly liveness: Pick<PeerLiveness, "isSuspected"> };
  readonly announcing: { readonly connectFailures: Pick<ConnectFailures, "hasLost"> };
}

export class NetworkLoss {
  #isSilent: boolean;

  constructor() {
    this.#isSilent = false;
  }

  /** Whether it begins now. `torrents`: all of the node. */
  begins(torrents: readonly NetworkLossContext[], now: number): boolean {
    const wasSilent = this.#isSilent;
    this.#isSilent = isSilent(torrents, now);
    return this.#isSilent && !wasSilent;
  }
}

function isSilent(torrents: readonly NetworkLossContext[], now: number): boolean {
  let missed = false;
  for (const { peers, links, announcing } of torrents) {
    missed ||= announcing.connectFailures.hasLost(now, NETWORK_LOSS_MEMORY);
    for (const peer of peers.values()) {
      if (!peer.answersPings) continue;
      if (!links.liveness.isSuspected(peer)) return false;
      missed = true;
    }
  }
  return missed;
}
