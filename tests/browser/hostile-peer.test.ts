/**
 * Peers that say on a channel what no client says: texts, messages longer than agreed, channels that nobody asked for.
 * The link ends, and the node goes on: it serves the next.
 */
import { join } from "node:path";
import { afterAll, beforeAll, describe, it } from "vitest";
import { browserKinds } from "../support/browsers.ts";
import { makeFile, type TemporaryDirectory, temporaryDirectory } from "../support/files.ts";
import { type Attack, attack, bulkStates, holdChannels, takeSingleBytes } from "../support/hostile-page.ts";
import { ownOrigin } from "../support/own-origin.ts";
import { People, type Person } from "../support/people.ts";
import { startServer, type TestServer } from "../support/server.ts";
import type { ShoalPage } from "../support/shoal-page.ts";
import { waitFor } from "../support/wait.ts";

let server: TestServer;
let temporary: TemporaryDirectory;
let people: People;

beforeAll(async () => {
  server = await startServer();
  temporary = await temporaryDirectory("hostile-peer");
  people = await People.gather();
});

afterAll(async () => {
  await people?.leave();
  await temporary?.remove();
  await server?.close();
});

const attacks: [string, Attack][] = [
  ["nine bytes of text, taken for a length", { over: "bulk", send: "400000000" }],
  ["a text of one digit, taken for a keep-alive", { over: "bulk", send: "4" }],
  ["a text that would be a keep-alive", { over: "relay", send: "\0\0\0\0" }],
  ["a second channel", { channels: 1 }],
];

/** Chromium itself sends no message longer than 256 KiB. */
const longAttacks: [string, Attack][] = [
  ["a message longer than agreed between Shoal peers", { over: "bulk", length: 262_145 }],
  ["a message longer than any client's", { over: "relay", length: 300_000 }],
];

describe.each(browserKinds)("a node in %s", (kind) => {
  let person: Person;
  let sharing: ShoalPage;
  /** Under another origin, so that the attacker shares no storage with its victim. */
  let link: string;

  beforeAll(async () => {
    [person] = (await people.join([kind])) as [Person];
    const file = await makeFile(join(temporary.path, `wanted in ${kind}.bin`), 100_000, kind);
    sharing = await person.open(server.url);
    link = ownOrigin(await sharing.shareFiles(file.path));
  });

  const connected = async () =>
    (await sharing.share())!.peers.filter(({ state }) => state === "connected").map((peer) => peer.link);

  it.each(kind === "firefox" ? [...attacks, ...longAttacks] : attacks)(
    "ends the link at %s",
    async (_, how) => {
      const hostile = await person.open(link, { prepare: holdChannels });
      await waitFor(async () => (await bulkStates(hostile)).includes("open"), { describe: "a connection" });
      await waitFor(async () => (await connected()).length === 1, { describe: "the node to tell of it" });
      const [attacked] = await connected();
      const at = (await bulkStates(hostile)).lastIndexOf("open");
      await attack(hostile, how);
      await waitFor(async () => (await bulkStates(hostile))[at] === "closed", {
        describe: "the channel's end",
      });
      await waitFor(async () => !(await connected()).includes(attacked!), { describe: "the link's end" });
      await hostile.close();
    },
  );

  it("ends the link to whoever takes one byte at a time", async () => {
    const hostile = await person.open(link, { prepare: [holdChannels, takeSingleBytes] });
    await waitFor(async () => (await bulkStates(hostile)).includes("closed"), {
      describe: "the channel's end",
    });
    await waitFor(async () => (await connected()).length === 0, { describe: "nobody connected" });
    await hostile.close();
  });

  it("serves the next one as ever", async () => {
    const receiving = await person.open(link);
    await receiving.download();
    await receiving.waitUntilComplete();
  });
});
