/**
 * The lanes of one torrent's peers: further connections between two Shoal nodes, beside the link that all else goes
 * over. Who downloads sees that one connection proves too little and asks for more (lane-plan.ts); who uploads offers
 * them unless it serves several, and both agree over the link: no tracker is involved. Blocks go over whichever
 * connection has the least to send (uploads.ts), so their order between connections is nobody's promise. When a lane
 * breaks, the sender names the blocks it had given to it, and only these are asked for again.
 */

import { SHOAL_BLOCK } from "../../constants.ts";
import type { Host } from "../../host.ts";
import type { LinkEnd, LinkId, LinkInfo, OtherEnd } from "../../link.ts";
import type { LaneMessage } from "../../wire/sh-lane.ts";
import type { Downloads } from "../download/downloads.ts";
import { WINDOW_NEAR } from "../flow/constants.ts";
import type { Links } from "../peers/links.ts";
import type { Peer } from "../peers/peer.ts";
import type { Pieces } from "../pieces/pieces.ts";
import type { Uploads } from "../upload/uploads.ts";
import {
  LANE_FAR,
  LANE_IDLE,
  LANE_LEAST_RATE,
  LANE_SOURCES,
  LANE_STEPS,
  LANE_TIMEOUT,
  LANE_WANT_INTERVAL,
  LANE_WORTH,
} from "./constants.ts";
import { Lane } from "./lane.ts";
import { LanePlan } from "./lane-plan.ts";

/** Only Shoal peers make lanes, and each can be told more of a connection over the link. */
const OTHER_END: OtherEnd = { shoal: true, trickle: true };

/** What lanes need of their torrent. */
export interface LaneContext {
  readonly host: Host;
  readonly peers: ReadonlyMap<LinkId, Peer>;
  /** Null until the info dictionary is known. */
  readonly pieces: Pieces | null;
  readonly downloads: Pick<Downloads, "handleBlock" | "handleLost">;
  readonly uploads: Pick<Uploads, "pump">;
  /** Who got blocks is asked for more at the end of the input. */
  readonly links: Pick<Links, "dirty">;
  newLink(kind: "lane"): LinkId;
  /** The link is closed: the node forgets whose it was. */
  handleLinkGone(link: LinkId): void;
  /** Whether the node may have one more. */
  hasRoomForLane(): boolean;
}

/** What is kept of a peer that speaks of lanes. */
interface Dealings {
  readonly plan: LanePlan;
  /** Lanes that we asked for and may still be offered, and when we last asked. */
  hoped: number;
  askedAt: number;
  /** Lanes that it asked for, and when. */
  wanted: number;
  wantedAt: number;
}

export class Lanes {
  readonly #torrent: LaneContext;
  readonly #lanes: Map<LinkId, Lane>;
  readonly #dealings: Map<Peer, Dealings>;

  constructor(torrent: LaneContext) {
    this.#torrent = torrent;
    this.#lanes = new Map();
    this.#dealings = new Map();
  }

  /** Whose lane a link is, if it is one and open. */
  peerOf(link: LinkId): Peer | undefined {
    const lane = this.#lanes.get(link);
    return lane?.isOpen ? lane.peer : undefined;
  }

  /** Lanes of all peers, those being made included. */
  get count(): number {
    return this.#lanes.size;
  }

  /** Gives the newest lane up for a link that needs its place; false when there is none. */
  giveUpNewest(): boolean {
    const newest = [...this.#lanes.values()].at(-1);
    if (newest !== undefined) this.#giveUp(newest, "not-needed");
    return newest !== undefined;
  }

  // --- what the peer says ---

  handleMessage(peer: Peer, message: Exclude<LaneMessage, { kind: "drain" }>): void {
    const { host } = this.#torrent;
    const dealings = this.#dealingsWith(peer);
    switch (message.kind) {
      case "want":
        dealings.wanted = message.count;
        dealings.wantedAt = host.now();
        return;
      case "offer":
        if (dealings.hoped === 0 || !this.#mayMake(peer)) return;
        dealings.hoped--;
        host.createAnswer(this.#make(peer, message.id).link, message.sdp, OTHER_END);
        return;
      case "answer": {
        const lane = this.#lanes.get(message.id);
        if (lane?.peer === peer && lane.initiator && !lane.isOpen)
          host.acceptAnswer(lane.link, message.sdp, OTHER_END);
        return;
      }
      case "signal": {
        const { id, offered, signal } = message;
        for (const lane of this.#lanes.values())
          if (lane.peer === peer && lane.id === id && lane.initiator !== offered)
            host.deliverSignal(lane.link, signal);
        return;
      }
      case "lost":
        this.#torrent.downloads.handleLost(peer, message.ranges);
        return;
    }
  }

  // --- what the host tells of lanes ---

  handleOffer(link: LinkId, sdp: string): void {
    const lane = this.#lanes.get(link);
    if (lane === undefined) return;
    // Told again when more was gathered: the peer has begun to answer the first by then.
    if (!lane.isOffered) lane.peer.sayLane({ kind: "offer", id: lane.id, sdp });
    lane.isOffered = true;
  }

  handleAnswer(link: LinkId, sdp: string): void {
    const lane = this.#lanes.get(link);
    if (lane !== undefined) lane.peer.sayLane({ kind: "answer", id: lane.id, sdp });
  }

  handleSignal(link: LinkId, signal: string): void {
    const lane = this.#lanes.get(link);
    if (lane === undefined) return;
    const { peer, id, initiator: offered } = lane;
    peer.sayLane({ kind: "signal", id, offered, signal });
  }

  handleOpened(link: LinkId, info: LinkInfo): void {
    const lane = this.#lanes.get(link);
    if (lane === undefined) return;
    // A block travels as one message; what goes through the page instead is no gain.
    if (info.maxMessageLength < SHOAL_BLOCK + 13) {
      this.#close(lane, "not-needed");
      return;
    }
    lane.isOpen = true;
    lane.peer.lanes.push(lane);
    this.#torrent.uploads.pump(lane.peer);
  }

  handleBytes(link: LinkId, bytes: Uint8Array): void {
    const lane = this.#lanes.get(link);
    if (lane === undefined) return;
    const { peer } = lane;
    const blocks = lane.takeBlocks(bytes);
    if (blocks === null) {
      this.#torrent.host.log("lane-broke-protocol", { link });
      this.#close(lane, "protocol-error");
      return;
    }
    peer.lastReceivedAt = this.#torrent.host.now();
    for (const { piece, begin, block } of blocks) {
      if (this.#torrent.peers.get(peer.link) !== peer) return;
      this.#torrent.links.dirty.add(peer);
      this.#torrent.downloads.handleBlock(peer, piece, begin, block);
    }
  }

  /** A connection is gone, from the other side or by itself. */
  handleClosed(link: LinkId): void {
    const lane = this.#lanes.get(link);
    if (lane === undefined) return;
    this.#forget(lane);
    this.#tellLost(lane);
  }

  #giveUp(lane: Lane, reason: LinkEnd): void {
    this.#close(lane, reason);
    this.#tellLost(lane);
  }

  #tellLost({ peer, unsure }: Lane): void {
    if (this.#torrent.peers.get(peer.link) === peer && unsure.length > 0)
      peer.sayLane({ kind: "lost", ranges: unsure });
  }

  /** The peer's link is gone, and so are its lanes. */
  handlePeerGone(peer: Peer): void {
    this.#dealings.delete(peer);
    for (const lane of [...this.#lanes.values()]) if (lane.peer === peer) this.#close(lane, "not-needed");
  }

  // --- when to have more, or fewer ---

  handleTick(now: number): void {
    for (const lane of [...this.#lanes.values()]) {
      if (!lane.isOpen && now - lane.madeAt > LANE_TIMEOUT) this.#close(lane, "connect-timeout");
      else if (lane.isOpen && now - lane.usedAt > LANE_IDLE) this.#close(lane, "idle");
      else if (lane.isOpen && lane.isStalled(now)) this.#giveUp(lane, "lost");
    }
    let sources = 0;
    for (const {
      asked: { requests },
    } of this.#torrent.peers.values())
      if (requests.size > 0) sources++;
    // Who is there may send soon.
    const worth = this.#torrent.peers.size < LANE_SOURCES && this.#bytesMissing >= LANE_WORTH;
    for (const peer of this.#torrent.peers.values()) {
      if (peer.said.extensionIds.lane === 0) continue;
      const limited = sources < LANE_SOURCES && isLimited(peer, now);
      const promising = worth && isPromising(peer);
      // As with nearly all peers of a swarm: nothing was ever to be planned.
      if (!limited && !promising && peer.lanes.length === 0 && !this.#dealings.has(peer)) continue;
      const dealings = this.#dealingsWith(peer);
      this.#ask(peer, dealings, { isLimited: limited, isPromising: promising }, now);
      this.#offer(peer, dealings, now);
    }
  }

  /** Bytes that are wanted and not stored, in whole pieces. */
  get #bytesMissing(): number {
    const { pieces } = this.#torrent;
    return pieces === null ? 0 : pieces.missingCount * pieces.info.pieceLength;
  }

  /** The side that downloads. */
  #ask(
    peer: Peer,
    dealings: Dealings,
    seen: { isLimited: boolean; isPromising: boolean },
    now: number,
  ): void {
    const { want, giveBack } = dealings.plan.step(now, {
      ...seen,
      received: peer.asked.down.total,
      open: peer.lanes.length,
    });
    for (const { link } of peer.lanes.slice(peer.lanes.length - giveBack))
      this.#close(this.#lanes.get(link)!, "not-needed");
    if (want === 0 || now - dealings.askedAt < LANE_WANT_INTERVAL) return;
    dealings.hoped = want;
    dealings.askedAt = now;
    peer.sayLane({ kind: "want", count: want });
  }

  /**
   * The side that uploads. The asker finds out what lanes bring; here is seen what they would take from others. A wish
   * is kept for a while, so that it is granted once the others have what they want.
   */
  #offer(peer: Peer, dealings: Dealings, now: number): void {
    if (now - dealings.wantedAt > LANE_WANT_INTERVAL) dealings.wanted = 0;
    if (dealings.wanted === 0 || this.#isContested(peer, now)) return;
    while (dealings.wanted > 0 && this.#mayMake(peer)) {
      dealings.wanted--;
      this.#torrent.host.createOffer(this.#make(peer, null).link, OTHER_END.trickle);
    }
    dealings.wanted = 0;
  }

  /** Whether several are being served, or were let ask a moment ago: they are several connections already. */
  #isContested(peer: Peer, now: number): boolean {
    let others = 0;
    for (const other of this.#torrent.peers.values()) {
      if (other === peer || other.slot.amChoking || !other.said.peerInterested) continue;
      const isNew = now - other.slot.unchokedAt < LANE_WANT_INTERVAL;
      if (isNew || other.served.up.rate(now) > LANE_LEAST_RATE) others++;
    }
    return others >= LANE_SOURCES - 1;
  }

  #dealingsWith(peer: Peer): Dealings {
    let dealings = this.#dealings.get(peer);
    if (dealings === undefined) {
      dealings = {
        plan: new LanePlan(),
        hoped: 0,
        askedAt: -Infinity,
        wanted: 0,
        wantedAt: -Infinity,
      };
      this.#dealings.set(peer, dealings);
    }
    return dealings;
  }

  #mayMake(peer: Peer): boolean {
    let count = 0;
    for (const lane of this.#lanes.values()) if (lane.peer === peer) count++;
    return count < LANE_STEPS.at(-1)! && this.#torrent.hasRoomForLane();
  }

  /** `id`: the number under which the peer offered it; null when we offer. */
  #make(peer: Peer, id: number | null): Lane {
    const link = this.#torrent.newLink("lane");
    const lane = new Lane(this.#torrent.host, { link, peer, id: id ?? link, initiator: id === null });
    this.#lanes.set(link, lane);
    return lane;
  }

  #close(lane: Lane, reason: LinkEnd): void {
    this.#torrent.host.closeLink(lane.link, reason);
    this.#forget(lane);
  }

  #forget(lane: Lane): void {
    this.#lanes.delete(lane.link);
    const at = lane.peer.lanes.indexOf(lane);
    if (at >= 0) lane.peer.lanes.splice(at, 1);
    this.#torrent.handleLinkGone(lane.link);
  }
}

/** Whether a peer's path is long, as far as can be told, and its window still grows. */
function isPromising({ roundTrip, asked: { window, requests } }: Peer): boolean {
  const path = Math.min(roundTrip, window.base ?? Infinity);
  return requests.size > 0 && !window.isSettled && path >= LANE_FAR && path < Infinity;
}

/** Whether a peer's window is full and has found its size, over a path long enough for lanes to matter. */
function isLimited({ asked: { window, bytesUnderWay, down } }: Peer, now: number): boolean {
  return (
    window.isSettled &&
    (window.base ?? 0) > WINDOW_NEAR &&
    bytesUnderWay > window.limit / 2 &&
    down.rate(now) > LANE_LEAST_RATE
  );
}
