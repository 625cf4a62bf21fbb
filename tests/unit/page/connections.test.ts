/** The connections of a window, with a simple-peer that only notes what it is told. */
import { EventEmitter } from "node:events";
import { expect, test, vi } from "vitest";
import { Connections } from "../../../app/page/connections.ts";
import { MAX_EARLY_SIGNALS } from "../../../app/page/constants.ts";
import type { IceServers } from "../../../app/page/ice-servers.ts";
import { aDescription } from "../../support/descriptions.ts";

const taken: string[] = [];

vi.mock("simple-peer", () => ({
  default: class extends EventEmitter {
    readonly _pc = Object.assign(new EventTarget(), {
      createDataChannel: () => ({}),
      addIceCandidate: async ({ candidate }: RTCIceCandidateInit) => taken.push(candidate!),
    });
    signal() {}
    destroy() {}
  },
}));

test("what is told of a connection that is being made waits for it, within bounds", async () => {
  vi.spyOn(console, "debug").mockImplementation(() => {});
  let arrive: (servers: RTCIceServer[]) => void = () => {};
  const iceServers = { get: () => new Promise((resolve) => (arrive = resolve)) } as unknown as IceServers;
  const connections = new Connections(() => {}, iceServers);
  const signal = (link: number, candidate: string) =>
    connections.handle({
      type: "signal",
      link,
      signal: JSON.stringify({ type: "candidates", candidates: [{ candidate, sdpMid: "0" }] }),
    });
  connections.handle({ type: "create-answer", link: 1, sdp: aDescription(), shoal: true, trickle: true });
  const early = Array.from({ length: MAX_EARLY_SIGNALS }, (_, at) => `candidate:${at}`);
  for (const candidate of [...early, "candidate:beyond"]) signal(1, candidate);
  signal(2, "candidate:of nobody");
  arrive([]);
  await vi.waitFor(() => expect(taken).toEqual(early));
  signal(1, "candidate:late");
  expect(taken).toEqual([...early, "candidate:late"]);
  connections.close();
  expect(connections.size).toBe(0);
});
