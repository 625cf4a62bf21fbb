/** Which trackers a link leads to, seen from a page with and without TLS. */
import { describe, expect, it } from "vitest";
import { parseShareLink } from "../../../app/engine/content/share-link.ts";
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
    expect(secure.trackers([], origin)).toEqual([OWN, ...further]);
  });

  it("is asked without TLS by a page without, and with it where the link has it", () => {
    expect(plain.trackers([], "http://10.0.0.7:8080")).toEqual([
      "ws://localhost:8080/announce",
      "ws://10.0.0.7:8080/announce",
    ]);
    expect(plain.trackers([], "https://other.example")[1]).toBe("wss://other.example/announce");
  });
});

describe("trackers", () => {
  it("are ours, the link's server's and those named that a browser can reach, each once", () => {
    const named = [
      "udp://a/",
      "wss://b/",
      "http://c/announce",
      "WS://d/",
      OWN,
      "wss://other.example/announce",
    ];
    expect(secure.trackers(named, "https://other.example")).toEqual([
      OWN,
      "wss://other.example/announce",
      "wss://b/",
      "WS://d/",
    ]);
  });

  it("go into the share link but for ours, which goes without saying", () => {
    const trackers = secure.trackers(["wss://b/"], "https://other.example");
    const record = sampleContent("hybrid", { "a.bin": 1 }).record("link", { trackers });
    const link = parseShareLink(secure.shareLink(record));
    expect(link).toMatchObject({ infoHashV2, origin: "https://own.example" });
    expect(link.trackers).toEqual(["wss://other.example/announce", "wss://b/"]);
    expect(secure.trackers(link.trackers, link.origin), "whoever opens it asks the same").toEqual(trackers);
  });
});

it("names a torrent by its newer hash", () => {
  expect(torrentId(infoHashV1, infoHashV2)).toBe(Buffer.from(infoHashV2!).toString("hex"));
  expect(torrentId(infoHashV1, null)).toBe(Buffer.from(infoHashV1!).toString("hex"));
});
