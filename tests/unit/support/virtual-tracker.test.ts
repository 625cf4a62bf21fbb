/** A tracker of virtual time passes on what the server would, as late as the way there and back takes. */
import { describe, expect, test } from "vitest";
import { seededRandom } from "../../support/random.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";
import { TRACKER_DELAY, TrackerSocket, VirtualTracker } from "../../support/virtual-tracker.ts";

const HASH = "h".repeat(20);

/** Hosts so many milliseconds from the middle of the net, and what each heard: "30 1 opened". */
function scene(...delays: number[]) {
  const clock = new VirtualClock();
  const heard: string[] = [];
  const tracker = new VirtualTracker(clock, seededRandom(1), (host, word, time) =>
    clock.at(time, () => sockets[host]!.hear(word)),
  );
  const sockets = delays.map((delay, host) => {
    const note = (what: string) => heard.push(`${clock.now} ${host} ${what}`);
    const inputs = {
      handleTrackerOpened: () => note("opened"),
      handleTrackerMessage: (_: string, text: string) => note(drawn(text)),
      handleTrackerClosed: () => note("closed"),
    };
    return new TrackerSocket(clock, { url: "wss://tracker", delay }, inputs, (word, time) =>
      clock.at(time, () => tracker.hear(host, word)),
    );
  });
  return {
    clock,
    tracker,
    sockets,
    heard: () => {
      while (clock.step());
      return heard.splice(0);
    },
    /** Announces a host as a peer, with so many offers. */
    announce: (host: number, offers: number, left = 1) =>
      sockets[host]!.send(
        JSON.stringify({
          action: "announce",
          info_hash: HASH,
          peer_id: `peer${host}`.padEnd(20, "_"),
          left,
          offers: Array.from({ length: offers }, (_, at) => ({
            offer_id: `${at}`.padStart(20, "o"),
            offer: { type: "offer", sdp: `sdp ${at}` },
          })),
        }),
      ),
  };
}

function drawn(text: string): string {
  const { offer, complete, incomplete } = JSON.parse(text);
  return offer === undefined ? `${complete} seeds, ${incomplete} others` : `offer "${offer.sdp}"`;
}

describe("a socket", () => {
  test("is open after the way there and back, of each host as far as that is", () => {
    const { sockets, heard } = scene(5, 50);
    for (const socket of sockets) socket.open();
    expect(heard()).toEqual([`${2 * (5 + TRACKER_DELAY)} 0 opened`, `${2 * (50 + TRACKER_DELAY)} 1 opened`]);
  });

  test("that was closed hears nothing any more, and its peer has left", () => {
    const { clock, tracker, sockets, heard, announce } = scene(5);
    sockets[0]!.open();
    announce(0, 0);
    clock.run(5 + TRACKER_DELAY);
    expect(tracker.announced).toBe(1);
    sockets[0]!.close();
    expect(heard()).toEqual([]);
    expect(tracker.announced).toBe(0);
  });
});

test("an offer reaches another peer, and the counts whoever announced", () => {
  const { sockets, heard, announce } = scene(0, 0);
  for (const socket of sockets) socket.open();
  announce(0, 0, 0);
  announce(1, 1);
  const time = 2 * TRACKER_DELAY;
  expect(heard().slice(2)).toEqual([
    `${time} 0 1 seeds, 0 others`,
    `${time} 1 1 seeds, 1 others`,
    `${time} 0 offer "sdp 0"`,
  ]);
});

describe("a tracker that goes down", () => {
  test("takes its sockets along, and nobody is let in until it is back", () => {
    const { tracker, sockets, heard, announce } = scene(0);
    sockets[0]!.open();
    announce(0, 0);
    heard();
    tracker.setUp(false);
    expect(heard().map((line) => line.split(" ")[2])).toEqual(["closed"]);
    expect(tracker.announced).toBe(0);
    sockets[0]!.open();
    expect(heard().map((line) => line.split(" ")[2])).toEqual(["closed"]);
    tracker.setUp(true);
    sockets[0]!.open();
    expect(heard().map((line) => line.split(" ")[2])).toEqual(["opened"]);
  });
});

test("what no engine says is an error of whoever made it say so", () => {
  const { sockets, heard } = scene(0);
  sockets[0]!.open();
  sockets[0]!.send(JSON.stringify({ action: "dance" }));
  expect(heard).toThrow('the tracker was sent {"action":"dance"}');
});
