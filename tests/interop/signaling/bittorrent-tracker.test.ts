/**
 * bittorrent-tracker's own client, in Node on its own WebRTC stack, against our tracker. It keeps one socket per
 * tracker address, so each client here is given another of the tracker's addresses.
 */
import { once } from "node:events";
import { Client } from "bittorrent-tracker";
import { describe, expect, onTestFinished, test } from "vitest";
import { build } from "../../../signaling/build.ts";

const infoHash = "c0ffee".padEnd(40, "0");

async function startTracker(): Promise<string> {
  const app = await build({ iceServers: [] });
  onTestFinished(() => app.close());
  return (await app.listen({ host: "127.0.0.1", port: 0 })).replace("http:", "ws:");
}

function startClient(name: string, url: string): Client {
  const client = new Client({
    infoHash,
    peerId: Buffer.from(name.padEnd(20, "_")).toString("hex"),
    announce: [url],
    port: 6881,
    rtcConfig: { iceServers: [] },
  });
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        client.destroy(() => resolve());
      }),
  );
  return client;
}

/** The next counts that the tracker tells, as "seeds | leechers". */
async function counts(client: Client): Promise<string> {
  const [update] = await once(client, "update");
  return `${update.complete} | ${update.incomplete}`;
}

interface RemotePeer {
  on(event: "connect" | "data" | "error", listener: (data: Uint8Array) => void): void;
  send(text: string): void;
  destroy(): void;
}

describe("bittorrent-tracker's client", () => {
  test("is counted, completes and stops", async () => {
    const url = await startTracker();
    const anna = startClient("anna", `${url}/announce`);
    const bert = startClient("bert", url);
    anna.start({ left: 100, numwant: 0 });
    expect(await counts(anna)).toBe("0 | 1");
    bert.start({ left: 0, numwant: 0 });
    expect(await counts(bert)).toBe("1 | 1");
    anna.complete({ left: 0 });
    expect(await counts(anna)).toBe("2 | 0");
    anna.stop({ left: 0 });
    expect(await counts(anna)).toBe("1 | 0");
    bert.update({ left: 0, numwant: 0 });
    expect(await counts(bert)).toBe("1 | 0");
  });

  test("scrapes", async () => {
    const url = await startTracker();
    const anna = startClient("anna", `${url}/announce`);
    anna.start({ left: 0, numwant: 0 });
    await counts(anna);
    anna.scrape();
    expect((await once(anna, "scrape"))[0]).toMatchObject({
      infoHash,
      complete: 1,
      incomplete: 0,
      downloaded: 0,
    });
    const other = "beef".padEnd(40, "0");
    anna.scrape({ infoHash: [other] });
    expect((await once(anna, "scrape"))[0]).toMatchObject({ infoHash: other, complete: 0, incomplete: 0 });
  });

  test("is introduced to another: their connection opens and carries bytes", async () => {
    const url = await startTracker();
    const anna = startClient("anna", `${url}/announce`);
    const bert = startClient("bert", url);
    anna.start({ left: 100, numwant: 0 });
    await counts(anna);
    bert.start({ left: 100, numwant: 1 });
    const [atAnna, atBert] = (
      await Promise.all([once(anna, "peer"), once(bert, "peer")])
    ).flat() as RemotePeer[];
    const received = new Promise<string>((resolve, reject) => {
      atAnna?.on("data", (data) => resolve(new TextDecoder().decode(data)));
      atAnna?.on("error", reject);
      atBert?.on("error", reject);
    });
    atBert?.on("connect", () => atBert.send("hello"));
    expect(await received).toBe("hello");
    atAnna?.destroy();
    atBert?.destroy();
  });

  test("hears our failures as warnings and keeps its connection", async () => {
    const url = await startTracker();
    const anna = startClient("anna", `${url}/announce`);
    const thief = startClient("anna", url);
    anna.start({ left: 1, numwant: 0 });
    await counts(anna);
    thief.start({ left: 1, numwant: 0 });
    expect((await once(thief, "warning"))[0].message).toMatch(/belongs to another connection/);
    anna.stop({ left: 1 });
    await counts(anna);
    thief.start({ left: 1, numwant: 0 });
    expect(await counts(thief)).toBe("0 | 1");
  });
});
