/** .torrent files from the field, picked all at once: what is opened, what is said, and who hears of what. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import WebSocket from "ws";
import type { ShareSnapshot } from "../../app/bridge/commands.ts";
import { Bencoded, encodeBencode } from "../../app/engine/content/bencode.ts";
import { formatMagnet } from "../../app/engine/content/share-link.ts";
import { decodeTorrentFile } from "../../app/engine/content/torrent-file.ts";
import { bytesToBinaryString } from "../../app/engine/discovery/tracker-messages.ts";
import { browserKinds } from "../support/browsers.ts";
import { temporaryDirectory } from "../support/files.ts";
import { torrentCase, torrentCases } from "../support/odd-torrents.ts";
import { ownOrigin } from "../support/own-origin.ts";
import { People, type Person } from "../support/people.ts";
import { startServer, type TestServer } from "../support/server.ts";
import type { ShoalPage } from "../support/shoal-page.ts";
import { waitFor } from "../support/wait.ts";

const refused = ["dot-name", "no-name"];
const opened = torrentCases().filter((name) => !refused.includes(name));
const hashOf = (name: string) => decodeTorrentFile(torrentCase(name)).info.infoHashV1!;
const hex = (name: string) => Buffer.from(hashOf(name)).toString("hex");

let server: TestServer;
let people: People;
let all: Person[];

beforeAll(async () => {
  server = await startServer();
  people = await People.gather();
  all = await people.join(browserKinds);
});

afterAll(async () => {
  await people?.leave();
  await server?.close();
});

/** How many others the page's tracker knows of a torrent: asked as any peer may. */
async function othersIn(name: string): Promise<number> {
  const socket = new WebSocket(server.tracker, { origin: new URL(server.url).origin });
  const peer = { peer_id: `-XX0000-${"x".repeat(12)}`, info_hash: bytesToBinaryString(hashOf(name)) };
  const reply = await new Promise<string>((resolve, reject) => {
    socket.on("error", reject);
    socket.on("message", (data) => resolve(data.toString()));
    socket.on("open", () =>
      socket.send(
        JSON.stringify({ action: "announce", ...peer, event: "started", left: 1, numwant: 0, offers: [] }),
      ),
    );
  });
  socket.close();
  const { complete, incomplete } = JSON.parse(reply);
  return complete + incomplete - 1;
}

describe.each(browserKinds)("all cases picked at once in %s", (kind) => {
  let page: ShoalPage;
  let shares: readonly ShareSnapshot[];
  const share = (name: string) => shares.find(({ infoHashV1 }) => infoHashV1 === hex(name))!;

  beforeAll(async () => {
    page = await all[browserKinds.indexOf(kind)]!.open(ownOrigin(server.url));
    const paths = torrentCases().map((name) =>
      fileURLToPath(new URL(`../fixtures/cases/torrents/${name}.torrent`, import.meta.url)),
    );
    await page.pickFiles(...paths);
    const expected = new Set(opened.map(hex)).size;
    await waitFor(async () => (await page.snapshot())?.shares.length === expected, {
      describe: "all shares",
    });
    await page.find("error");
    shares = (await page.snapshot())!.shares;
  });

  afterAll(() => page?.close());

  it("opens all but two, which are named with what is wrong", async () => {
    expect(new Set(shares.map(({ infoHashV1 }) => infoHashV1))).toEqual(new Set(opened.map(hex)));
    const sentence = (await page.text("error"))!.replaceAll("\u00a0", " ");
    expect(sentence).toContain(`${opened.length} torrents were opened.`);
    expect(sentence).toContain("“dot-name.torrent” was not: This torrent names its file “..”, ");
    expect(sentence).toContain("“no-name.torrent” was not: This torrent does not name its file, ");
  });

  it("shows names as what they are", async () => {
    const text = await page.page.evaluate(() => {
      const texts: string[] = [];
      const read = (root: Document | ShadowRoot) => {
        for (const element of root.querySelectorAll("*")) if (element.shadowRoot) read(element.shadowRoot);
        texts.push(root instanceof Document ? "" : (root.textContent ?? ""));
      };
      read(document);
      return texts.join("\n");
    });
    expect(text).toContain("holiday\ufffdgpj.exe");
    expect(text).toContain("Fish R1_beta6 (x86_64)");
    expect(text).toContain("caf\ufffd.txt");
    expect(text).not.toMatch(/\p{Bidi_Control}/u);
  });

  it("says what a browser cannot use", async () => {
    expect(share("symlink")).toMatchObject({ fileCount: 1, linkCount: 1, links: [["link.txt"]] });
    await page.openAddress(`${new URL("/", page.page.url()).href}#magnet:?xt=urn:btih:${hex("udp-only")}`);
    const remarks = async () =>
      page.page.evaluate(
        () =>
          document
            .querySelector("shoal-app")
            ?.shadowRoot?.querySelector("shoal-share")
            ?.shadowRoot?.querySelector(".head")?.textContent ?? "",
      );
    await waitFor(async () => /web servers that have its files/.test(await remarks()), { describe: remarks });
    expect(await remarks()).toMatch(
      /cannot reach them: [^.]*tracker\.example:6969, [^.]*other\.example:1337/,
    );
  });

  it("tells of a members-only torrent to nobody", async () => {
    expect(share("private")).toMatchObject({ membersOnly: true, link: "", trackers: [] });
    await page.openAddress(`${new URL("/", page.page.url()).href}#magnet:?xt=urn:btih:${hex("private")}`);
    await page.find("not-passed-on");
    expect(await page.page.evaluate(() => location.href)).not.toMatch(/passkey|tr=/);
    // The tracker heard of the others meanwhile.
    await waitFor(async () => (await othersIn("plain")) > 0, {
      describe: "an ordinary torrent at the tracker",
    });
    expect(await othersIn("private")).toBe(0);
    expect(people.errors.join("\n")).not.toContain("0123456789abcdef");
  });
});

describe("a members-only magnet", () => {
  it("loses its key from the address once it is known for one, and keeps its tracker", async () => {
    const [member, newcomer] = all as [Person, Person];
    const tracker = `${server.tracker}?passkey=0123456789abcdef`;
    const info = new Bencoded(decodeTorrentFile(torrentCase("private")).info.bytes);
    const folder = await temporaryDirectory("members-only");
    const path = join(folder.path, "members.torrent");
    await writeFile(path, encodeBencode({ announce: tracker, info }));
    const there = await member.open(ownOrigin(server.url));
    await there.pickFiles(path);
    await there.find("not-passed-on");
    const magnet = formatMagnet({ infoHashV1: hashOf("private"), trackers: [tracker] });
    const page = await newcomer.open(`${ownOrigin(server.url)}#${magnet}`);
    const { trackers } = await page.waitForShare(({ membersOnly, kept }) => membersOnly && kept, {
      describe: "the info dictionary",
    });
    expect(trackers.map(({ url }) => url)).toEqual([tracker]);
    const address = () => page.page.evaluate(() => location.hash);
    await waitFor(async () => !(await address()).includes("passkey"), { describe: address });
    expect(await address()).toContain(hex("private"));
    await page.page.reload();
    await page.waitForShare((share) => share.trackers[0]?.url === tracker, { describe: "its tracker again" });
    await Promise.all([page.close(), there.close(), folder.remove()]);
  });
});
