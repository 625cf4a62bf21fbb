/** Many inputs of a person in the middle of transfers: nothing is left over, nothing is told that is not so. */
import { expect, test } from "vitest";
import { Random } from "../../support/random.ts";
import { sampleContent } from "../../support/sample-content.ts";
import { TRACKER, VirtualNetwork } from "../../support/virtual-network.ts";

const KIB = 1024;
const contents = [
  sampleContent("hybrid", { "a.bin": 900 * KIB, "b.bin": 300 * KIB }, 64 * KIB),
  sampleContent("v1", { "c.bin": 700 * KIB, "d.bin": 100 * KIB }, 32 * KIB),
  sampleContent("v2", { "e.bin": 800 * KIB }, 64 * KIB),
];

function check(node: ReturnType<VirtualNetwork["add"]>, seed: number, step: number): void {
  const { engine, host } = node;
  const where = `seed ${seed} step ${step}`;
  let known = 0;
  let under = 0;
  let table = 0;
  for (const id of engine.torrents()) {
    const torrent = engine.inspect(id);
    const peers = [...torrent.peers.values()];
    known += torrent.peers.size + torrent.lanes.count + torrent.announcing.introductions.size;
    table = torrent.node.connections.count;
    const { pieces } = torrent;
    if (pieces === null) continue;
    pieces.availability.assertConsistent((piece) => peers.filter((peer) => peer.has?.has(piece)).length);
    for (const piece of pieces.have) {
      if (host.piecesOf(id).get(piece) === undefined)
        throw new Error(`${where}: ${piece} is told and not stored`);
      if (pieces.partials.has(piece) || pieces.received.has(piece))
        throw new Error(`${where}: ${piece} in two states`);
    }
    for (const partial of pieces.received.values()) under += partial.length;
    for (const peer of peers) {
      let bytes = 0;
      for (const { length } of peer.asked.requests.values()) bytes += length;
      if (bytes !== peer.asked.bytesUnderWay) throw new Error(`${where}: bytes under way`);
    }
    const fileBytes = pieces.info.files.map((_, file) => {
      let sum = 0;
      for (const piece of pieces.have)
        for (const range of pieces.map.ranges(piece)) if (range.file === file) sum += range.length;
      return sum;
    });
    expect([...pieces.fileBytes], where).toEqual(fileBytes);
  }
  const ids = engine.torrents();
  if (ids.length > 0 && table !== known) throw new Error(`${where}: ${table} connections, ${known} known`);
  if (ids.length > 0) {
    const { budget } = engine.inspect(ids[0]!);
    if (budget.bytes > under) throw new Error(`${where}: budget ${budget.bytes}, received ${under}`);
  }
}

const seeds = Number(process.env.SEEDS ?? 6);
const share = process.env.NOSHARE === undefined;
test.each(Array.from({ length: seeds }, (_, seed) => seed + 1))(
  "seed %i",
  (seed) => {
    const random = new Random(seed);
    const net = new VirtualNetwork(seed, { rate: 300 });
    const [sender, other, node] = [net.add("S"), net.add("T"), net.add("N")];
    for (const content of contents) {
      sender.add(content, "seed");
      other.add(content, "link");
    }
    const { engine, host } = node;
    const any = <T>(list: readonly T[]): T => list[Math.floor(random.next() * list.length)]!;
    const logs: string[] = [];
    for (let step = 0; step < 150; step++) {
      const content = any(contents);
      const id = content.record("torrent").id;
      const isHere = engine.torrents().includes(id);
      const op = Math.floor(random.next() * 12);
      logs.push(`${op}`);
      try {
        if (op <= 1) node.add(content, any(["link", "torrent"]));
        else if (op === 2 && isHere) {
          engine.removeTorrent(id, true);
          host.disk.delete(id);
        } else if (op === 3 && isHere) engine.setActive(id, false);
        else if (op === 4 && isHere) engine.setActive(id, true);
        else if (op === 5 && isHere)
          engine.select(
            id,
            content.info.files.map(() => random.next() < 0.6),
          );
        else if (op === 6)
          host.disk.failure = random.next() < 0.3 ? { code: "storage/full", detail: "" } : null;
        else if (op === 7) engine.handleNetworkChanged();
        else if (op === 8 && share) node.add(content, "seed");
        else if (op === 9) host.disk.delay = any([1, 50, 500]);
        else if (op === 10 && isHere && engine.snapshot(id).haveCount > 0) {
          const torrent = engine.inspect(id);
          const piece = [...torrent.pieces!.have][0]!;
          host.disk.unreadable.add(piece);
          torrent.reader.read(piece, () => {});
        } else if (op === 11) host.disk.unreadable.clear();
        for (let at = 0; at < 6; at++) {
          net.clock.run(any([5, 60, 200]));
          check(node, seed, step);
        }
      } catch (error) {
        throw new Error(`${seed}/${step} op ${op}: ${error instanceof Error ? error.stack : error}`);
      }
    }
    host.disk.failure = null;
    host.disk.unreadable.clear();
    for (const id of engine.torrents()) engine.setActive(id, true);
    for (const id of engine.torrents())
      engine.select(
        id,
        engine.files(id).map(() => true),
      );
    net.clock.run(120_000);
    check(node, seed, 999);
    for (const content of contents) {
      const id = content.record("torrent").id;
      if (!engine.torrents().includes(id)) continue;
      expect(engine.snapshot(id), `seed ${seed}`).toMatchObject({ complete: true, error: null });
      const { budget } = engine.inspect(id);
      expect(budget.bytes).toBe(0);
    }
    const torrent = engine.torrents()[0];
    const table = torrent === undefined ? null : engine.inspect(torrent).node.connections;
    for (const id of engine.torrents()) engine.removeTorrent(id, false);
    net.clock.run(5_000);
    expect(table?.count ?? 0).toBe(0);
    expect([...(table?.holders() ?? [])]).toEqual([]);
    void TRACKER;
  },
  60_000,
);
