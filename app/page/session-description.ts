/**
 * A session description is handed out whole if the peer that gets it cannot be sent signals later, or is not known
 * yet. So awaitDescription waits until one of these has happened:
 *
 * - Gathering is complete.
 * - GATHERING_ENOUGH has passed since a candidate of the kind that comes last, without another candidate.
 * - GATHERING_QUIET has passed since a candidate of another kind, without another candidate.
 * - GATHERING_LIMIT has passed since gathering began.
 *
 * If more candidates come later, the description is handed out once more when gathering is complete.
 */

import { GATHERING_ENOUGH, GATHERING_LIMIT, GATHERING_QUIET } from "./constants.ts";
import { hasRelay } from "./ice-servers.ts";

/** The description without its promise of later candidates, as most peers that get it cannot be told any. */
function withoutTrickle(sdp: string): string {
  return sdp.replace(/a=ice-options:trickle\s\n/g, "");
}

/** The kind of candidate that comes last: relay if there is a relay among the servers, else server-reflexive. */
function lastKind(iceServers: readonly RTCIceServer[]): "relay" | "srflx" {
  return hasRelay(iceServers) ? "relay" : "srflx";
}

/**
 * Calls `done` with the description's SDP, and once more if gathering brings anything later.
 * @returns a function that stops waiting
 */
export function awaitDescription(
  connection: RTCPeerConnection,
  iceServers: readonly RTCIceServer[],
  done: (sdp: string) => void,
): () => void {
  const last = lastKind(iceServers);
  let told = false;
  /** Candidates that came since `done` was called. */
  let untold = 0;
  let quiet: ReturnType<typeof setTimeout> | undefined;
  let limit: ReturnType<typeof setTimeout> | undefined;
  const stop = () => {
    clearTimeout(quiet);
    clearTimeout(limit);
    connection.removeEventListener("icecandidate", handleCandidate);
    connection.removeEventListener("icegatheringstatechange", handleState);
  };
  const tell = () => {
    const description = connection.localDescription;
    if (description === null) return;
    clearTimeout(quiet);
    clearTimeout(limit);
    told = true;
    untold = 0;
    done(withoutTrickle(description.sdp));
  };
  const handleCandidate = ({ candidate }: RTCPeerConnectionIceEvent) => {
    if (candidate === null || candidate.candidate === "") return;
    untold++;
    if (told) return;
    clearTimeout(quiet);
    quiet = setTimeout(tell, candidate.type === last ? GATHERING_ENOUGH : GATHERING_QUIET);
  };
  const handleState = () => {
    if (connection.iceGatheringState !== "complete") {
      limit ??= setTimeout(tell, GATHERING_LIMIT);
      return;
    }
    stop();
    if (!told || untold > 0) tell();
  };
  connection.addEventListener("icecandidate", handleCandidate);
  connection.addEventListener("icegatheringstatechange", handleState);
  return stop;
}
