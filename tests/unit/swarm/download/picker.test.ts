/**
 * The picker, with pictures of pieces and peers. Pieces have four blocks. `have: "x..."` shows the stored pieces, and
 * a peer's picture shows the pieces that it has. The pick "2.0-3" is all four blocks of piece 2. Picked blocks count
 * as requested.
 */
import { describe, expect, test } from "vitest";
import { PieceHashes } from "../../../../app/engine/content/piece-hashes.ts";
import { pickBlocks } from "../../../../app/engine/swarm/download/picker.ts";
import { tryWith } from "../../../../app/engine/swarm/download/probation.ts";
import { requestKey } from "../../../../app/engine/swarm/peers/asked.ts";
import { DEFAULT_POLICY } from "../../../../app/engine/swarm/peers/comparison-policy.ts";
import type { Peer } from "../../../../app/engine/swarm/peers/peer.ts";
import { Bitfield } from "../../../../app/engine/swarm/pieces/bitfield.ts";
import { Pieces } from "../../../../app/engine/swarm/pieces/pieces.ts";
import { seededRandom } from "../../../support/random.ts";
import { type SampleContent, sampleContent } from "../../../support/sample-content.ts";
import { BLOCK, bitsOf } from "../stage.ts";
import { makePeer, type PeerOptions, quietHost } from "../test-peers.ts";

const contents = new Map<number, SampleContent>();

function contentOf(pieces: number): SampleContent {
  let content = contents.get(pieces);
  if (content === undefined) {
    content = sampleContent("hybrid", { "a.bin": pieces * 4 * BLOCK }, 4 * BLOCK);
    contents.set(pieces, content);
  }
  return content;
}

interface SceneOptions extends PeerOptions {
  readonly seed?: number;
}

function scene(have: string, has: Record<string, string>, { seed = 1, ...options }: SceneOptions = {}) {
  const { info, pieceLayers, map } = contentOf(have.length);
  const host = quietHost();
  const pieces = new Pieces({
    info,
    map,
    hashes: new PieceHashes(info, pieceLayers),
    have: new Bitfield(have.length, bitsOf(have)),
    wanted: null,
    random: seededRandom(seed),
  });
  const peers = new Map<number, Peer>();
  const named = new Map<string, Peer>();
  for (const [name, picture] of Object.entries(has)) {
    const peer = makePeer(host, peers.size + 1, name, picture, options);
    peers.set(peer.link, peer);
    named.set(name, peer);
    pieces.addPeer(peer);
  }
  const peer = (name: string) => named.get(name)!;
  /** The next pick for a peer, of so many blocks at most. */
  const pick = (name: string, blocks = 4): string => {
    const found = pickBlocks(
      { pieces, peers, now: host.clock.now, policy: DEFAULT_POLICY },
      peer(name),
      blocks * BLOCK,
    );
    if (found === null) return "-";
    tryWith(peer(name), found.partial.piece);
    pieces.ask(found.partial, found.first, found.count);
    const range = { piece: found.partial.piece, begin: found.first * BLOCK, length: found.count * BLOCK };
    const request = { ...range, sentAt: host.clock.now, underWay: range.length };
    peer(name).asked.requests.set(requestKey(range.piece, range.begin), request);
    const last = found.first + found.count - 1;
    return `${found.partial.piece}.${found.first}${last > found.first ? `-${last}` : ""}`;
  };
  return {
    host,
    pieces,
    peers,
    peer,
    pick,
    /** The pieces of all picks until there is none. */
    order: (name: string) => {
      const picked: string[] = [];
      for (let next = pick(name); next !== "-"; next = pick(name)) picked.push(next.split(".")[0]!);
      return picked.join(" ");
    },
    /** Gives a peer a rate, in bytes a second. */
    feed: (name: string, rate: number) => {
      for (let at = 0; at < 20; at++) {
        host.clock.run(100);
        peer(name).asked.down.add(rate / 10);
        peer(name).asked.down.rate(host.clock.now);
      }
    },
    leave: (name: string) => {
      pieces.removePeer(peer(name));
      peers.delete(peer(name).link);
    },
  };
}

type Scene = ReturnType<typeof scene>;

/** Of peers that several pieces are asked of, and that share pieces: newcomers are tried with one, alone. */
const PROVEN = { proven: true } as const;

describe("a new piece", () => {
  test("is the rarest once four are stored", () => {
    const { order } = scene(
      "xxxx....",
      {
        A: "xxxxxxxx",
        B: "xxxx.xxx",
        C: "xxxx..xx",
        D: "xxxx...x",
      },
      PROVEN,
    );
    expect(order("A")).toBe("4 5 6 7");
  });

  test("is a random one before that, so that peers have something to trade", () => {
    const firsts = new Set<string>();
    for (let seed = 0; seed < 40; seed++) {
      const { pick } = scene("........", { A: "xxxxxxxx", B: "xxxxxxx.", C: "xxxxxxx." }, { seed });
      firsts.add(pick("A"));
    }
    expect(firsts.size).toBeGreaterThan(5);
  });

  test("is one that the peer has", () => {
    const { order } = scene("xxxx....", { A: "xxxx.x.x", B: "xxxxx.x." }, PROVEN);
    expect(order("A").split(" ").sort().join(" ")).toBe("5 7");
    expect(order("B").split(" ").sort().join(" ")).toBe("4 6");
  });

  test("is what the peer suggests, if that is still to be had", () => {
    const { peer, order } = scene("xxxx....", { A: "xxxxxxx.", B: "xxxx.xxx" });
    peer("A").said.suggested.push(1, 7, 6);
    expect(order("A").split(" ")[0]).toBe("6");
  });

  test("is the most common for a snubbed peer", () => {
    const { peer, pick } = scene("xxxx....", { A: "xxxxxxxx", B: "xxxx...x", C: "xxxx..xx" });
    peer("A").asked.snubbed = true;
    expect(pick("A")).toBe("7.0-3");
  });

  test("is only one that is allowed while the peer chokes", () => {
    const { peer, order } = scene("xxxx....", { A: "xxxxxxxx" }, PROVEN);
    peer("A").said.peerChoking = true;
    peer("A").said.allowedFast.add(6);
    expect(order("A")).toBe("6");
  });

  test("is none that is stored, unwanted, or unknown to this peer", () => {
    const { pick, pieces, peers } = scene("xxxx....", { A: "xxxx....", B: "xxxxxxxx" });
    expect(pick("A")).toBe("-");
    pieces.select(new Uint8Array([0]), peers.values());
    expect(pick("B")).toBe("-");
  });
});

describe("a piece in progress", () => {
  test("is finished before another is begun, by whoever comes", () => {
    const { pick } = scene("xxxx....", { A: "xxxxxxxx", B: "xxxxxxxx" }, PROVEN);
    const first = pick("A", 1);
    const piece = first.split(".")[0];
    expect(pick("B", 2)).toBe(`${piece}.1-2`);
    expect(pick("A", 4)).toBe(`${piece}.3`);
    expect(pick("A", 4).split(".")[0]).not.toBe(piece);
  });

  test("is left to a peer that can fetch it alone in time; others begin their own", () => {
    const { pick, feed } = scene("xxxx....", { A: "xxxxxxxx", B: "xxxxxxxx" }, PROVEN);
    feed("A", 1_000_000);
    const piece = pick("A", 1).split(".")[0];
    expect(pick("B", 1).split(".")[0]).not.toBe(piece);
    expect(pick("A", 4)).toBe(`${piece}.1-3`);
  });

  test.each([
    ["is snubbed", (it: Scene) => (it.peer("A").asked.snubbed = true)],
    ["chokes us", (it: Scene) => (it.peer("A").said.peerChoking = true)],
    ["is gone", (it: Scene) => it.leave("A")],
  ])("is taken over when its owner %s", (_, happens) => {
    const it = scene("xxxx....", { A: "xxxxxxxx", B: "xxxxxxxx" }, PROVEN);
    it.feed("A", 1_000_000);
    const piece = it.pick("A", 1).split(".")[0];
    happens(it);
    expect(it.pick("B", 4)).toBe(`${piece}.1-3`);
  });

  test("is not given to a snubbed peer, who would hold it up", () => {
    const { pick, peer } = scene("xxxx....", { A: "xxxxxxxx", B: "xxxxxxxx" }, PROVEN);
    const piece = pick("A", 1).split(".")[0];
    peer("B").asked.snubbed = true;
    expect(pick("B", 1).split(".")[0]).not.toBe(piece);
  });

  test("that its owner left goes behind what the peer suggests", () => {
    const { pick, peer, leave } = scene("xxxx....", { A: "xxxxxxx.", B: "xxxxxxxx" }, PROVEN);
    peer("A").said.suggested.push(5);
    expect(pick("A", 1)).toBe("5.0");
    leave("A");
    // What is suggested and cannot be begun any more holds nothing up.
    peer("B").said.suggested.push(5, 7);
    expect(pick("B", 4)).toBe("7.0-3");
    expect(pick("B", 4)).toBe("5.1-3");
  });

  test("that must have one sender starts anew with the next", () => {
    const { pick, pieces, leave } = scene("xxxx....", { A: "xxxxxxxx", B: "xxxxxxxx" }, PROVEN);
    for (const piece of [4, 5, 6, 7]) pieces.alone.add(piece);
    const piece = Number(pick("A", 2).split(".")[0]);
    const partial = pieces.partials.get(piece)!;
    partial.unask(0, 1);
    partial.receive(0, new Uint8Array(BLOCK), 1);
    expect(pick("B", 4).split(".")[0]).not.toBe(String(piece));
    partial.unask(1, 1);
    leave("A");
    expect(pick("B", 4)).toBe(`${piece}.0-3`);
  });

  test("with a hole is filled from the first free block on", () => {
    const { pick, pieces } = scene("xxxx....", { A: "xxxxxxxx" });
    const piece = Number(pick("A", 4).split(".")[0]);
    const partial = pieces.partials.get(piece)!;
    partial.unask(1, 1);
    partial.unask(3, 1);
    pieces.fileFreeBlocks(partial);
    expect([pick("A", 4), pick("A", 4)]).toEqual([`${piece}.1`, `${piece}.3`]);
  });
});

describe("endgame", () => {
  test("does not begin while another block is free or another piece open", () => {
    const { pick, host, peer } = scene("xxxxxx..", { A: "xxxxxxxx", B: "xxxxxxx." }, PROVEN);
    peer("A").said.suggested.push(6);
    expect(pick("A", 4)).toBe("6.0-3");
    host.clock.run(120_000);
    expect(pick("B")).toBe("-");
    expect(pick("A", 3)).toBe("7.0-2");
    expect(pick("B")).toBe("-");
    expect(pick("A", 3)).toBe("7.3");
    expect(pick("B")).toBe("6.0");
  });

  test("asks a second peer for what is late with the first, block by block, and nobody for what is not late", () => {
    const { pick, host, peer } = scene("xxxxxxx.", { A: "xxxxxxxx", B: "xxxxxxxx" });
    peer("A").asked.window.handleBlock(1000, BLOCK, BLOCK, 0);
    expect(pick("A", 4)).toBe("7.0-3");
    host.clock.run(500);
    expect(pick("B")).toBe("-");
    host.clock.run(120_000);
    const picks: string[] = [];
    for (let at = 0; at < 5; at++) {
      picks.push(pick("B"));
      peer("B").asked.requests.clear();
    }
    expect(picks).toEqual(["7.0", "7.1", "7.2", "7.3", "-"]);
  });

  test("never asks the same block of more than two peers", () => {
    const { pick, host } = scene("xxxxxxx.", { A: "xxxxxxxx", B: "xxxxxxxx", C: "xxxxxxxx", D: "xxxxxxxx" });
    expect(pick("A", 4)).toBe("7.0-3");
    host.clock.run(120_000);
    const picks = ["B", "C", "D"].flatMap((name) => [pick(name), pick(name), pick(name)]);
    const blocks = picks.filter((each) => each !== "-");
    expect(new Set(blocks).size).toBe(blocks.length);
    for (const each of blocks) expect(each).toMatch(/^7\.[0-3]$/);
  });

  test("leaves alone whom we wait for, who is snubbed, and pieces that must have one sender", () => {
    const { pick, peer, pieces, host } = scene("xxxxxxx.", { A: "xxxxxxxx", B: "xxxxxxxx" });
    pick("A", 4);
    host.clock.run(120_000);
    peer("B").asked.snubbed = true;
    expect(pick("B")).toBe("-");
    peer("B").asked.snubbed = false;
    pieces.alone.add(7);
    expect(pick("B")).toBe("-");
  });
});

describe("pieces in sequence", () => {
  const twelve = "x".repeat(4) + ".".repeat(12);
  /** As many pieces a second as the number says. */
  const rate = (pieces: number) => pieces * 4 * BLOCK * 1.05;
  /** Runs of neighbours: "4-7 12" for 4, 5, 6, 7 and then 12. */
  const runs = (order: string) =>
    order
      .split(" ")
      .map(Number)
      .reduce<number[][]>((all, piece) => {
        const last = all.at(-1);
        if (last?.at(-1) === piece - 1) last.push(piece);
        else all.push([piece]);
        return all;
      }, [])
      .map((run) => run.length);

  test("a fast peer is asked for as many as it brings in a second", () => {
    const { order, feed } = scene(twelve, { A: "x".repeat(16) }, PROVEN);
    feed("A", rate(4));
    for (const length of runs(order("A")).slice(0, 2)) expect([1, 2, 3, 4]).toContain(length);
    const whole = scene(twelve, { A: "x".repeat(16) }, PROVEN);
    whole.feed("A", rate(100));
    expect(Math.max(...runs(whole.order("A")))).toBeGreaterThan(4);
  });

  test("a slower one as rarity and chance have it", () => {
    const { order, feed } = scene(twelve, { A: "x".repeat(16) }, PROVEN);
    feed("A", rate(0.5));
    expect(Math.max(...runs(order("A")))).toBeLessThan(4);
  });

  test("never a piece that is less rare than the one before", () => {
    const { pick, feed } = scene("xxxx....", { A: "xxxxxxxx", B: "xxxxx.xx" }, PROVEN);
    feed("A", rate(100));
    expect([pick("A"), pick("A")].map((each) => each.split(".")[0])).toEqual([
      "5",
      expect.stringMatching(/[467]/),
    ]);
    const after = scene("xxxx....", { A: "xxxxxxxx", B: "xxxx.xxx" }, PROVEN);
    after.feed("A", rate(100));
    expect(after.pick("A").split(".")[0]).toBe("4");
  });
});
