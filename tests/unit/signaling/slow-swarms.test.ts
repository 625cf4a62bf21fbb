/** The tracker over real sockets, with swarms that take their time: order, bounds, and ends in the middle. */
import { describe, expect, test, vi } from "vitest";
import type { Limits } from "../../../signaling/constants.ts";
import type { TrackerSocket } from "../../../signaling/tracker-socket.ts";
import { type Client, id, offers, type RunningTracker, startTracker } from "./client.ts";
import { SlowSwarms } from "./slow-swarms.ts";

async function startSlowTracker(
  limits: Partial<Limits> = {},
): Promise<RunningTracker & { swarms: SlowSwarms<TrackerSocket> }> {
  let swarms: SlowSwarms<TrackerSocket> | undefined;
  const running = await startTracker(limits, [], (options) => {
    swarms = new SlowSwarms(options);
    return swarms;
  });
  return { ...running, swarms: swarms! };
}

const announced = (peer: string, more: Record<string, unknown> = {}) => ({
  action: "announce",
  info_hash: id("film"),
  peer_id: id(peer),
  left: 1,
  ...more,
});
const scrape = { action: "scrape", info_hash: id("film") };

/** All that comes to a client next. */
async function nextOf(client: Client, count: number): Promise<unknown[]> {
  const messages = [];
  for (let at = 0; at < count; at++) messages.push(await client.next());
  return messages;
}

/** Resolves when the server has read all that the client sent before: a pong comes after it. */
function settle({ socket }: Client): Promise<void> {
  return new Promise((resolve) => {
    socket.once("pong", () => resolve());
    socket.ping();
  });
}

const waitFor = (condition: () => void) => vi.waitFor(condition, { interval: 1, timeout: 5000 });

describe("messages of a socket", () => {
  test("are handled one after the other, and answered in their order, bad ones too", async () => {
    const { open, swarms } = await startSlowTracker();
    const client = await open();
    for (const message of [
      announced("anna"),
      "no JSON",
      scrape,
      announced("anna", { event: "stopped" }),
      scrape,
    ])
      client.send(message);
    await settle(client);
    expect(swarms.came).toEqual(["announce anna"]);
    swarms.letThrough("announce anna");
    await waitFor(() => expect(swarms.came).toEqual(["announce anna", "scrape"]));
    swarms.open();
    expect(await nextOf(client, 5)).toEqual([
      expect.objectContaining({ incomplete: 1 }),
      { "failure reason": "the message is not JSON", action: "announce" },
      { action: "scrape", files: { [id("film")]: { complete: 0, incomplete: 1, downloaded: 0 } } },
      expect.objectContaining({ incomplete: 0 }),
      { action: "scrape", files: { [id("film")]: { complete: 0, incomplete: 0, downloaded: 0 } } },
    ]);
  });

  test("do not wait for those of other sockets", async () => {
    const { open, swarms } = await startSlowTracker();
    const [anna, bert] = [await open(), await open()];
    anna.send(announced("anna"));
    await waitFor(() => expect(swarms.held).toEqual(["announce anna"]));
    bert.send(announced("bert"));
    await waitFor(() => expect(swarms.held).toEqual(["announce anna", "announce bert"]));
    swarms.letThrough("announce bert");
    expect(await bert.next()).toMatchObject({ incomplete: 1 });
    swarms.letThrough("announce anna");
    expect(await anna.next()).toMatchObject({ incomplete: 2 });
  });

  test("reach others as they would at once", async () => {
    const { open, swarms } = await startSlowTracker();
    swarms.open();
    const [anna, bert] = [await open(), await open()];
    await anna.announce("anna");
    bert.send(announced("bert", { offers: offers("o1") }));
    expect(await anna.next()).toMatchObject({ offer: { sdp: "sdp of o1" } });
    anna.send({
      ...announced("anna"),
      to_peer_id: id("bert"),
      offer_id: id("o1"),
      answer: { type: "answer", sdp: "yes" },
    });
    expect(await nextOf(bert, 2)).toMatchObject([{ incomplete: 2 }, { answer: { sdp: "yes" } }]);
  });

  test("count for its swarms one after the other, though they came together", async () => {
    const { open, swarms } = await startSlowTracker({ swarmsPerSocket: 1 });
    const client = await open();
    for (const swarm of ["film", "song"]) client.send(announced("anna", { info_hash: id(swarm) }));
    swarms.open();
    expect(await nextOf(client, 2)).toMatchObject([
      { incomplete: 1 },
      { "failure reason": "a connection can be in 1 swarms at most" },
    ]);
  });
});

describe("a queue that is full", () => {
  test("takes no more until something has been handled", async () => {
    const { open, swarms } = await startSlowTracker({ queuedMessages: 2 });
    const client = await open();
    for (let count = 0; count < 4; count++) client.send(announced("anna"));
    expect(await client.next()).toEqual({ "failure reason": "too many messages", action: "announce" });
    swarms.letThrough("announce anna");
    expect(await client.next()).toMatchObject({ incomplete: 1 });
    client.send(scrape);
    swarms.open();
    const rest = await nextOf(client, 3);
    expect(rest).toMatchObject([{ incomplete: 1 }, { incomplete: 1 }, { action: "scrape" }]);
  });

  test("closes a socket that goes on, after which nothing of it is handled or answered", async () => {
    const { open, swarms, tracker } = await startSlowTracker({ queuedMessages: 2, strikeBurst: 3 });
    const client = await open();
    for (let count = 0; count < 3 + 4; count++) client.send(announced("anna"));
    const refused = Array(4).fill({ "failure reason": "too many messages", action: "announce" });
    expect(await nextOf(client, 4)).toEqual(refused);
    expect(await client.closed).toBe("1008 too many bad messages");
    await waitFor(() => expect(tracker.counts.sockets).toBe(0));
    swarms.open();
    await waitFor(() => expect(swarms.came).toEqual(["announce anna", "leave"]));
    await waitFor(() => expect(tracker.counts).toMatchObject({ peers: 0, swarms: 0 }));
    expect(client.unread, "nothing after the refusals").toEqual([]);
  });
});

describe("an end in the middle", () => {
  test.each<[string, (client: Client) => void]>([
    ["a connection that breaks", ({ socket }) => socket.terminate()],
    ["a client that takes its leave", ({ socket }) => socket.close()],
  ])("of %s: what waits is dropped, and its peer leaves after what is being handled", async (_name, end) => {
    const { open, swarms, tracker } = await startSlowTracker();
    const client = await open();
    for (const message of [announced("anna"), scrape]) client.send(message);
    await settle(client);
    end(client);
    await waitFor(() => expect(tracker.counts.sockets).toBe(0));
    expect(swarms.came, "the announce is still being handled").toEqual(["announce anna"]);
    swarms.letThrough("announce anna");
    await waitFor(() => expect(swarms.held).toEqual(["leave"]));
    expect(tracker.counts).toMatchObject({ peers: 1, swarms: 1 });
    swarms.open();
    await waitFor(() => expect(tracker.counts).toMatchObject({ peers: 0, swarms: 0 }));
    expect(swarms.came).toEqual(["announce anna", "leave"]);
    expect(client.unread).toEqual([]);
  });

  test("of the server: it does not wait for swarms that do not answer", async () => {
    const { open, swarms, close } = await startSlowTracker();
    const client = await open();
    client.send(announced("anna"));
    await waitFor(() => expect(swarms.held).toEqual(["announce anna"]));
    await close();
    expect(await client.closed).toBe("1012 the server is stopping");
    expect(client.unread).toEqual([]);
  });

  test("of the swarms: the socket is closed, and others are served", async () => {
    const { open, swarms, tracker } = await startSlowTracker();
    const [anna, bert] = [await open(), await open()];
    for (const message of [announced("anna"), scrape]) anna.send(message);
    await settle(anna);
    swarms.fail("announce anna", new Error("out of reach"));
    expect(await anna.closed).toBe("1011 the server failed");
    swarms.open();
    expect(await bert.announce("bert")).toMatchObject({ incomplete: 1 });
    expect(swarms.came).toEqual(["announce anna", "leave", "announce bert"]);
    expect(tracker.counts).toMatchObject({ sockets: 1, peers: 1 });
  });
});
