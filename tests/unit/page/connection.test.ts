/**
 * The route of a connection, told again when its path changes kind. The browser's part is played: no real one can be
 * made to move to a relay at a word. Everything else of a connection is tested between real browsers.
 */
import { EventEmitter } from "node:events";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Connection, type PeerConstructor } from "../../../app/page/connection.ts";

/** A connection whose selected pair begins at a candidate of this type. */
class PlayedConnection extends EventTarget {
  iceConnectionState = "connected";
  signalingState = "stable";
  candidateType = "host";

  createDataChannel() {
    return {};
  }

  async getStats() {
    return new Map(
      [
        { id: "transport", type: "transport", selectedCandidatePairId: "pair" },
        { id: "pair", type: "candidate-pair", localCandidateId: "local", remoteCandidateId: "remote" },
        { id: "local", type: "local-candidate", candidateType: this.candidateType },
        { id: "remote", type: "remote-candidate", candidateType: "host" },
      ].map((statistic) => [statistic.id, statistic]),
    );
  }

  become(state: string): void {
    this.iceConnectionState = state;
    this.dispatchEvent(new Event("iceconnectionstatechange"));
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(console, "debug").mockImplementation(() => {});
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** A connection that is connected directly, and the routes that it tells. */
async function connected() {
  const played = new PlayedConnection();
  class PlayedPeer extends EventEmitter {
    readonly _pc = played;
    readonly _channel = new EventTarget();
    signal() {}
    destroy() {}
  }
  let peer: PlayedPeer | undefined;
  const Peer = class extends PlayedPeer {
    constructor() {
      super();
      peer = this;
    }
  };
  const routes: string[] = [];
  const connection = new Connection({
    link: 1,
    offer: { sdp: "", shoal: true, trickle: true },
    iceServers: [],
    Peer: Peer as unknown as PeerConstructor,
    post: (event) => {
      if (event.type === "route") routes.push(event.route);
    },
    ended: () => {},
  });
  peer!.emit("connect");
  await vi.advanceTimersByTimeAsync(0);
  expect(routes).toEqual(["direct"]);
  return { played, routes, connection };
}

test("a path that was lost and found again through a relay is told at once, and the direct one that follows", async () => {
  const { played, routes } = await connected();
  played.become("disconnected");
  played.candidateType = "relay";
  played.become("checking");
  played.become("connected");
  await vi.advanceTimersByTimeAsync(0);
  expect(routes).toEqual(["direct", "relayed"]);
  played.candidateType = "srflx";
  await vi.advanceTimersByTimeAsync(3_000);
  expect(routes).toEqual(["direct", "relayed", "direct"]);
});

test("a path that changes without a word is noticed, and none is told twice", async () => {
  const { played, routes, connection } = await connected();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(routes).toEqual(["direct"]);
  played.candidateType = "relay";
  await vi.advanceTimersByTimeAsync(15_000);
  expect(routes).toEqual(["direct", "relayed"]);
  connection.close();
  expect(vi.getTimerCount()).toBe(0);
});
