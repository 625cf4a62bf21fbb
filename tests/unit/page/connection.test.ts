/**
 * A connection tells its route, and again when its path changes kind. The browser's connection is played by the test,
 * as no real one moves to a relay on demand. Everything else of a connection is tested between real browsers.
 */
import { EventEmitter } from "node:events";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Connection, type PeerConstructor } from "../../../app/page/connection.ts";
import { aDescription } from "../../support/descriptions.ts";

/** A connection whose selected pair begins at a candidate of this type. */
class PlayedConnection extends EventTarget {
  iceConnectionState = "connected";
  signalingState = "stable";
  candidateType = "host";
  /** Times that the route was read. */
  looks = 0;
  readonly sctp = { transport: { iceTransport: new EventTarget() } };

  createDataChannel() {
    return {};
  }

  async getStats() {
    this.looks++;
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
    offer: { sdp: aDescription(), shoal: true },
    trickle: true,
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

test("a path that moves where the browser says so is told at once, however late that is", async () => {
  const { played, routes } = await connected();
  await vi.advanceTimersByTimeAsync(3_600_000);
  played.candidateType = "relay";
  played.sctp.transport.iceTransport.dispatchEvent(new Event("selectedcandidatepairchange"));
  await vi.advanceTimersByTimeAsync(0);
  expect(routes).toEqual(["direct", "relayed"]);
});

test.each<[string, (connection: Connection) => void]>([
  ["the network changed", (connection) => connection.mend()],
  ["the other end told something", (connection) => connection.handleSignal('{"type":"restart"}')],
])("a path that moves without a word after %s is noticed", async (_, happens) => {
  const { played, routes, connection } = await connected();
  await vi.advanceTimersByTimeAsync(3_600_000);
  happens(connection);
  await vi.advanceTimersByTimeAsync(6_000);
  played.candidateType = "relay";
  await vi.advanceTimersByTimeAsync(4_000);
  expect(routes).toEqual(["direct", "relayed"]);
});

test("a path that stays is told once, and not read again after some seconds", async () => {
  const { played, routes, connection } = await connected();
  await vi.advanceTimersByTimeAsync(20_000);
  const { looks } = played;
  await vi.advanceTimersByTimeAsync(3_600_000);
  expect(played.looks).toBe(looks);
  expect(routes).toEqual(["direct"]);
  connection.close();
  played.sctp.transport.iceTransport.dispatchEvent(new Event("selectedcandidatepairchange"));
  expect(played.looks).toBe(looks);
  expect(vi.getTimerCount()).toBe(0);
});
