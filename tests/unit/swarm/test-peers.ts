/**
 * Peers without links, for tests of the parts that choose among peers. A test sets their state, and looks at the
 * messages that they are sent.
 */

import { DirtyPeers } from "../../../app/engine/swarm/peers/dirty-peers.ts";
import { Peer } from "../../../app/engine/swarm/peers/peer.ts";
import { Bitfield } from "../../../app/engine/swarm/pieces/bitfield.ts";
import { seededRandom } from "../../support/random.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";
import { VirtualHost } from "../../support/virtual-host.ts";
import { bitsOf } from "./stage.ts";

/** A host whose links carry nothing and whose trackers never answer. */
export function quietHost(seed = 1): VirtualHost {
  return new VirtualHost(new VirtualClock(), seededRandom(seed));
}

/** A peer whose handshakes are done. `has` as a picture; links are numbered by the caller. */
export function makePeer(host: VirtualHost, link: number, name: string, has?: string): Peer {
  const peer = new Peer(
    host,
    {
      link,
      initiator: false,
      id: name,
      introducedBy: new Uint8Array(20),
      maxMessageLength: 65_536,
      firstWindow: 131_072,
    },
    new DirtyPeers(() => {}),
  );
  peer.handshakeSent = true;
  peer.said.handshakeReceived = true;
  peer.said.fast = true;
  peer.trial.proven = true;
  peer.said.peerChoking = false;
  if (has !== undefined) peer.has = new Bitfield(has.length, bitsOf(has));
  return peer;
}
