/**
 * Waits for the moment when a connection's local description is fit to be handed out to somebody who cannot be told
 * more later, or is not known yet: when gathering is complete, or has brought what it can be expected to, or has been
 * quiet for a while.
 */

import { GATHERING_ENOUGH, GATHERING_LIMIT, GATHERING_QUIET } from "./constants.ts";
import { hasRelay } from "./ice-servers.ts";

/** An offer or answer that announces no later candidates, as most who get it cannot be told any. */
function withoutTrickle(sdp: string): string {
  return sdp.replace(/a=ice-options:trickle\s\n/g, "");
}

/** The kind of candidate that comes last, by the servers that are asked. */
function lastKind(iceServers: readonly RTCIceServer[]): "relay" | "srflx" {
  return hasRelay(iceServers) ? "relay" : "srflx";
}

/**
 * Calls `done` with the description's SDP; once more, whole, if gathering brings anything later.
 * @returns a function that stops waiting
 */
export function awaitDescription(
  connection: RTCPeerConnection,
  iceServers: readonly RTCIceServer[],
  done: (sdp: string) => void,
): () => void {
  const last = lastKind(iceServers);
  let told = false;
  /** Candidates that whoever was told has not got. */
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
