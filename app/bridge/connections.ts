/**
 * Between the engine's worker and the page that hosts its RTCPeerConnections. The page negotiates; bytes of Shoal
 * peers go straight to the worker over a transferred channel, bytes of other clients are relayed through here.
 */

import type { ConnectionLimits } from "../engine/host.ts";
import type { LinkEnd, LinkFingerprints, LinkId, OtherEnd } from "../engine/link.ts";

/** How the path to a peer leads: straight, or over a relay server. */
export type Route = "direct" | "relayed" | "unknown";

export type ConnectionCommand =
  /** `trickle`: who gets the offer can be told more as soon as it has it. */
  | { readonly type: "create-offer"; readonly link: LinkId; readonly trickle: boolean }
  | ({ readonly type: "create-answer"; readonly link: LinkId; readonly sdp: string } & OtherEnd)
  | ({ readonly type: "accept-answer"; readonly link: LinkId; readonly sdp: string } & OtherEnd)
  /** What the other end tells: candidates, or a new description. From a stranger, unchecked. */
  | { readonly type: "signal"; readonly link: LinkId; readonly signal: string }
  /** Nothing comes by its path any more: to be moved to another. */
  | { readonly type: "mend"; readonly link: LinkId }
  /** One channel message for a relayed link; the buffer is transferred. */
  | { readonly type: "relay-send"; readonly link: LinkId; readonly data: ArrayBuffer }
  | { readonly type: "close"; readonly link: LinkId };

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
  /** Told again, whole, when more was gathered. */
  | { readonly type: "offer"; readonly link: LinkId; readonly sdp: string }
  | { readonly type: "answer"; readonly link: LinkId; readonly sdp: string }
  /**
   * The certificates of both ends, by their descriptions; told before anything can come from the other end. Null where one
   * is not named by SHA-256.
   */
  | { readonly type: "bound"; readonly link: LinkId; readonly fingerprints: LinkFingerprints | null }
  /** For the other end to be told. */
  | { readonly type: "signal"; readonly link: LinkId; readonly signal: string }
  /** The transferred data channel of a Shoal peer; sent in the task that created it, still connecting. */
  | { readonly type: "channel"; readonly link: LinkId; readonly channel: RTCDataChannel }
  /** simple-peer's own channel is open. For Shoal peers the bulk channel is preferred when it opens. */
  | { readonly type: "relay-open"; readonly link: LinkId; readonly maxMessageLength: number }
  | { readonly type: "relay-data"; readonly link: LinkId; readonly data: ArrayBuffer }
  /**
   * What simple-peer's channel still has queued, told after each relay-send and when it drains; `taken` counts the
   * messages that it was given so far.
   */
  | { readonly type: "relay-buffered"; readonly link: LinkId; readonly bytes: number; readonly taken: number }
  | { readonly type: "route"; readonly link: LinkId; readonly route: Route }
  | { readonly type: "closed"; readonly link: LinkId; readonly reason: LinkEnd }
  /** The device is on another network, or back on one. */
  | { readonly type: "network-changed" }
  /** The window is going away: a last chance to tell trackers and peers. */
  | { readonly type: "stop" };

/** What is told of one connection. */
export type LinkEvent = Extract<ConnectionEvent, { readonly link: LinkId }>;
