/**
 * Network loss is the guess that our own network went silent, because all peers did. As a rule, the device has then
 * moved to another network. Browsers do not tell of a move when the new interface comes up before the old one goes
 * down (Chromium 156, Firefox 153).
 *
 * | peers that answer pings | our network counts as |
 * | --- | --- |
 * | one of them is not suspected (peer-liveness.ts) | not silent |
 * | all are suspected | silent |
 * | there are none, and the path of a link was lost in the last 5 s | silent |
 * | there are none, and no path was lost | not silent |
 *
 * The peers of all torrents count together. The guess is wrong when the only peer died. A wrong guess costs little:
 * trackers are reached anew and offers are made anew (`handleNetworkChanged`). This class keeps whether the network
 * is silent, so that each loss is told once.
 */
import type { LinkId } from "../link.ts";
import type { ConnectFailures } from "./connect-failures.ts";
import { NETWORK_LOSS_MEMORY } from "./constants.ts";
import type { Peer } from "./peers/peer.ts";
import type { PeerLiveness } from "./peers/peer-liveness.ts";

/** The part of a torrent that network loss needs. */
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

  /** Whether a loss begins now. `torrents`: all torrents of the node that are online. */
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
