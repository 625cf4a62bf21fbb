/** In however many threads a run takes place, it is the same run; and a thread that fails ends it. */
import { describe, expect, test } from "vitest";
import { Random } from "../support/random.ts";
import { Content } from "./content.ts";
import { figuresOf } from "./figures.ts";
import { type Packet, PacketKind, packet } from "./packet.ts";
import { Parcels } from "./parcel.ts";
import { SCENARIOS, type Scenario } from "./scenarios.ts";
import { runInThreads } from "./threads.ts";

const OPTIONS = { seed: 3, peers: 12, pieces: 40, pieceLength: 32_768 };

function scenarioOf(name: string): Scenario {
  return SCENARIOS.find((each) => each.name === name)!;
}

describe("a run in threads", () => {
  // Of each kind of packet and event: large and small ones, losses, rubbish, cuts, leaves and newcomers.
  test.each(["seed-leaves", "hostile", "partition", "tracker-dead", "churn", "lossy"])(
    "%s: is the run that one thread makes, to the last event",
    async (name) => {
      const figures = [];
      for (const threads of [1, 3]) {
        const report = await runInThreads(scenarioOf(name), OPTIONS, threads);
        figures.push(figuresOf(report, { wallSeconds: 1, cpuSeconds: 1 }));
      }
      expect(figures[1]).toEqual(figures[0]);
      expect(figures[0]!.events).toBeGreaterThan(OPTIONS.peers * OPTIONS.pieces);
    },
    60_000,
  );

  test("ends with the error of the thread that fails", async () => {
    const unknown = { ...scenarioOf("equal"), name: "nowhere" };
    await expect(runInThreads(unknown, OPTIONS, 2)).rejects.toThrow("There is no scenario nowhere.");
  }, 60_000);
});

describe("a parcel", () => {
  test("brings packets as they were sent, blocks of the content by their place", () => {
    const content = new Content(4, 16_384, new Random(1));
    const same = new Content(4, 16_384, new Random(1));
    const block = content.piece(2).subarray(100, 5_100);
    const sent: Packet[] = [
      {
        ...packet({ kind: PacketKind.large, from: 3, to: 8, time: 12.625 }),
        link: 7,
        order: 4,
        length: 5_013,
      },
      packet({ kind: PacketKind.trackerText, from: -1, to: 8, time: 13, text: "größer" }),
      packet({ kind: PacketKind.opened, from: 3, to: 9, time: 14, link: 2, text: "3/1/10/0" }),
      packet({ kind: PacketKind.closed, from: 4, to: 9, time: 14, link: 2 }),
    ];
    sent[0] = { ...sent[0]!, parts: [Uint8Array.of(1, 2, 3), block, new Uint8Array(0)] };
    const bytes = new Parcels(content).pack(sent);
    expect(bytes.length).toBeLessThan(block.length);
    const received: Packet[] = [];
    new Parcels(same).unpack(bytes, (each) => received.push(each));
    expect(received).toEqual(sent);
    expect(same.placeOf(received[0]!.parts[1]!)).toBe(2 * 16_384 + 100);
  });
});
