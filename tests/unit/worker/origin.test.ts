/** Which trackers a link leads to, seen from a page with and without TLS. */
import { describe, expect, it } from "vitest";
import { parseShareLink } from "../../../app/engine/content/parse-link.ts";
import { Origin, torrentId } from "../../../app/worker/origin.ts";
import { sampleContent } from "../../support/sample-content.ts";

const { infoHashV1, infoHashV2 } = sampleContent("hybrid", { "a.bin": 1 }).info;
const OWN = "wss://own.example/announce";
const secure = new Origin("https://own.example", OWN);
const plain = new Origin("http://localhost:8080", "ws://localhost:8080/announce");

describe("the tracker of the server that a link points to", () => {
  it.each<[string, string, string[]]>([
    ["another server", "https://other.example/#s-", ["wss://other.example/announce"]],
    ["one on a port and path", "https://other.example:8443/app/#s-", ["wss://other.example:8443/announce"]],
    ["one in capitals, on its usual port", "HTTPS://Other.Example:443/#s-", ["wss://other.example/announce"]],
    ["one with a name and password", "https://me:secret@other.example/#s-", ["wss://other.example/announce"]],
    ["one by its number", "https://[::1]:8443/#s-", ["wss://[::1]:8443/announce"]],
    ["our own", "https://own.example/#s-", []],
    ["one without TLS, which a page with TLS may not ask", "http://other.example/#s-", []],
    ["an address that is none", "https://%/#s-", []],
    ["a port that is none", "https://other.example:99999/#s-", []],
    ["no server", "#s-", []],
  ])("%s", (_, start, further) => {
    const { origin } = parseShareLink(`${start}${"A".repeat(43)}`);
    expect(secure.servers(origin)).toEqual(further);
  });

  it("is asked without TLS by a page without, and with it where the link has it", () => {
    expect(plain.servers("http://10.0.0.7:8080")).toEqual(["ws://10.0.0.7:8080/announce"]);
    expect(plain.servers("https://other.example")).toEqual(["wss://other.example/announce"]);
    expect(plain.servers("http://localhost:8080"), "our own").toEqual([]);
  });
});

describe("trackers that are named", () => {
  const named = [
    "udp://a.example:6969",
    "wss://b.example/",
    "http://c.example/announce",
    "https://d.example/announce?passkey=x",
    "WS://e.example/",
    "ws://localhost:8000/announce",
    "ws://127.0.0.1/",
    "ws://[::1]:8000/",
    "wss://b.example/",
    "wss://%",
    "what?",
    OWN,
  ];
  const local = ["ws://localhost:8000/announce", "ws://127.0.0.1/", "ws://[::1]:8000/"];

  it("are sorted into those that a page with TLS reaches, and others", () => {
    const { trackers, leftOutTrackers } = secure.sort(named);
    expect(trackers).toEqual(["wss://b.example/", ...local, OWN]);
    expect(new Set([...trackers, ...leftOutTrackers])).toEqual(new Set(named));
    expect(trackers.length + leftOutTrackers.length, "each once").toBe(11);
  });

  it("may have no TLS for a page that has none", () => {
    expect(plain.sort(named).trackers).toEqual(["wss://b.example/", "WS://e.example/", ...local, OWN]);
  });
});

describe("what is passed on", () => {
  const sample = sampleContent("hybrid", { "a.bin": 1 });
  const record = sample.record("torrent", {
    trackers: ["wss://b.example/key", OWN],
    servers: ["wss://other.example/announce", OWN],
    leftOutTrackers: ["udp://a.example:6969"],
  });

  it("names all trackers that a browser reaches but ours, which goes without saying", () => {
    const link = parseShareLink(secure.shareLink({ ...record, membersOnly: false }));
    expect(link).toMatchObject({ infoHashV2, origin: "https://own.example" });
    expect(link.trackers).toEqual(["wss://other.example/announce", "wss://b.example/key"]);
  });

  it("is made once, until something changes that it tells", () => {
    let reads = 0;
    const counted = (trackers: readonly string[]) =>
      new Proxy(trackers, {
        get: (target, key) => {
          if (key === Symbol.iterator) reads++;
          return Reflect.get(target, key);
        },
      });
    const named = { ...record, trackers: counted(["wss://b.example/key"]), membersOnly: false };
    const link = secure.shareLink(named);
    for (let look = 0; look < 5; look++) expect(secure.shareLink({ ...named })).toBe(link);
    expect(reads).toBe(1);
    const further = secure.shareLink({ ...named, trackers: ["wss://c.example"] });
    expect(parseShareLink(further).trackers).toEqual(["wss://other.example/announce", "wss://c.example"]);
    const aboutHash = new Uint8Array(16);
    expect(parseShareLink(secure.shareLink({ ...named, aboutHash })).aboutHash).toEqual(aboutHash);
    expect(secure.shareLink({ ...named, membersOnly: true }), "what became members-only").toBe("");
  });

  it("names ours, and those that a browser does not reach, for other clients", () => {
    const { trackers } = parseShareLink(secure.magnet(record, false, null));
    expect(trackers).toEqual([
      OWN,
      "wss://other.example/announce",
      "wss://b.example/key",
      "udp://a.example:6969",
    ]);
  });

  it("is nothing of a members-only torrent, and its address names no tracker", () => {
    expect(secure.shareLink({ ...record, membersOnly: true })).toBe("");
    expect(secure.magnet(record, true, "a")).toBe("");
    const link = { ...record, name: null, peers: [], webSeeds: [], select: null };
    const told = secure.fragment(link, { ...record, membersOnly: true });
    expect(told).toBe(`s-${Buffer.from(infoHashV2!).toString("base64url")}`);
  });
});

it("names a torrent by its newer hash", () => {
  expect(torrentId(infoHashV1, infoHashV2)).toBe(Buffer.from(infoHashV2!).toString("hex"));
  expect(torrentId(infoHashV1, null)).toBe(Buffer.from(infoHashV1!).toString("hex"));
});
