/** The status of a torrent, which shows when the arrays of its snapshot changed. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Pieces } from "../../../app/engine/swarm/pieces/pieces.ts";
import { sampleContent } from "../../support/sample-content.ts";
import { VirtualNetwork } from "../../support/virtual-network.ts";
import { makePeer, quietHost } from "../swarm/test-peers.ts";

/** a: pieces 0–2, b: 2–3, c: empty, d: 3–5; without pads, so that files share pieces. */
const content = sampleContent("v1", { a: 5 * 16_384, b: 20_000, c: 0, d: 4 * 16_384 }, 2 * 16_384);
const { pieceCount } = content.info;

/** A torrent of which nothing is here, in an engine of its own. */
function setUp() {
  const { engine } = new VirtualNetwork().add("A");
  const id = engine.addTorrent({ record: content.record("torrent"), have: "none" });
  const pieces = engine.inspect(id).pieces!;
  return { engine, id, pieces, told: () => ({ ...engine.status(id), ...engine.arrays(id) }) };
}

/** "xx.." for the bits of a number. */
const picture = (bits: number) =>
  Array.from({ length: pieceCount }, (_, piece) => (bits & (1 << piece) ? "x" : ".")).join("");

const piece = fc.nat(pieceCount - 1);
const peers = [1, 2, 3].map(
  (link) => (bits: number) => makePeer(quietHost(), link, `P${link}`, picture(bits)),
);
type Crowd = ReturnType<(typeof peers)[number]>[];

/** Something that befalls a torrent. */
const act = fc.oneof(
  piece.map((at) => (pieces: Pieces, crowd: Crowd) => pieces.handleStored(at, crowd)),
  piece.map((at) => (pieces: Pieces, crowd: Crowd) => {
    if (pieces.have.has(at)) pieces.loseFilesOf(at, crowd);
  }),
  fc.nat(15).map((bits) => (pieces: Pieces, crowd: Crowd) => {
    pieces.select(
      Uint8Array.from([0, 1, 2, 3], (file) => (bits >> file) & 1),
      crowd,
    );
  }),
  fc
    .tuple(fc.nat(2), fc.oneof(fc.constant(2 ** pieceCount - 1), fc.nat(2 ** pieceCount - 1)))
    .map(([at, bits]) => (pieces: Pieces, crowd: Crowd) => {
      const peer = peers[at]!(bits);
      pieces.addPeer(peer);
      crowd.push(peer);
    }),
  fc.tuple(fc.nat(9), piece).map(([at, of]) => (pieces: Pieces, crowd: Crowd) => {
    const peer = crowd[at];
    if (peer?.has?.has(of)) pieces.handleDontHave(peer, of);
    else if (peer !== undefined) pieces.handleHave(peer, of);
  }),
  fc.nat(9).map((at) => (pieces: Pieces, crowd: Crowd) => {
    for (const peer of crowd.splice(at, 1)) pieces.removePeer(peer);
  }),
  fc.constant((pieces: Pieces, crowd: Crowd) => pieces.handleComplete(crowd)),
  fc.subarray([0, 1, 2, 3]).map((files) => (pieces: Pieces, crowd: Crowd) => {
    pieces.handleFilesFound(new Set(files), crowd);
  }),
);

const crowdWith = (crowd: Crowd, at: number) => crowd.filter(({ has }) => has!.has(at)).length;

describe("a torrent's status", () => {
  test("changes with every change of its arrays, and counts the wanted bytes", () => {
    fc.assert(
      fc.property(fc.array(fc.array(act, { maxLength: 4 }), { maxLength: 12 }), (looks) => {
        const { pieces, told } = setUp();
        const crowd: Crowd = [];
        let before = told();
        let storedBefore = [...pieces.fileBytes];
        for (const acts of looks) {
          for (const each of acts) each(pieces, crowd);
          const now = told();
          const stored = [...pieces.fileBytes];
          if (now.haveCount === before.haveCount && now.filesVersion === before.filesVersion)
            expect([now.have, stored]).toEqual([before.have, storedBefore]);
          if (now.availabilityVersion === before.availabilityVersion)
            expect(now.availability).toEqual(before.availability);
          expect([...now.availability]).toEqual([...now.availability].map((_, at) => crowdWith(crowd, at)));
          const wanted = [...content.info.files.entries()].filter(([file]) => pieces.wantedFiles[file] === 1);
          expect(now.wantedBytes).toBe(wanted.reduce((sum, [, { length }]) => sum + length, 0));
          expect(now.storedBytes).toBe(wanted.reduce((sum, [file]) => sum + stored[file]!, 0));
          before = now;
          storedBefore = stored;
        }
      }),
    );
  });

  test("counts no more peers than a byte holds", () => {
    const { pieces, told } = setUp();
    for (let seed = 0; seed < 300; seed++) pieces.availability.addSeed();
    expect([...told().availability]).toEqual(Array(pieceCount).fill(255));
  });

  test("changes when the description comes", () => {
    const net = new VirtualNetwork();
    const [a, b] = [net.add("A"), net.add("B")];
    const id = a.add(content, "seed");
    b.add(content, "link");
    const unknown = b.engine.status(id);
    expect([unknown.haveCount, unknown.availabilityVersion, unknown.filesVersion]).toEqual([0, 0, 0]);
    expect(b.engine.arrays(id).have).toHaveLength(0);
    net.drive(() => b.engine.status(id).phase !== "metadata", 30_000, "the description");
    const known = b.engine.status(id);
    expect([known.availabilityVersion, known.filesVersion].every((version) => version > 0)).toBe(true);
  });
});
