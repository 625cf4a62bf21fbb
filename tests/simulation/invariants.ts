/**
 * What must hold for every engine after every input, whatever its peers do. Remembers from one input to the next
 * what a rule compares with.
 */
import { BLOCK_LENGTH } from "../../app/engine/constants.ts";
import { equalBytes } from "../../app/engine/content/info-hash.ts";
import type { Peer } from "../../app/engine/swarm/peers/peer.ts";
import type { Pieces } from "../../app/engine/swarm/pieces/pieces.ts";
import type { Torrent } from "../../app/engine/swarm/torrent.ts";
import type { SimulatedNode } from "./node.ts";
import type { Simulation } from "./simulation.ts";

/** What a node looked like after its last input. */
interface Before {
  /** Blocks asked of more than one peer, as piece * 4096 + block. */
  readonly doubles: ReadonlySet<number>;
  readonly unchoked: number;
}

export class Invariants {
  readonly #simulation: Simulation;
  readonly #before: Map<SimulatedNode, Before>;
  /** Inputs after which everything held. */
  checked: number;

  constructor(simulation: Simulation) {
    this.#simulation = simulation;
    this.#before = new Map();
    this.checked = 0;
  }

  /** Throws when something does not hold for the node. */
  check(node: SimulatedNode): void {
    assert(node.wrongSent === 0, () => "a block left that is not of the true piece");
    if (node.torrent === "") return;
    const torrent = node.engine.inspect(node.torrent);
    const peers = [...torrent.peers.values()];
    checkLinks(node, peers);
    checkConnections(torrent);
    const unchoked = this.#checkSlots(node, torrent, peers);
    const { about, pieces } = torrent;
    assert(
      about.bytes === null || equalBytes(about.bytes, this.#simulation.content.about),
      () => "words in the sender's mouth",
    );
    if (pieces === null) return;
    pieces.availability.assertConsistent((piece) => peers.filter((peer) => peer.has?.has(piece)).length);
    checkStored(node, pieces);
    checkCounts(pieces, peers);
    this.#checkAdvertised(node, peers);
    const doubles = this.#checkRequests(node, pieces, peers);
    this.#before.set(node, { doubles, unchoked });
    this.checked++;
  }

  /** Slots are given only while there are some. */
  #checkSlots(node: SimulatedNode, torrent: Torrent, peers: readonly Peer[]): number {
    const unchoked = peers.filter((peer) => !peer.slot.amChoking && peer.said.peerInterested).length;
    const before = this.#before.get(node)?.unchoked ?? 0;
    if (unchoked > before) {
      const slots = torrent.choker.slots(node.clock.now);
      assert(unchoked <= slots, () => `${unchoked} peers are unchoked, there are ${slots} slots`);
    }
    return unchoked;
  }

  /** What others believe that the node has is stored. */
  #checkAdvertised(node: SimulatedNode, peers: readonly Peer[]): void {
    for (const peer of peers) {
      const remote = this.#simulation.nodes[node.attachment.remoteOf(peer.link)]!;
      if (peer.has === null || remote.group.behaviour === "lie" || remote.group.behaviour === "forge")
        continue;
      for (const piece of peer.has)
        assert(
          remote.stored[piece] === 1 || remote.lost.has(piece),
          () => `host ${remote.number} said to have ${piece}`,
        );
    }
  }

  /** Every block's askings are its peers' requests; a second one is begun in endgame only. */
  #checkRequests(node: SimulatedNode, pieces: Pieces, peers: readonly Peer[]): Set<number> {
    const asked = new Map<number, number>();
    for (const peer of peers) {
      let bytes = 0;
      for (const { piece, begin, length } of peer.asked.requests.values()) {
        bytes += length;
        const first = begin / BLOCK_LENGTH;
        for (let block = first; block < first + Math.ceil(length / BLOCK_LENGTH); block++)
          asked.set(piece * 4096 + block, (asked.get(piece * 4096 + block) ?? 0) + 1);
      }
      assert(
        peer.asked.bytesUnderWay === bytes,
        () => `${peer.asked.bytesUnderWay} bytes under way, ${bytes} asked for`,
      );
    }
    const doubles = new Set<number>();
    for (const partial of pieces.partials.values()) {
      for (let block = 0; block < partial.blockCount; block++) {
        const key = partial.piece * 4096 + block;
        const times = asked.get(key) ?? 0;
        assert(
          partial.timesAsked(block) === times,
          () =>
            `block ${block} of piece ${partial.piece}: asked ${partial.timesAsked(block)} times, not ${times}`,
        );
        if (times > 1) doubles.add(key);
      }
    }
    const before = this.#before.get(node)?.doubles;
    const endgame = pieces.availability.openCount === 0 && pieces.withFreeBlocks.size === 0;
    for (const key of doubles) {
      if (endgame || before?.has(key)) continue;
      throw new Error(`piece ${key >> 12}, block ${key & 4095}: asked twice outside endgame`);
    }
    return doubles;
  }
}

/** A link that closed has left nothing: peers are those of open links. */
function checkLinks(node: SimulatedNode, peers: readonly Peer[]): void {
  for (const { link } of peers) assert(node.attachment.isOpen(link), () => `link ${link} is closed`);
}

/** Every connection that counts is one that is known, and none is forgotten. */
function checkConnections({ node, peers, lanes, announcing }: Torrent): void {
  const known = peers.size + lanes.count + announcing.introductions.size;
  assert(node.connections.count === known, () => `${node.connections.count} connections, ${known} are known`);
}

/** What is counted of peers is what they have. */
function checkCounts(pieces: Pieces, peers: readonly Peer[]): void {
  for (const peer of peers) {
    if (peer.has === null) continue;
    let interesting = 0;
    for (const piece of peer.has) if (pieces.isMissing(piece)) interesting++;
    assert(
      peer.interesting === interesting,
      () => `link ${peer.link} has ${interesting} pieces for us, counted ${peer.interesting}`,
    );
  }
}

/** What is promised is stored, and a piece is in one state only. */
function checkStored(node: SimulatedNode, pieces: Pieces): void {
  for (const piece of pieces.have) {
    assert(node.stored[piece] === 1, () => `piece ${piece} is promised and not stored`);
    assert(
      !pieces.partials.has(piece) && !pieces.received.has(piece),
      () => `piece ${piece} is fetched again`,
    );
  }
  for (const piece of pieces.partials.keys())
    assert(!pieces.received.has(piece), () => `piece ${piece} is in progress and whole`);
}

function assert(holds: boolean, problem: () => string): void {
  if (!holds) throw new Error(problem());
}

/** Lets the simulation check each step; what breaks a rule names the host, the time and how to replay it. */
export function watch(simulation: Simulation): Invariants {
  const invariants = new Invariants(simulation);
  const { scenario, options } = simulation;
  simulation.check = (node) => {
    try {
      invariants.check(node);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(
        `host ${node.number} (${node.group.name}) at ${node.clock.now.toFixed(1)} ms: ${reason}\n` +
          `replay: npm run simulate -- --watch --scenario ${scenario.name} --peers ${options.peers} ` +
          `--pieces ${options.pieces} --piece-length ${options.pieceLength} --seed ${options.seed}`,
      );
    }
  };
  return invariants;
}
