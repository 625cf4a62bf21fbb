/** The words of a peer say what goes between it and us, and how it is reached. Pure. */

import type { PeerSnapshot } from "../../engine/snapshot.ts";
import { countInWords } from "./quantities.ts";

/** Says what a peer does for us, and what we do for it. */
export function peerSentence(peer: PeerSnapshot): string {
  if (peer.state === "connecting") return "Connecting…";
  if (peer.state === "handshaking") return "Connected, introducing itself…";
  const clauses: string[] = [];
  if (peer.amInterested) {
    if (peer.peerChoking) clauses.push("keeps us waiting");
    else clauses.push(peer.snubbed ? "has gone quiet" : "sends to us");
  }
  if (peer.peerInterested) clauses.push(peer.amChoking ? "waits for its turn" : "receives from us");
  const sentence = clauses.length === 0 ? "nothing to exchange" : clauses.join(", ");
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

const routeWords = {
  direct: "Direct",
  relayed: "Through a relay",
  unknown: "Not known yet",
} as const;

/** How a peer is reached, and over how many connections when they are several. */
export function routeWord(route: "direct" | "relayed" | "unknown" | undefined, connections: number): string {
  const word = routeWords[route ?? "unknown"];
  return connections > 1 ? `${word}, ${countInWords(connections)} connections` : word;
}
