/** Two WebTorrent clients in Node find each other through our tracker and pass a file on. */
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { expect, onTestFinished, test } from "vitest";
import WebTorrent from "webtorrent";
import { build } from "../../../signaling/build.ts";

function startClient(): WebTorrent {
  const rtcConfig = { iceServers: [] };
  const client = new WebTorrent({
    dht: false,
    lsd: false,
    utPex: false,
    natUpnp: false,
    natPmp: false,
    tracker: { rtcConfig },
  });
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        client.destroy(() => resolve());
      }),
  );
  return client;
}

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

test("a file goes from one WebTorrent client to another", async () => {
  const app = await build({ iceServers: [] });
  onTestFinished(() => app.close());
  const url = (await app.listen({ host: "127.0.0.1", port: 0 })).replace("http:", "ws:");

  const bytes = randomBytes(3_000_000);
  const hash = sha256(bytes);
  const seeding = startClient().seed(Object.assign(bytes, { name: "noise.bin" }), {
    announce: [`${url}/announce`],
  });
  await once(seeding, "ready");
  // WebTorrent keeps one socket per tracker address in a process: the other client uses the bare host.
  const downloading = startClient().add(seeding.infoHash, { announce: [url] });
  await once(downloading, "done");
  const [file] = downloading.files;
  expect(sha256(new Uint8Array((await file?.arrayBuffer()) ?? []))).toBe(hash);
  expect(app.tracker.counts).toMatchObject({ sockets: 2, peers: 2, swarms: 1 });
});
