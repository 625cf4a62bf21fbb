/** One direction of a connection: what waits at its sender's uplink, and what is on its way. */
import type { LinkId } from "../../app/engine/host.ts";
import type { Attachment } from "./attachment.ts";
import type { Lane, Waiting } from "./uplink.ts";

export class Pipe implements Lane {
  readonly from: Attachment;
  readonly to: Attachment;
  /** The connection's number at either end. */
  readonly link: LinkId;
  readonly remoteLink: LinkId;
  readonly reverse: Pipe;
  readonly queue: Waiting[];
  /** Bytes queued that have not left. */
  buffered: number;
  /** Bytes queued at which the engine is told that some have left: half, or LOW_WATER where that is more. */
  low: number;
  /** When what was sent last arrives: the last small message, the last large one. */
  lastSmallAt: number;
  lastLargeAt: number;
  open: boolean;
  /** Its far end takes what arrives. */
  heard: boolean;
  /** What a cut net holds: sent again when it heals, lost when the connection breaks before. */
  readonly held: Waiting[];

  /** Both directions of a new connection; `reverse`: the one that is there already. */
  constructor(from: Attachment, to: Attachment, link: LinkId, remoteLink: LinkId, reverse?: Pipe) {
    this.from = from;
    this.to = to;
    this.link = link;
    this.remoteLink = remoteLink;
    this.queue = [];
    this.buffered = 0;
    this.low = 0;
    this.lastSmallAt = 0;
    this.lastLargeAt = 0;
    this.open = true;
    this.heard = true;
    this.held = [];
    this.reverse = reverse ?? new Pipe(to, from, remoteLink, link, this);
  }
}
