/** Log entries are fit for anybody to see, even if strangers wrote texts in them. */
import { bytesToHex } from "@noble/hashes/utils.js";
import { describe, expect, it } from "vitest";
import { type LogCode, logEntry } from "../../../app/engine/log.ts";
import { sampleContent } from "../../support/sample-content.ts";
import { TRACKER, VirtualNetwork } from "../../support/virtual-network.ts";

describe("a log entry", () => {
  it("has the level and the area of its code", () => {
    const entry = logEntry("piece-failed", { piece: 7, senders: 2 }, 1_000, "epoch");
    expect(entry).toEqual({
      code: "piece-failed",
      level: "warn",
      area: "peer",
      data: { piece: 7, senders: 2 },
      time: 1_000,
      epoch: "epoch",
    });
  });

  it("keeps a stranger's words to a bounded length", () => {
    const { data } = logEntry(
      "tracker-warned",
      { tracker: "a.example", reason: "x y".repeat(1000) },
      0,
      null,
    );
    expect(JSON.stringify(data).length).toBeLessThan(300);
    expect(data).toMatchObject({ reason: expect.stringMatching(/^x yx y.*…$/) });
  });

  it("leaves an info-hash in them out", () => {
    const reason = (hash: string) =>
      logEntry("tracker-refused", { tracker: "a.example", reason: `no ${hash} here` }, 0, null).data;
    for (const hash of ["ab".repeat(20), "AB".repeat(32)])
      expect(reason(hash)).toMatchObject({ reason: "no … here" });
    expect(reason("abad1dea")).toMatchObject({ reason: "no abad1dea here" });
  });
});

describe("what a node logs", () => {
  const content = sampleContent("hybrid", { "secret.bin": 500_000, "hidden/deep.bin": 100_000 });
  const tracker = "wss://key:secret@tracker.example:9000/announce?passkey=secret";

  /** Two nodes on a tracker whose address holds keys. */
  function pair() {
    const net = new VirtualNetwork(1);
    const [a, b] = [net.add("A"), net.add("B")];
    const record = content.record("torrent", { trackers: [TRACKER, tracker] });
    for (let piece = 0; piece < content.info.pieceCount; piece++)
      a.host.piecesOf(record.id).set(piece, content.piece(piece));
    a.engine.addTorrent({ record, have: "all" });
    const id = b.engine.addTorrent({ record, have: "none" });
    const has = (code: LogCode) =>
      [a, b].some(({ host }) => host.logged.some((entry) => entry.code === code));
    const logged = () => JSON.stringify([a, b].map(({ host }) => host.logged));
    return { net, a, b, id, has, logged };
  }

  const secrets = [
    "secret",
    "hidden",
    "deep.bin",
    content.info.name,
    "-SH0100",
    bytesToHex(content.info.infoHashV1!),
    bytesToHex(content.info.infoHashV2!),
  ];

  it.each<[LogCode, (made: ReturnType<typeof pair>) => void]>([
    ["tracker-connected", () => {}],
    ["tracker-unreachable", ({ net }) => net.setTrackers(false)],
    [
      "link-ended",
      ({ net, a, b, id }) => {
        const isConnected = () => b.engine.snapshot(id).peers.some(({ state }) => state === "connected");
        net.drive(isConnected, 30_000, "a link");
        a.engine.stop();
      },
    ],
    [
      "piece-failed",
      ({ a }) => {
        a.host.tampering = (_, bytes) => {
          const copy = bytes.slice();
          if (copy.length > 10_000) copy[copy.length - 1]! ^= 1;
          return copy;
        };
      },
    ],
    [
      "share-stopped",
      ({ b }) => {
        b.host.disk.failure = { code: "storage/failed", detail: "secret.bin is locked" };
      },
    ],
    [
      "share-unreadable",
      ({ a }) => {
        a.host.disk.unreadable.add(3);
      },
    ],
  ])("%s names no files, hashes, peers or keys", (code, happen) => {
    const made = pair();
    happen(made);
    made.net.drive(() => made.has(code), 60_000, code);
    for (const secret of secrets) expect(made.logged()).not.toContain(secret);
  });
});
