/**
 * A tracker that would take the place of a peer once two are connected: it has the one who offered offer anew, as
 * after a change of networks, and describes somebody else's connection. A true restart goes on working; the false one
 * ends the link, nothing goes over it any more, and the person is told.
 */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BrowserKind, browserKinds } from "../support/browsers.ts";
import { makeFile, sha256OfFile, type TemporaryDirectory, temporaryDirectory } from "../support/files.ts";
import { HostileServer } from "../support/hostile-server.ts";
import { Impostor } from "../support/impostor.ts";
import { ownOrigin } from "../support/own-origin.ts";
import { People, type Person } from "../support/people.ts";
import { waitFor } from "../support/wait.ts";

const sentence =
  "A connection was ended because somebody else was to take the other person's place: the server that introduces people tried that, or the other person did. Nothing went to anybody else, and what has arrived is kept. Shoal connects again by itself; if this comes back, use another server.";

let temporary: TemporaryDirectory;
let people: People;
let persons: Record<BrowserKind, Person>;
/** The victim's peer, in an origin of its own, and the impostor. */
let other: Person;

beforeAll(async () => {
  temporary = await temporaryDirectory("hostile-tracker");
  people = await People.gather();
  const [chromium, firefox] = (await people.join(["chromium", "firefox"])) as [Person, Person];
  persons = { chromium, firefox };
  other = chromium;
});

afterAll(async () => {
  await people?.leave();
  await temporary?.remove();
});

describe.each(browserKinds)("the victim in %s", (kind) => {
  it.each(["offerer", "answerer"] as const)(
    "that was the %s is not given another's connection",
    async (role) => {
      const server = await HostileServer.start(role);
      const name = `${role} in ${kind}.bin`;
      const file = await makeFile(join(temporary.path, name), 300_000, name);
      const [sender, receiver] = role === "offerer" ? [other, persons[kind]] : [persons[kind], other];
      const sending = await sender.open(server.url);
      const receiving = await receiver.open(ownOrigin(await sending.shareFiles(file.path)));
      const victim = role === "offerer" ? receiving : sending;
      const connected = async () =>
        (await victim.share())!.peers.filter(({ state }) => state === "connected").map(({ link }) => link);
      await receiving.waitForShare(({ phase }) => phase === "ready", { describe: "name and size" });
      await waitFor(async () => (await connected()).length === 1, { describe: "one peer" });
      const met = await connected();

      // A true restart: both describe themselves anew, and the link goes on.
      server.askForRestart();
      await waitFor(() => server.signals.includes("offer") && server.signals.includes("answer"), {
        describe: () => server.signals.join(),
      });
      await receiving.download();
      await receiving.waitUntilComplete();
      expect(await sha256OfFile(await receiving.save(receiver.downloads, name, file.bytes))).toBe(
        file.sha256,
      );
      expect(await connected()).toEqual(met);

      // A false one.
      const impostor = await Impostor.open(other.browser, server.url);
      const answers: Promise<void>[] = [];
      server.comeBetween((signal) => {
        if (signal.type === "offer")
          answers.push(impostor.describe(signal.sdp!).then((sdp) => server.lie({ type: "answer", sdp })));
        else void impostor.take(signal);
      });
      if (role === "offerer") server.lie({ type: "restart" });
      else server.lie({ type: "offer", sdp: await impostor.describe(null) });
      await waitFor(async () => (await victim.text("stall")) === sentence, {
        describe: async () =>
          `the sentence; the page says ${await victim.text("stall")}, the impostor is ${JSON.stringify(await impostor.state())}`,
      });
      await Promise.all(answers);
      expect(answers.length > 0, "the victim was made to offer anew").toBe(role === "offerer");
      expect(await connected()).toEqual([]);
      expect(await impostor.state()).toEqual({ bulk: "connecting", heard: [] });
      await Promise.all([impostor.close(), sending.close(), receiving.close()]);
      await server.close();
    },
  );
});

it("no console tells of an error", () => {
  expect(people.errors).toEqual([]);
});
