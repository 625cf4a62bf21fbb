/**
 * Whether it is our own network that went silent: every peer that can be asked for a sign of life owes one, or the
 * last of them was lost just now. As a rule the device has moved to another network then, of which browsers say nothing
 * where one interface comes up before the other goes down (Chromium 156, Firefox 153). Where the only peer died, little
 * is lost. Keeps whether that was told.
 */
import { SILENCE_MEMORY } from "../discovery/constants.ts";
import type { LinkId } from "../host.ts";
import type { Reach } from "./connect-failures.ts";
import type { Peer } from "./peers/peer.ts";
import type { Liveness } from "./peers/peer-liveness.ts";

/** What is needed of a torrent. */
export interface SilenceContext {
  readonly peers: ReadonlyMap<LinkId, Peer>;
  readonly links: { readonly liveness: Pick<Liveness, "isSuspected"> };
  readonly presence: { readonly reach: Pick<Reach, "hasLost"> };
}

export class Silence {
  #isSilent: boolean;

  constructor() {
    this.#isSilent = false;
  }

  /** Whether it begins now. `torrents`: all of the node. */
  begins(torrents: readonly SilenceContext[], now: number): boolean {
    const wasSilent = this.#isSilent;
    this.#isSilent = isSilent(torrents, now);
    return this.#isSilent && !wasSilent;
  }
}

function isSilent(torrents: readonly SilenceContext[], now: number): boolean {
  let missed = false;
  for (const { peers, links, presence } of torrents) {
    missed ||= presence.reach.hasLost(now, SILENCE_MEMORY);
    for (const peer of peers.values()) {
      if (!peer.answersPings) continue;
      if (!links.liveness.isSuspected(peer)) return false;
      missed = true;
    }
  }
  return missed;
}
