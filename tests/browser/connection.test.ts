/** The window's connections between real browser processes: made, carrying bytes on either channel, ended. */
import { join, resolve } from "node:path";
import { createServer, type ViteDevServer } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BrowserKind, browserKinds, launchBrowser, type TestBrowser } from "../support/browsers.ts";
import { type TemporaryDirectory, temporaryDirectory } from "../support/files.ts";
import { connect, connectTrickling, disconnect, exchange, expectBound, Host } from "./connection/hosts.ts";

const repository = resolve(import.meta.dirname, "../..");
const MEGABYTE = 1_000_000;

let server: ViteDevServer;
let cache: TemporaryDirectory;
let url: string;
/** Two of each kind; every part of the test has pages of its own in them. */
let offerers: Record<BrowserKind, TestBrowser>;
let answerers: Record<BrowserKind, TestBrowser>;

async function oneOfEach(): Promise<Record<BrowserKind, TestBrowser>> {
  const [chromium, firefox] = await Promise.all([launchBrowser("chromium"), launchBrowser("firefox")]);
  return { chromium, firefox };
}

beforeAll(async () => {
  cache = await temporaryDirectory("connection");
  server = await createServer({
    configFile: join(repository, "vite.config.ts"),
    root: repository,
    cacheDir: join(cache.path, "vite"),
    logLevel: "error",
    optimizeDeps: { include: ["simple-peer"], entries: [] },
    server: { host: "127.0.0.1", port: 0, hmr: false, watch: null },
  });
  await server.listen();
  url = new URL("/tests/browser/connection/", server.resolvedUrls?.local[0]).href;
  offerers = await oneOfEach();
  answerers = await oneOfEach();
});

afterAll(async () => {
  const browsers = [offerers, answerers].flatMap((each) => Object.values(each ?? {}));
  await Promise.allSettled(browsers.map((browser) => browser.close()));
  await server?.close();
  await cache?.remove();
});

const pairs: [BrowserKind, BrowserKind][] = [
  ["chromium", "chromium"],
  ["firefox", "firefox"],
  ["chromium", "firefox"],
  ["firefox", "chromium"],
];

describe.each(pairs)("%s offers, %s answers", (offeringKind, answeringKind) => {
  let offering: Host;
  let answering: Host;

  beforeAll(async () => {
    offering = await Host.open(offerers[offeringKind], url);
    answering = await Host.open(answerers[answeringKind], url);
  });

  afterAll(async () => {
    await offering?.close();
    await answering?.close();
  });

  it("hands the bulk channel of a Shoal peer to the worker, and tells the route", async () => {
    const pair = await connect(offering, answering, true);
    await offering.told(pair.offered, "bulkOpen");
    await answering.told(pair.answered, "bulkOpen");
    await exchange(pair, "bulk", 4 * MEGABYTE);
    await expectBound(pair);
    expect(await offering.told(pair.offered, "route")).toBe("direct");
    expect(await answering.told(pair.answered, "route")).toBe("direct");
    await disconnect(pair);
  });

  it("connects by an answer that left before its candidates, and survives what is no signal", async () => {
    const { pair, offer, answer } = await connectTrickling(offering, answering, false);
    expect(offer).not.toContain("a=ice-options:trickle");
    expect(offer).toContain("a=candidate:");
    expect(answer).toContain("a=ice-options:trickle");
    expect(answer).not.toContain("a=candidate:");
    const nonsense = '{"type":"candidates","candidates":[{"candidate":"nonsense","sdpMid":"0"}]}';
    for (const signal of ["", "{", nonsense])
      await offering.command({ type: "signal", link: pair.offered, signal });
    await exchange(pair, "bulk", 100_000);
    await expectBound(pair);
    await disconnect(pair);
  });

  it("moves to other paths at either side's word, and bytes go on, though the offer left as early", async () => {
    const { pair, signals, offer } = await connectTrickling(offering, answering, true);
    expect(offer).toContain("a=ice-options:trickle");
    expect(offer).not.toContain("a=candidate:");
    for (const [at, carrier] of (["bulk", "relay"] as const).entries()) {
      await [offering, answering][at]!.networkChanged();
      await signals.passUntil(async () => (await signals.answers()) > at);
      await signals.passDuring(exchange(pair, carrier, 100_000));
    }
    await disconnect(pair);
  });

  it("relays simple-peer's own channel for any other peer, within its backpressure", async () => {
    const pair = await connect(offering, answering, false);
    await exchange(pair, "relay", 4 * MEGABYTE + 5);
    await expectBound(pair);
    const { bulkOpen, mostBuffered, relayOpen } = await answering.report(pair.answered);
    expect(bulkOpen).toBeUndefined();
    expect(relayOpen).toBe(16_384 + 13);
    expect(mostBuffered).toBeLessThanOrEqual(262_144 + 16_384);
    await disconnect(pair);
  });

  it("closes for good when the other end does, and ignores a late answer", async () => {
    const pair = await connect(offering, answering, true);
    const { answer } = await answering.report(pair.answered);
    const late = {
      type: "accept-answer",
      link: pair.offered,
      sdp: answer!,
      shoal: true,
      trickle: false,
    } as const;
    await offering.command(late);
    await exchange(pair, "relay", 100);
    await answering.command({ type: "close", link: pair.answered });
    expect(await offering.told(pair.offered, "closed")).toBe("remote-closed");
    await offering.command(late);
    expect((await answering.report(pair.answered)).closed).toBeUndefined();
    expect([await offering.live(), await answering.live()]).toEqual([0, 0]);
  });

  it("logs no error", () => {
    expect([offering.browser.errors, answering.browser.errors]).toEqual([[], []]);
  });
});

/** What ends in silence is waited for in both browsers at the same time. */
describe.concurrent.each(browserKinds)("%s", (kind) => {
  it("says so when nobody answers at the addresses of an answer", async () => {
    const host = await Host.open(offerers[kind], url);
    const gone = await Host.open(answerers[kind], url);
    const link = host.nextLink();
    await host.command({ type: "create-offer", link, trickle: false });
    const offer = await host.told(link, "offer");
    await gone.command({ type: "create-answer", link: 1, sdp: offer, shoal: true, trickle: false });
    const answer = await gone.told(1, "answer");
    await gone.close();
    // A closed page's connections live on for a while, and must not know themselves in the accepted answer.
    const credentials = /(?<=a=ice-(?:ufrag|pwd):)\S+/g;
    const sdp = answer.replace(credentials, (word) => [...word].reverse().join(""));
    await host.command({ type: "accept-answer", link, sdp, shoal: true, trickle: false });
    expect(await host.told(link, "closed", undefined, 40_000)).toBe("no-route");
    await host.close();
  });

  it("notices a peer that was killed", async () => {
    const host = await Host.open(offerers[kind], url);
    const browser = await launchBrowser(kind);
    const pair = await connect(host, await Host.open(browser, url), true);
    browser.browser.process()!.kill("SIGKILL");
    expect(await host.told(pair.offered, "closed", undefined, 60_000)).toBe("lost");
    await browser.close().catch(() => {});
    await host.close();
  });
});

describe.each(browserKinds)("%s", (kind) => {
  let host: Host;

  beforeAll(async () => {
    host = await Host.open(offerers[kind], url);
  });

  afterAll(() => host?.close());

  it("refuses damaged descriptions", async () => {
    const [answered, offered] = [host.nextLink(), host.nextLink()];
    const stranger = { shoal: false, trickle: false };
    await host.command({ type: "create-answer", link: answered, sdp: "v=0\r\nnonsense", ...stranger });
    expect(await host.told(answered, "closed")).toBe("connect-failed");
    await host.command({ type: "create-offer", link: offered, trickle: false });
    await host.told(offered, "offer");
    await host.command({ type: "accept-answer", link: offered, sdp: "", ...stranger });
    expect(await host.told(offered, "closed")).toBe("connect-failed");
  });

  it("refuses a description with a section for sound, which ends a tab of Firefox 153", async () => {
    const ends = ["c=IN IP4 0.0.0.0", "a=ice-ufrag:abcd", `a=ice-pwd:${"abcd".repeat(6)}`, "a=setup:actpass"];
    const sdp = [
      ...["v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE x 0"],
      ...["m=application 0 UDP/DTLS/SCTP webrtc-datachannel", ...ends, "a=bundle-only", "a=mid:0"],
      ...["a=sendrecv", "a=sctp-port:5000", "a=max-message-size:262144"],
      ...["m=audio 9 UDP/TLS/RTP/SAVPF 111", ...ends, "a=rtpmap:111 opus/48000/2", "a=rtcp-mux", "a=mid:x"],
      ...["a=sendonly", `a=fingerprint:sha-256 ${Array(32).fill("AB").join(":")}`],
    ];
    const link = host.nextLink();
    const text = sdp.map((line) => `${line}\r\n`).join("");
    await host.command({ type: "create-answer", link, sdp: text, shoal: false, trickle: false });
    expect(await host.told(link, "closed")).toBe("connect-failed");
  });

  it("hosts a hundred connections and refuses the next", async () => {
    const links = Array.from({ length: 101 }, () => host.nextLink());
    // At once: those that take too long to be described are given up.
    const offers = links.map((link) => ({ type: "create-offer", link, trickle: false }) as const);
    expect(await host.commandAtOnce(offers)).toBe(100);
    expect((await host.report(links[100]!)).closed).toBe("no-room");
    expect(await host.commandAtOnce(links.map((link) => ({ type: "close", link })))).toBe(0);
  });
});
