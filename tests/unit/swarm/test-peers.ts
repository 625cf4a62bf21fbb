/**
 * Peers without links, for tests of the parts that choose among peers. A test sets their state, and looks at the
 * messages that they are sent.
 */

import { DEFAULT_POLICY } from "../../../app/engine/swarm/peers/comparison-policy.ts";
import { DirtyPeers } from "../../../app/engine/swarm/peers/dirty-peers.ts";
import { Peer } from "../../../app/engine/swarm/peers/peer.ts";
import { Bitfield } from "../../../app/engine/swarm/pieces/bitfield.ts";
import { BULK_MESSAGE_LENGTH } from "../../../app/worker/constants.ts";
import { seededRandom } from "../../support/random.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";
import { VirtualHost } from "../../support/virtual-host.ts";
import { bitsOf } from "./stage.ts";

/** A host whose links carry nothing and whose trackers never answer. */
export function quietHost(seed = 1): VirtualHost {
  return new VirtualHost(new VirtualClock(), seededRandom(seed));
}

export interface PeerOptions {
  /** It has brought a good piece before: it is not on probation, as newcomers are. */
  readonly proven?: true;
}

/** A peer whose handshakes are done. `has` as a picture; links are numbered by the caller. */
export function makePeer(
  host: VirtualHost,
  link: number,
  name: string,
  has?: string,
  { proven }: PeerOptions = {},
): Peer {
  const peer = new Peer(
    host,
    {
      link,
      initiator: false,
      id: name,
      introducedBy: new Uint8Array(20),
      introducer: "wss://tracker.example/",
      maxMessageLength: BULK_MESSAGE_LENGTH,
      firstWindow: DEFAULT_POLICY.firstWindow,
    },
    new DirtyPeers(() => {}),
  );
  peer.handshakeSent = true;
  peer.said.handshakeReceived = true;
  peer.said.fast = true;
  peer.said.peerChoking = false;
  if (proven) peer.trial.proven = true;
  if (has !== undefined) peer.has = new Bitfield(has.length, bitsOf(has));
  return peer;
}
