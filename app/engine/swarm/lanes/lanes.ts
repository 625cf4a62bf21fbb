/**
 * `Lanes` opens and closes the lanes of one torrent's peers. A lane is a further connection to a Shoal peer, and
 * carries blocks beside its link. Several connections carry more than a single one where loss or a long round trip
 * bounds each of them.
 *
 * The side that downloads asks for lanes, and finds out whether they make it faster (lane-plan.ts). The side that
 * uploads offers them only while it serves fewer than two others, because lanes would take from these. Both sides
 * agree in messages over the link (sh_lane), without a tracker. A lane goes through these states:
 *
 * | state | begins | what happens | ends |
 * | --- | --- | --- | --- |
 * | wanted | with `want` | the uploader waits while it serves two others | with offers, or after LANE_WANT_INTERVAL |
 * | making | with `offer` | `answer` and `signal` are exchanged | when it opens, or after LANE_TIMEOUT |
 * | open | when the connection opens | it carries blocks, both ways | when it breaks, stalls, is idle or not needed |
 * | lost | when it ends | `lost` names the latest blocks given to it | when the missing ones are requested again |
 *
 * A block goes over the connection that has the least to send (uploads.ts). So only the blocks of one connection
 * arrive in order. The node's limit of lanes is kept elsewhere (connection-budget.ts).
 */
import { SHOAL_BLOCK } from "../../constants.ts";
import type { Host, TorrentId } from "../../host.ts";
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

/** The other end of every lane: a Shoal peer, to which candidates can be sent later over the link. */
const OTHER_END: OtherEnd = { shoal: true, trickle: true };

/** The part of the torrent that lanes need. */
export interface LaneContext {
  readonly id: TorrentId;
  readonly host: Host;
  readonly peers: ReadonlyMap<LinkId, Peer>;
  /** Null until the info dictionary is known. */
  readonly pieces: Pieces | null;
  readonly downloads: Pick<Downloads, "handleBlock" | "handleLost">;
  readonly uploads: Pick<Uploads, "pump">;
  /** A peer that brought blocks is put here, and asked for more at the end of the input. */
  readonly links: Pick<Links, "dirty">;
  newLink(kind: "lane"): LinkId;
  /** The lane is closed: the node forgets that it belongs to this torrent. */
  handleLinkGone(link: LinkId): void;
  /** Whether the node may have one more lane (connection-budget.ts). */
  hasRoomForLane(): boolean;
}

/** The requests for lanes between us and one peer, in both directions. */
interface Dealings {
  readonly plan: LanePlan;
  /** Lanes that we asked for and that the peer has not offered yet. */
  hoped: number;
  /** When we last asked. */
  askedAt: number;
  /** Lanes that the peer asked for and that we have not offered yet. */
  wanted: number;
  /** When the peer last asked. */
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

  /** The peer of an open lane; undefined when the number is that of no open lane. */
  peerOf(link: LinkId): Peer | undefined {
    const lane = this.#lanes.get(link);
    return lane?.isOpen ? lane.peer : undefined;
  }

  /** Lanes to all peers, those being made included. */
  get count(): number {
    return this.#lanes.size;
  }

  /** Closes the newest lane, so that a link can take its place. False when there is no lane. */
  giveUpNewest(): boolean {
    const newest = [...this.#lanes.values()].at(-1);
    if (newest !== undefined) this.#giveUp(newest, "not-needed");
    return newest !== undefined;
  }

  // --- messages of the peer ---

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
        host.createAnswer(this.#make(peer, message.id).link, message.sdp, OTHER_END, this.#torrent.id);
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

  // --- inputs of the host ---

  handleOffer(link: LinkId, sdp: string): void {
    const lane = this.#lanes.get(link);
    if (lane === undefined) return;
    // The host tells an offer again when it has gathered more candidates. By then, the peer is answering the first
    // offer.
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
    // A block travels as one channel message. A channel that takes only shorter messages is relayed by the page, so
    // it brings no gain.
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

  /** A lane has ended: the other end closed it, or it broke. */
  handleClosed(link: LinkId): void {
    const lane = this.#lanes.get(link);
    if (lane === undefined) return;
    this.#forget(lane);
    this.#tellLost(lane);
  }

  /** Closes a lane over which blocks may be on their way to the peer. */
  #giveUp(lane: Lane, reason: LinkEnd): void {
    this.#close(lane, reason);
    this.#tellLost(lane);
  }

  /** Names the blocks that may not have arrived, so that the peer asks for them again. */
  #tellLost({ peer, unsure }: Lane): void {
    if (this.#torrent.peers.get(peer.link) === peer && unsure.length > 0)
      peer.sayLane({ kind: "lost", ranges: unsure });
  }

  /** The peer's link is gone: its lanes are closed. */
  handlePeerGone(peer: Peer): void {
    this.#dealings.delete(peer);
    for (const lane of [...this.#lanes.values()]) if (lane.peer === peer) this.#close(lane, "not-needed");
  }

  // --- asking, offering and closing ---

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
    // All linked peers count here, not only those with requests: each of them may send soon.
    const worth = this.#torrent.peers.size < LANE_SOURCES && this.#bytesMissing >= LANE_WORTH;
    for (const peer of this.#torrent.peers.values()) {
      if (peer.said.extensionIds.lane === 0) continue;
      const limited = sources < LANE_SOURCES && isLimited(peer, now);
      const promising = worth && isPromising(peer);
      // Nearly all peers of a swarm never need a plan.
      if (!limited && !promising && peer.lanes.length === 0 && !this.#dealings.has(peer)) continue;
      const dealings = this.#dealingsWith(peer);
      this.#ask(peer, dealings, { isLimited: limited, isPromising: promising }, now);
      this.#offer(peer, dealings, now);
    }
  }

  /** Bytes of the wanted pieces that are not stored; each piece counts in full. */
  get #bytesMissing(): number {
    const { pieces } = this.#torrent;
    return pieces === null ? 0 : pieces.missingCount * pieces.info.pieceLength;
  }

  /** The side that downloads: closes and asks for lanes as the plan says. */
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

  /** The side that uploads: offers the lanes that the peer asked for, as soon as it serves few others. */
  #offer(peer: Peer, dealings: Dealings, now: number): void {
    if (now - dealings.wantedAt > LANE_WANT_INTERVAL) dealings.wanted = 0;
    if (dealings.wanted === 0 || this.#isContested(peer, now)) return;
    while (dealings.wanted > 0 && this.#mayMake(peer)) {
      dealings.wanted--;
      this.#torrent.host.createOffer(this.#make(peer, null).link, OTHER_END.trickle, this.#torrent.id);
    }
    dealings.wanted = 0;
  }

  /**
   * Whether several other peers are served, or were unchoked a moment ago. Their links are several connections
   * already.
   */
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

  /** `id`: the number under which the peer offered the lane; null when we offer it. */
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

/** Whether a peer's path is long, as far as pings and blocks have told, and its request window still grows fast. */
function isPromising({ roundTrip, asked: { window, requests } }: Peer): boolean {
  const path = Math.min(roundTrip, window.base ?? Infinity);
  return requests.size > 0 && !window.isSettled && path >= LANE_FAR && path < Infinity;
}

/**
 * Whether a peer's request window is settled and more than half used, over a path long enough for lanes to matter.
 */
function isLimited({ asked: { window, bytesUnderWay, down } }: Peer, now: number): boolean {
  return (
    window.isSettled &&
    (window.base ?? 0) > WINDOW_NEAR &&
    bytesUnderWay > window.limit / 2 &&
    down.rate(now) > LANE_LEAST_RATE
  );
}
