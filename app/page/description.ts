/**
 * Waits for the moment when a connection's local description is fit to be handed out whole: trackers carry one
 * offer and one answer, no later candidates. That is when gathering is complete, or has been quiet for a while.
 */

import { GATHERING_LIMIT, GATHERING_QUIET } from "./constants.ts";

/** An offer or answer that announces no later candidates, as none can follow. */
function withoutTrickle(sdp: string): string {
  return sdp.replace(/a=ice-options:trickle\s\n/g, "");
}

/**
 * Calls `done` once with the description's SDP.
 * @returns a function that stops waiting
 */
export function awaitDescription(connection: RTCPeerConnection, done: (sdp: string) => void): () => void {
  let quiet: ReturnType<typeof setTimeout> | undefined;
  let limit: ReturnType<typeof setTimeout> | undefined;
  const stop = () => {
    clearTimeout(quiet);
    clearTimeout(limit);
    connection.removeEventListener("icecandidate", handleCandidate);
    connection.removeEventListener("icegatheringstatechange", handleState);
  };
  const finish = () => {
    const description = connection.localDescription;
    if (description === null) return;
    stop();
    done(withoutTrickle(description.sdp));
  };
  const handleCandidate = () => {
    clearTimeout(quiet);
    quiet = setTimeout(finish, GATHERING_QUIET);
  };
  const handleState = () => {
    if (connection.iceGatheringState === "complete") finish();
    else limit ??= setTimeout(finish, GATHERING_LIMIT);
  };
  connection.addEventListener("icecandidate", handleCandidate);
  connection.addEventListener("icegatheringstatechange", handleState);
  return stop;
}
