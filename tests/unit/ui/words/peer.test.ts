import { describe, expect, it } from "vitest";
import { peerSentence, routeWord } from "../../../../app/ui/words/peer.ts";
import { aPeer } from "../../../support/ui-fixture/snapshots.ts";

describe("peers", () => {
  it.each([
    [{ state: "connecting" } as const, "Connecting…"],
    [{ amInterested: true }, "Sends to us"],
    [{ amInterested: true, peerChoking: true }, "Keeps us waiting"],
    [{ amInterested: true, snubbed: true }, "Has gone quiet"],
    [{ peerInterested: true, amChoking: true }, "Waits for its turn"],
    [{ amInterested: true, peerInterested: true }, "Sends to us, receives from us"],
    [{}, "Nothing to exchange"],
  ])("%o: %s", (peer, sentence) => {
    expect(peerSentence(aPeer(peer))).toBe(sentence);
  });
});

it("a peer's route is told, and how many connections lead to it when one is not enough", () => {
  expect([routeWord("direct", 1), routeWord("relayed", 4), routeWord(undefined, 0)]).toEqual([
    "Direct",
    "Through a relay, 4 connections",
    "Not known yet",
  ]);
});
