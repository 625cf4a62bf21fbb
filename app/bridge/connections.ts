/**
 * Connection messages pass between the engine's worker and the page that hosts its RTCPeerConnections. The worker's
 * commands and the page's events name a connection by its link. They pass in this order:
 *
 * | end | commands and the events that follow |
 * | --- | --- |
 * | offering | `create-offer`: `channel`, `offer`; `accept-answer`: `bound`, `relay-open`, `route`, …, `closed` |
 * | answering | `create-answer`: `channel`, `bound`, `answer`, `relay-open`, `route`, …, `closed` |
 *
 * Besides, page and worker tell each other whether they are there, and whether they still lead.
 *
 * Bytes of Shoal peers do not pass here: they go straight to the worker over the transferred channel. Bytes of other
 * clients are relayed in these messages.
 */

import type { ConnectionLimits } from "../engine/host.ts";
import type { LinkEnd, LinkFingerprints, LinkId, OtherEnd } from "../engine/link.ts";

/** How a peer is reached: directly, or over a relay server. */
export type Route = "direct" | "relayed" | "unknown";

export type ConnectionCommand =
  /** `trickle`: the peer that gets the offer can be told candidates later. */
  | { readonly type: "create-offer"; readonly link: LinkId; readonly trickle: boolean }
  | ({ readonly type: "create-answer"; readonly link: LinkId; readonly sdp: string } & OtherEnd)
  | ({ readonly type: "accept-answer"; readonly link: LinkId; readonly sdp: string } & OtherEnd)
  /** A signal from the other end: candidates, or a new description. From a stranger, unchecked. */
  | { readonly type: "signal"; readonly link: LinkId; readonly signal: string }
  /** Nothing comes over the connection's path any more. Another path is to be found. */
  | { readonly type: "mend"; readonly link: LinkId }
  /** One message for simple-peer's channel; the buffer is transferred. */
  | { readonly type: "relay-send"; readonly link: LinkId; readonly data: ArrayBuffer }
  | { readonly type: "close"; readonly link: LinkId }
  /** Is the window there? Answered with `here`. */
  | { readonly type: "are-you-there" }
  /** Another worker has claimed the database (storage/fence.ts). This one does nothing more, and is to be ended. */
  | { readonly type: "replaced" };

export type ConnectionEvent =
  /** First message to the worker. Tracker and ICE addresses follow from the page's own origin. */
  | {
      readonly type: "start";
      readonly origin: string;
      readonly tracker: string;
      readonly epoch: string;
      readonly webrtc: boolean;
      /** How many connections the window hosts. */
      readonly connections: ConnectionLimits;
    }
  /** Told again, whole, when more candidates were gathered. */
  | { readonly type: "offer"; readonly link: LinkId; readonly sdp: string }
  | { readonly type: "answer"; readonly link: LinkId; readonly sdp: string }
  /**
   * The certificates of both ends, by their descriptions. Told before anything can come from the other end. Null if
   * one of them is not named by SHA-256.
   */
  | { readonly type: "bound"; readonly link: LinkId; readonly fingerprints: LinkFingerprints | null }
  /** A signal that the other end is to be told. */
  | { readonly type: "signal"; readonly link: LinkId; readonly signal: string }
  /** The transferred data channel of a Shoal peer; sent in the task that created it, still connecting. */
  | { readonly type: "channel"; readonly link: LinkId; readonly channel: RTCDataChannel }
  /** simple-peer's own channel is open. Between Shoal peers, the bulk channel is preferred if it opens. */
  | { readonly type: "relay-open"; readonly link: LinkId; readonly maxMessageLength: number }
  | { readonly type: "relay-data"; readonly link: LinkId; readonly data: ArrayBuffer }
  /**
   * `bytes`: what simple-peer's channel has queued. `taken`: how many messages it was given so far. Told after each
   * relay-send, and when the channel drains.
   */
  | { readonly type: "relay-buffered"; readonly link: LinkId; readonly bytes: number; readonly taken: number }
  | { readonly type: "route"; readonly link: LinkId; readonly route: Route }
  | { readonly type: "closed"; readonly link: LinkId; readonly reason: LinkEnd }
  /** The device is on another network, or back on one. */
  | { readonly type: "network-changed" }
  | { readonly type: "here" }
  /** The window is going away: a last chance to tell trackers and peers. */
  | { readonly type: "stop" };

/** An event of one connection. */
export type LinkEvent = Extract<ConnectionEvent, { readonly link: LinkId }>;
