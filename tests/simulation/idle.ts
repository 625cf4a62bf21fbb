/**
 * What an engine costs that has many peers on a large torrent and moves nothing: memory, processor and messages. Peers
 * are strangers that say what they have, half of all pieces each, and choke us.
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { TorrentBuilder } from "../../app/engine/content/torrent-builder.ts";
import { bytesToBinaryString } from "../../app/engine/discovery/tracker-messages.ts";
import type { Engine } from "../../app/engine/engine.ts";
import type { TorrentId } from "../../app/engine/host.ts";
import type { LinkId } from "../../app/engine/link.ts";
import { encodeBitfield, encodeExtended, encodeInterested } from "../../app/engine/wire/encode.ts";
import { encodeExtensionHandshake } from "../../app/engine/wire/extended.ts";
import { encodeHandshake } from "../../app/engine/wire/handshake.ts";
import { Random } from "../support/random.ts";
import { VirtualClock } from "../support/virtual-clock.ts";
import { quietNetwork, VirtualHost } from "../support/virtual-host.ts";

/** As of 100 GB in pieces of 4 MiB; their length is nothing to an engine that moves nothing. */
const PIECES = 25_000;
const PIECE_LENGTH = 16_384;
const PEERS = 50;
const TRACKER = "wss://tracker";

/** Milliseconds that pass, between ticks, and between the snapshots that the worker takes of an idle engine. */
const TIME = 60_000;
const TICK = 100;
const SNAPSHOT = 1_000;

export interface IdleFigures {
  readonly peers: number;
  readonly pieces: number;
  /** Memory that the engine with all its peers keeps: heap and array buffers. */
  readonly megabytes: number;
  /** Processor time over time, of ticks and snapshots together. */
  readonly corePercent: number;
  /** Channel messages that it sent to each peer in a minute. */
  readonly messagesPerPeer: number;
}

export function measureIdle(): IdleFigures {
  const random = new Random(1);
  const { info, pieceLayers } = largeTorrent(random);
  const before = memory();
  const clock = new VirtualClock();
  const answering: LinkId[] = [];
  let sent = 0;
  const host = new VirtualHost(clock, () => random.next());
  host.network = {
    ...quietNetwork(),
    createAnswer: (link) => answering.push(link),
    send: () => sent++,
  };
  const engine = host.makeEngine(new Uint8Array(20), { version: "idle" });
  const { infoHashV1, infoHashV2, bytes } = info;
  const id = engine.addTorrent({
    record: {
      id: "idle",
      rendezvous: null,
      infoHashV1,
      infoHashV2,
      info: bytes,
      pieceLayers,
      nameHint: null,
      title: null,
      trackers: [TRACKER],
      leftOutTrackers: [],
      webSeeds: [],
      about: null,
      aboutHash: null,
      encoding: null,
      servers: [],
      select: null,
      wanted: null,
      active: true,
      paused: false,
      addedAt: 0,
    },
    have: "none",
  });
  host.handleTrackerOpened(TRACKER);
  for (let peer = 0; peer < PEERS; peer++) meet(host, peer, infoHashV1!, answering, random);
  const cost = pass(engine, id, clock);
  const linked = engine.snapshot(id).peers.filter(({ state }) => state === "connected").length;
  const greeted = sent;
  pass(engine, id, clock);
  const megabytes = (memory() - before) / 1e6;
  return {
    peers: linked,
    // Asked last, so that the engine is in use while its memory is counted.
    pieces: engine.snapshot(id).pieceCount,
    megabytes,
    corePercent: cost,
    messagesPerPeer: (sent - greeted) / PEERS,
  };
}

function largeTorrent(random: Random) {
  const file = { path: ["file"], length: PIECES * PIECE_LENGTH };
  const builder = new TorrentBuilder([file], {
    name: "file",
    singleFile: true,
    pieceLength: PIECE_LENGTH,
  });
  for (let piece = 0; piece < PIECES; piece++) builder.setPiece(piece, noise(20, random), noise(32, random));
  return builder.finish();
}

function noise(length: number, random: Random): Uint8Array {
  return Uint8Array.from({ length }, () => random.next() * 256);
}

function meet(
  host: VirtualHost,
  number: number,
  infoHash: Uint8Array,
  answering: LinkId[],
  random: Random,
): void {
  const peerId = noise(20, random);
  host.handleTrackerMessage(
    TRACKER,
    JSON.stringify({
      action: "announce",
      info_hash: bytesToBinaryString(infoHash),
      peer_id: bytesToBinaryString(peerId),
      offer_id: String(number).padStart(20, "0"),
      offer: { type: "offer", sdp: "sdp" },
    }),
  );
  const link = answering.pop()!;
  host.handleAnswer(link, "sdp");
  host.handleLinkOpened(link);
  const extensions = { extended: true, fast: true, v2: true, dht: false };
  const said = {
    m: {},
    metadataSize: null,
    reqq: 250,
    v: "stranger",
    uploadOnly: false,
    maxBlock: null,
    about: null,
  };
  const messages = [
    encodeHandshake({ infoHash, peerId, extensions }),
    encodeExtended(0, encodeExtensionHandshake(said)),
    encodeBitfield(noise(PIECES / 8, random)),
    encodeInterested(),
  ];
  for (const message of messages) host.handleBytes(link, message);
}

/** Lets time pass; tells the processor's share of it, percent. */
function pass(engine: Engine, id: TorrentId, clock: VirtualClock): number {
  const start = process.cpuUsage();
  for (let time = 0; time < TIME; time += TICK) {
    clock.run(TICK);
    engine.handleTick();
    if (time % SNAPSHOT === 0) engine.snapshot(id);
  }
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000 / (TIME / 100);
}

/** Bytes in use once garbage is gone. */
function memory(): number {
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  collect();
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
