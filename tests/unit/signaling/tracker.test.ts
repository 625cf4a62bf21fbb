/** The tracker over real sockets: what clients hear, and what does not bring it down. */
import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import WebSocket from "ws";
import { exchangeBytes, id, offers, type RunningTracker, startTracker } from "./client.ts";

const nothing = { sockets: 0, peers: 0, swarms: 0 };

/** Two newcomers are introduced: the whole way of an offer and its answer. */
async function expectIntroduction({ open }: RunningTracker): Promise<void> {
  const [anna, bert] = await Promise.all([open("/announce"), open("/")]);
  const swarm = { info_hash: id(`swarm ${Math.random()}`.slice(0, 20)) };
  await anna.announce("anna", swarm);
  await bert.announce("bert", { ...swarm, offers: offers("o1") });
  expect(await anna.next()).toEqual({
    action: "announce",
    ...swarm,
    peer_id: id("bert"),
    offer_id: id("o1"),
    offer: { type: "offer", sdp: "sdp of o1" },
  });
  const answer = { type: "answer", sdp: "yes" };
  const message = { action: "announce", ...swarm, peer_id: id("anna"), offer_id: id("o1"), answer };
  anna.send({ ...message, to_peer_id: id("bert") });
  expect(await bert.next()).toEqual(message);
  anna.socket.close();
  bert.socket.close();
  await Promise.all([anna.closed, bert.closed]);
}

describe("introductions", () => {
  test("an offer reaches another peer and its answer comes back; nothing is left when both have gone", async () => {
    const server = await startTracker();
    await expectIntroduction(server);
    await vi.waitFor(() => expect(server.tracker.counts).toMatchObject(nothing));
  });

  test("SDPs pass unchanged, whatever characters they hold", async () => {
    const { open } = await startTracker();
    const [anna, bert] = [await open(), await open()];
    await anna.announce("anna");
    const sdp = 'v=0\r\n"\\\u0000\u2028 \ud83d\ude00 lone \ud800';
    await bert.announce("bert", {
      offers: [{ offer_id: id("o1"), offer: { type: "offer", sdp, more: [1] } }],
    });
    expect(await anna.next()).toMatchObject({ offer: { type: "offer", sdp } });
  });

  test("a connection that ends takes its peers with it", async () => {
    const { open, tracker } = await startTracker();
    const [anna, bert] = [await open(), await open()];
    await anna.announce("anna");
    expect(await bert.announce("bert")).toMatchObject({ complete: 0, incomplete: 2 });
    anna.socket.terminate();
    await vi.waitFor(() => expect(tracker.counts).toMatchObject({ sockets: 1, peers: 1, swarms: 1 }));
    expect(await bert.announce("bert", { left: 0 })).toMatchObject({ complete: 1, incomplete: 0 });
  });

  test("a stolen peer id is refused, and the claim finds out whether its owner still lives", async () => {
    const { open } = await startTracker({ contest: 500, sweep: 5 });
    const owner = await open();
    await owner.announce("anna");
    const claimer = await open();
    const pinged = new Promise((resolve) => owner.socket.once("ping", resolve));
    expect(await claimer.announce("anna", { event: "stopped" })).toMatchObject({
      "failure reason": "this peer id belongs to another connection; try again soon",
      action: "announce",
      info_hash: id("film"),
    });
    await pinged;
    expect(await owner.announce("anna")).toMatchObject({ incomplete: 1 });
  });

  test("a peer whose old connection died silently is back soon", async () => {
    const { open, tracker } = await startTracker({ contest: 500, sweep: 5 });
    const dead = await open();
    await dead.announce("anna");
    dead.socket.pause();
    const again = await open();
    expect(await again.announce("anna")).toHaveProperty("failure reason");
    await vi.waitFor(() => expect(tracker.counts.sockets).toBe(1), 5000);
    expect(await again.announce("anna")).toMatchObject({ incomplete: 1 });
  });
});

describe("bad input gets a failure and the connection goes on", () => {
  const announce = { action: "announce", info_hash: id("film"), peer_id: id("mallory") };
  const answer = {
    ...announce,
    to_peer_id: id("x"),
    offer_id: id("y"),
    answer: { type: "answer", sdp: "v=0" },
  };
  test.each<[string, unknown, string]>([
    ["null", "null", "announce"],
    ["a list of null", "[null]", "announce"],
    ["an offer that is null", { ...announce, offers: [null] }, "announce"],
    ["no JSON", "hello", "announce"],
    ["nothing", "", "announce"],
    ["wrong types", { action: 1, info_hash: {}, peer_id: [] }, "announce"],
    ["deep nesting", `${"[".repeat(30_000)}${"]".repeat(30_000)}`, "announce"],
    ["huge numbers", '{"action":"announce","info_hash":1e999,"left":-1e999}', "announce"],
    ["lone surrogates", `{"action":"announce","info_hash":"${"\\ud800".repeat(20)}"}`, "announce"],
    ["a scrape of everything", { action: "scrape" }, "scrape"],
    ["a scrape of null", { action: "scrape", info_hash: [null] }, "scrape"],
    ["an answer by a stranger", answer, "announce"],
    ["an action from Object's prototype", { action: "toString" }, "announce"],
    ["a peer id from Object's prototype", { ...announce, peer_id: "__proto__" }, "announce"],
  ])("%s", async (_name, message, action) => {
    const server = await startTracker();
    const client = await server.open();
    expect(await client.ask(message)).toMatchObject({ "failure reason": expect.any(String), action });
    expect(await client.announce("mallory")).toMatchObject({ interval: 120 });
    await expectIntroduction(server);
  });

  test("an info-hash that looks like a member of Object", async () => {
    const { open } = await startTracker();
    const client = await open();
    const strange = "hasOwnProperty______";
    expect(await client.announce("anna", { info_hash: strange })).toMatchObject({
      info_hash: strange,
      incomplete: 1,
    });
    expect(await client.ask({ action: "scrape", info_hash: strange })).toEqual({
      action: "scrape",
      files: { [strange]: { complete: 0, incomplete: 1, downloaded: 0 } },
    });
  });

  test("binary frames", async () => {
    const { open } = await startTracker();
    const client = await open();
    client.socket.send(randomBytes(100));
    expect(await client.next()).toMatchObject({ "failure reason": "messages are JSON in text frames" });
  });

  test("when it goes on and on, the connection is closed", async () => {
    const { open } = await startTracker();
    const client = await open();
    for (let count = 0; count < 20; count++) client.send("null");
    expect(await client.closed).toBe("1008 too many bad messages");
  });

  test("text that is not UTF-8, and messages that are too long, are closed with their codes", async () => {
    const server = await startTracker();
    const invalid = await server.open();
    invalid.socket.send(Uint8Array.of(0xff, 0xfe), { binary: false });
    expect(await invalid.closed).toBe("1007");
    const long = await server.open();
    long.send(`"${"x".repeat(64 * 1024)}"`);
    expect(await long.closed).toBe("1009");
    await expectIntroduction(server);
  });

  test("a message in very many fragments is closed", async () => {
    const { open } = await startTracker();
    const client = await open();
    for (let count = 0; count < 20; count++) client.socket.send("x", { fin: false });
    expect(await client.closed).toBe("1008");
  });

  test("bytes that are no WebSocket frames, and upgrades that are none", async () => {
    const server = await startTracker();
    const upgrade = (...headers: string[]) =>
      [
        "GET /announce HTTP/1.1",
        "Host: x",
        "Connection: Upgrade",
        "Upgrade: websocket",
        ...headers,
        "",
        "",
      ].join("\r\n");
    const key = ["Sec-WebSocket-Version: 13", `Sec-WebSocket-Key: ${randomBytes(16).toString("base64")}`];
    expect(await exchangeBytes(server.port, upgrade(...key) + "\u0007".repeat(100))).toMatch(
      /^HTTP\/1.1 101 /,
    );
    expect(await exchangeBytes(server.port, upgrade())).toMatch(/^HTTP\/1.1 400 /);
    expect(await exchangeBytes(server.port, "\u0000\u0001\r\n\r\n")).toMatch(/^HTTP\/1.1 400 /);
    await vi.waitFor(() => expect(server.tracker.counts).toMatchObject(nothing));
    await expectIntroduction(server);
  });
});

describe("limits", () => {
  test("messages a second", async () => {
    const { open } = await startTracker({ messageBurst: 3, messagesPerSecond: 0.001 });
    const client = await open();
    for (let count = 0; count < 3; count++) expect(await client.announce("anna")).toHaveProperty("interval");
    expect(await client.announce("anna")).toEqual({
      "failure reason": "too many messages",
      action: "announce",
    });
  });

  test("sockets of one address, given back when they close", async () => {
    const { open } = await startTracker({ socketsPerAddress: 2 });
    const first = await open();
    await open();
    await expect(open()).rejects.toThrow("HTTP 429");
    first.socket.close();
    await first.closed;
    await vi.waitFor(open);
  });

  test("behind a trusted proxy every client counts for itself", async () => {
    const { open } = await startTracker({ socketsPerAddress: 1 }, ["127.0.0.1/32"]);
    await open("/announce", { "x-forwarded-for": "203.0.113.1" });
    await open("/announce", { "x-forwarded-for": "203.0.113.2" });
    await expect(open("/announce", { "x-forwarded-for": "203.0.113.2" })).rejects.toThrow("HTTP 429");
  });

  test("what a stranger says about its address counts nothing", async () => {
    const { open } = await startTracker({ socketsPerAddress: 1 });
    await open("/announce", { "x-forwarded-for": "203.0.113.1" });
    await expect(open("/announce", { "x-forwarded-for": "203.0.113.2" })).rejects.toThrow("HTTP 429");
  });

  test("upgrades a second", async () => {
    const { open } = await startTracker({ upgradeBurst: 2, upgradesPerSecond: 0.001 });
    await open();
    await open();
    await expect(open()).rejects.toThrow("HTTP 429");
  });

  test("upgrades elsewhere", async () => {
    const { open } = await startTracker();
    await expect(open("/api/ice")).rejects.toThrow("HTTP 404");
    await expect(open("/announce/")).rejects.toThrow("HTTP 404");
    await open("/announce?from=here");
  });

  test("who says nothing valid is closed, and so is who falls silent", async () => {
    const { open } = await startTracker({ firstMessage: 500, idle: 1000, sweep: 5 });
    const silent = await open();
    const talker = await open();
    await talker.announce("anna");
    expect(await silent.closed).toBe("1008 no valid message came");
    expect(await talker.closed).toBe("1008 idle for too long");
  });

  test("who answers pings stays, who does not is cut off", async () => {
    const { open, tracker } = await startTracker({ ping: 500, sweep: 5 });
    const [alive, dead] = [await open(), await open()];
    await alive.announce("alive");
    await dead.announce("dead");
    dead.socket.pause();
    await vi.waitFor(() => expect(tracker.counts).toMatchObject({ sockets: 1, peers: 1 }), 5000);
    await new Promise((resolve) => alive.socket.once("ping", resolve));
    expect(await alive.announce("alive")).toMatchObject({ incomplete: 1 });
  });

  test.each([
    ["when too much waits", { bufferedForClose: 64 * 1024 }],
    ["after a while", { bufferedForClose: 1e9, stuck: 500, sweep: 5 }],
  ])(
    "who takes nothing is cut off %s, and the others are not held up",
    async (_name, limits) => {
      const { open, tracker } = await startTracker({
        ...limits,
        messagesPerSecond: 1e9,
        messageBurst: 1e9,
        offersPerMinute: 1e9,
        bufferedForOffers: 1e9,
      });
      const [slow, fast] = [await open(), await open()];
      await slow.announce("slow");
      slow.socket.pause();
      const sdp = "x".repeat(8000);
      const flood = {
        offers: Array.from({ length: 7 }, () => ({ offer_id: id("o"), offer: { type: "offer", sdp } })),
      };
      await vi.waitFor(
        async () => {
          await fast.announce("fast", flood);
          expect(tracker.counts.sockets).toBe(1);
        },
        { interval: 0, timeout: 20_000 },
      );
    },
    30_000,
  );
});

test("when the server stops, clients are told and everything is closed", async () => {
  const { open, close, tracker } = await startTracker();
  const [polite, dead] = [await open(), await open()];
  await polite.announce("anna");
  dead.socket.pause();
  await close();
  expect(await polite.closed).toBe("1012 the server is stopping");
  expect(tracker.counts).toMatchObject(nothing);
  dead.socket.terminate();
});

test("whatever frames come, in whatever order, the tracker goes on introducing", async () => {
  const server = await startTracker({
    strikeBurst: 1e9,
    messageBurst: 1e9,
    upgradeBurst: 1e9,
    socketsPerAddress: 1e9,
  });
  const anyId = fc.constantFrom(id("a"), id("b"), id("film"), "short", 5, null);
  const description = fc.oneof(
    fc.record({ type: fc.constantFrom("offer", "answer"), sdp: fc.string({ unit: "binary" }) }),
    fc.jsonValue(),
  );
  const offer = fc.oneof(fc.record({ offer_id: anyId, offer: description }), fc.jsonValue());
  const message = fc.record(
    {
      action: fc.constantFrom("announce", "scrape", "announce", null),
      info_hash: fc.oneof(anyId, fc.array(anyId, { maxLength: 70 })),
      peer_id: anyId,
      to_peer_id: anyId,
      offer_id: anyId,
      event: fc.constantFrom("started", "stopped", "completed", "", "x", 1),
      left: fc.oneof(fc.double(), fc.string()),
      offers: fc.oneof(fc.array(offer, { maxLength: 12 }), fc.jsonValue()),
      answer: description,
    },
    { requiredKeys: [] },
  );
  const frame = fc.oneof(
    { weight: 4, arbitrary: message.map((fields) => JSON.stringify(fields)) },
    { weight: 1, arbitrary: fc.json() },
    { weight: 1, arbitrary: fc.string({ unit: "binary" }) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }) },
  );
  const script = fc.array(fc.tuple(fc.nat(2), frame, fc.boolean()), { maxLength: 25 });
  await fc.assert(
    fc.asyncProperty(script, async (steps) => {
      const clients = await Promise.all([server.open(), server.open(), server.open()]);
      for (const [who, bytes, fin] of steps) clients[who]?.socket.send(bytes, { fin });
      for (const { socket } of clients) if (socket.readyState === WebSocket.OPEN) socket.close();
      await Promise.all(clients.map((client) => client.closed));
    }),
    { numRuns: 60 },
  );
  await expectIntroduction(server);
  await vi.waitFor(() => expect(server.tracker.counts).toMatchObject(nothing));
}, 30_000);
