/** Which swarms a connection is in: what the swarms tell of it, and what each socket counts. */
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { defaultLimits } from "../../../signaling/constants.ts";
import type { Announce } from "../../../signaling/protocol.ts";
import { SwarmState } from "../../../signaling/swarm-state.ts";
import { type Client, id, startTracker } from "./client.ts";

/** Whom an announce brought into its swarm and out of it: "+anna", "-bert +anna". */
function movesOf(state: SwarmState<string>, connection: string, more: Partial<Announce> = {}): string {
  const announce: Announce = {
    kind: "announce",
    infoHash: id("film"),
    peerId: id(connection),
    seed: false,
    event: "update",
    key: null,
    offers: [],
    ...more,
  };
  const { joined, left } = state.handleAnnounce(connection, announce, 0);
  return [left && `-${left}`, joined && `+${joined}`].filter(Boolean).join(" ");
}

const newState = () =>
  new SwarmState<string>({ limits: defaultLimits, random: () => 0, acceptsOffers: () => true });

describe("the swarms tell", () => {
  test("who came in and who left, and nothing of who was there before", () => {
    const state = newState();
    expect(movesOf(state, "anna")).toBe("+anna");
    expect(movesOf(state, "anna")).toBe("");
    expect(movesOf(state, "anna", { infoHash: id("song") })).toBe("+anna");
    expect(movesOf(state, "anna", { event: "stopped" })).toBe("-anna");
    expect(movesOf(state, "anna", { event: "stopped" })).toBe("");
  });

  test("of a refusal nothing", () => {
    const state = newState();
    movesOf(state, "anna");
    expect(movesOf(state, "mallory", { peerId: id("anna") })).toBe("");
    expect(movesOf(state, "anna", { peerId: id("zoe") })).toBe("");
  });

  test("which connection a peer left that goes on over another, or stops from there", () => {
    const state = newState();
    const anna = { peerId: id("anna"), key: id("secret") };
    expect(movesOf(state, "old", anna)).toBe("+old");
    expect(movesOf(state, "new", anna)).toBe("-old +new");
    expect(movesOf(state, "third", { ...anna, event: "stopped" })).toBe("-new");
  });

  test("enough to know at all times how many connections are in a swarm", () => {
    const names = fc.constantFrom("a", "b", "c");
    const step = fc.record({
      connection: names,
      peer: names,
      swarm: fc.constantFrom("film", "song"),
      event: fc.constantFrom<(Announce["event"] | "leave")[]>("update", "update", "stopped", "leave"),
      key: fc.constantFrom(null, id("secret")),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const state = newState();
        const swarmsOf = new Map(["a", "b", "c"].map((name) => [name, new Set<string>()]));
        for (const { connection, peer, swarm, event, key } of steps) {
          if (event === "leave") {
            state.handleLeave(connection, 0);
            swarmsOf.get(connection)!.clear();
          } else {
            const announced = { infoHash: id(swarm), peerId: id(peer), event, key };
            for (const move of movesOf(state, connection, announced).split(" ").filter(Boolean)) {
              const swarms = swarmsOf.get(move.slice(1))!;
              expect(swarms.has(swarm), move).toBe(move.startsWith("-"));
              if (move.startsWith("+")) swarms.add(swarm);
              else swarms.delete(swarm);
            }
          }
          const members = [...swarmsOf.values()].filter(({ size }) => size > 0);
          expect(state.connectionCount).toBe(members.length);
        }
      }),
    );
  });
});

describe("a socket", () => {
  const refusal = (swarm: string) => ({
    "failure reason": "a connection can be in 2 swarms at most",
    action: "announce",
    info_hash: id(swarm),
  });
  const announce = (client: Client, swarm: string, more: Record<string, unknown> = {}) =>
    client.announce("anna", { info_hash: id(swarm), ...more });

  test("can be in so many swarms, and in another one when it has left one", async () => {
    const { open, tracker } = await startTracker({ swarmsPerSocket: 2 });
    const client = await open();
    for (const swarm of ["film", "song", "film"])
      expect(await announce(client, swarm)).toHaveProperty("interval");
    expect(await announce(client, "book")).toEqual(refusal("book"));
    expect(await announce(client, "book", { event: "stopped" })).toHaveProperty("interval");
    expect(await announce(client, "book")).toEqual(refusal("book"));
    expect(tracker.counts.swarms).toBe(2);
    expect(await announce(client, "song", { event: "stopped" })).toHaveProperty("interval");
    expect(await announce(client, "book")).toMatchObject({ incomplete: 1 });
  });

  test("has room for what it was refused", async () => {
    const { open } = await startTracker({ swarmsPerSocket: 2 });
    const [owner, client] = [await open(), await open()];
    for (const swarm of ["film", "song"]) await owner.announce("bert", { info_hash: id(swarm) });
    for (const swarm of ["film", "song"])
      expect(await client.announce("bert", { info_hash: id(swarm) })).toHaveProperty("failure reason");
    for (const swarm of ["film", "song"])
      expect(await announce(client, swarm)).toMatchObject({ incomplete: 2 });
  });

  test("has room again when its peer goes on over another", async () => {
    const { open } = await startTracker({ swarmsPerSocket: 2 });
    const [old, fresh] = [await open(), await open()];
    const key = { key: id("secret") };
    for (const swarm of ["film", "song"]) await announce(old, swarm, key);
    expect(await announce(fresh, "film", key)).toMatchObject({ incomplete: 1 });
    expect(await announce(old, "book")).toMatchObject({ incomplete: 1 });
    expect(await announce(old, "tale")).toEqual(refusal("tale"));
    expect(await announce(fresh, "song", key)).toMatchObject({ incomplete: 1 });
    expect(await announce(fresh, "tale")).toEqual(refusal("tale"));
  });
});

describe("an address", () => {
  const announce = (client: Client, peer: string, swarm: string, more: Record<string, unknown> = {}) =>
    client.announce(peer, { info_hash: id(swarm), ...more });
  const refusal = { "failure reason": "the connections of an address can be in 3 swarms at most" };

  test("can be in so many swarms with all its sockets, and in another when one has left or closed", async () => {
    const { open } = await startTracker({ swarmsPerAddress: 3 });
    const [anna, bert] = [await open(), await open()];
    for (const swarm of ["film", "song"]) await announce(anna, "anna", swarm);
    expect(await announce(bert, "bert", "film")).toHaveProperty("interval");
    expect(await announce(bert, "bert", "song")).toMatchObject(refusal);
    expect(await announce(anna, "anna", "song")).toHaveProperty("interval");
    await announce(anna, "anna", "film", { event: "stopped" });
    expect(await announce(bert, "bert", "song")).toHaveProperty("interval");
    expect(await announce(bert, "bert", "book")).toMatchObject(refusal);
    anna.socket.close();
    await anna.closed;
    await vi.waitFor(async () => expect(await announce(bert, "bert", "book")).toHaveProperty("interval"));
  });

  test("counts a peer that goes on over another socket once", async () => {
    const { open } = await startTracker({ swarmsPerAddress: 3 });
    const [old, fresh] = [await open(), await open()];
    const key = { key: id("secret") };
    await announce(old, "anna", "film", key);
    await announce(fresh, "anna", "film", key);
    old.socket.close();
    await old.closed;
    for (const swarm of ["song", "book"])
      expect(await announce(fresh, "anna", swarm, key)).toHaveProperty("interval");
    expect(await announce(fresh, "anna", "tale", key)).toMatchObject(refusal);
  });
});

test("a connection in many swarms is told to announce less often in each, up to a bound", () => {
  const state = newState();
  const { announceInterval, announcesPerSecond, announceIntervalMost, swarmsPerSocket } = defaultLimits;
  const told: number[] = [];
  for (let swarm = 0; swarm < swarmsPerSocket; swarm++) {
    const { deliveries } = state.handleAnnounce(
      "anna",
      {
        kind: "announce",
        infoHash: id(`${swarm}`),
        peerId: id("anna"),
        seed: true,
        event: "started",
        key: null,
        offers: [],
      },
      0,
    );
    told.push((deliveries[0]!.message as { interval: number }).interval);
  }
  expect(told[0]).toBe(announceInterval);
  expect(told[announceInterval * announcesPerSecond + 9]).toBe(announceInterval + 5);
  expect(told.at(-1)).toBe(announceIntervalMost);
  expect(announceIntervalMost * 1000).toBeLessThan(defaultLimits.idle);
});
