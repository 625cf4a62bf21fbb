/** Made-up shares in every state that the interface shows, for its unit tests and for looking at its screens. */

import type {
  NodeSnapshot,
  OwnFilesStatus,
  RateSamples,
  ShareSnapshot,
  StoredBytes,
} from "../../../app/bridge/commands.ts";
import type { PeerSnapshot, TorrentFileSnapshot } from "../../../app/engine/snapshot.ts";

const MB = 1_000_000;

/** A minute that began slowly and has gone at these rates since. */
function ratesOf(down: number, up: number): RateSamples {
  const rising = (rate: number) => Float32Array.from({ length: 61 }, (_, at) => rate * Math.min(1, at / 20));
  return { down: rising(down), up: rising(up) };
}

/** A share of ten pieces, 2,500,000 bytes in two files, downloading from nobody; `changes` on top. */
export function aShare(changes: Partial<ShareSnapshot> = {}): ShareSnapshot {
  return {
    id: "ab".repeat(32),
    phase: "downloading",
    stall: null,
    error: null,
    name: "Holiday",
    title: null,
    note: null,
    aboutHash: null,
    otherEntries: 0,
    rendezvous: null,
    infoHashV1: "cd".repeat(20),
    infoHashV2: "ab".repeat(32),
    singleFile: false,
    size: 2.5 * MB,
    fileCount: 2,
    pieceLength: 262_144,
    pieceCount: 10,
    have: new Uint8Array(2),
    availability: new Uint8Array(10),
    haveCount: 0,
    lostCount: 0,
    availabilityVersion: 1,
    filesVersion: 1,
    wantedBytes: 2.5 * MB,
    storedBytes: 0,
    complete: false,
    downRate: 0,
    upRate: 0,
    downloaded: 0,
    uploaded: 0,
    totals: { downloaded: 0, uploaded: 0 },
    wasted: 0,
    eta: null,
    peers: [],
    trackers: [],
    leftOutTrackers: [],
    webSeeds: [],
    linkCount: 0,
    links: [],
    membersOnly: false,
    addedAt: 0,
    kept: true,
    fromFiles: false,
    ownFiles: null,
    needsFiles: false,
    folder: null,
    link: "https://shoal.example/#s-AbCdEfGhIjKlMnOpQrStUvWxYz0123456789abcdefg",
    routes: {},
    rates: ratesOf(0, 0),
    ...changes,
  };
}

/** A connected peer with everything, which neither side wants anything of; `changes` on top. */
export function aPeer(changes: Partial<PeerSnapshot> = {}): PeerSnapshot {
  return {
    link: 1,
    peerId: "-SH0100-0011223344",
    client: "Shoal 0.1.0",
    state: "connected",
    connections: 1,
    initiator: true,
    progress: 1,
    downRate: 0,
    upRate: 0,
    downloaded: 0,
    uploaded: 0,
    peerChoking: false,
    amChoking: false,
    peerInterested: false,
    amInterested: false,
    snubbed: false,
    requestsOut: 0,
    requestsIn: 0,
    blockTime: null,
    ...changes,
  };
}

const tracker = {
  url: "wss://shoal.example/announce",
  state: "working",
  seeds: 2,
  leechers: 3,
  retryIn: null,
  failure: null,
  refused: false,
} as const;

/** A share of many pieces, `part` of it here: the first half in order, the rest scattered. */
function halfway(part: number): Partial<ShareSnapshot> {
  const pieceCount = 1480;
  const have = new Uint8Array(Math.ceil(pieceCount / 8));
  const availability = new Uint8Array(pieceCount);
  let haveCount = 0;
  for (let piece = 0; piece < pieceCount; piece += 1) {
    const scattered = ((piece * 7919) % 997) / 997;
    if (piece / pieceCount < part * 0.6 || scattered < part * 0.55) {
      have[piece >> 3]! |= 0x80 >> (piece & 7);
      haveCount += 1;
    }
    availability[piece] = piece > 1300 && piece < 1360 ? 0 : 1 + (piece % 4);
  }
  return { pieceCount, have, haveCount, availability };
}

const folder: readonly TorrentFileSnapshot[] = [
  {
    path: ["Photos", "2026-07-14 Harbour at dawn.jpg"],
    length: 8.2 * MB,
    wanted: true,
    stored: 8.2 * MB,
    modified: null,
  },
  {
    path: ["Photos", "2026-07-14 Lighthouse.jpg"],
    length: 6.9 * MB,
    wanted: true,
    stored: 3 * MB,
    modified: null,
  },
  { path: ["Photos", "Raw", "DSC_0012.NEF"], length: 48.1 * MB, wanted: false, stored: 0, modified: null },
  { path: ["Photos", "Raw", "DSC_0013.NEF"], length: 47.6 * MB, wanted: true, stored: 0, modified: null },
  {
    path: ["Film", "Crossing to the islands, long version.mp4"],
    length: 1480 * MB,
    wanted: true,
    stored: 610 * MB,
    modified: null,
  },
  { path: ["Notes 📝.txt"], length: 2100, wanted: true, stored: 2100, modified: null },
  { path: ["empty.log"], length: 0, wanted: true, stored: 0, modified: null },
];

const downloading = aShare({
  name: "Summer by the sea",
  size: 1590.8 * MB,
  fileCount: folder.length,
  wantedBytes: 1542.7 * MB,
  storedBytes: 621 * MB,
  downloaded: 621 * MB,
  totals: { downloaded: 0, uploaded: 88 * MB },
  downRate: 11.4 * MB,
  upRate: 2.1 * MB,
  rates: ratesOf(11.4 * MB, 2.1 * MB),
  eta: 81,
  pieceLength: 1_048_576,
  trackers: [tracker],
  routes: { 1: "direct", 2: "relayed", 3: "direct" },
  peers: [
    aPeer({ link: 1, amInterested: true, downRate: 9.1 * MB, downloaded: 500 * MB }),
    aPeer({
      link: 2,
      client: "WebTorrent 3.0.21",
      progress: 0.42,
      amInterested: true,
      peerInterested: true,
      amChoking: true,
      downRate: 2.3 * MB,
    }),
    aPeer({
      link: 3,
      progress: 0.18,
      peerInterested: true,
      amInterested: true,
      peerChoking: true,
      upRate: 2.1 * MB,
    }),
    aPeer({ link: 4, client: "", progress: 0, state: "connecting" }),
  ],
  ...halfway(0.4),
});

const manyFiles: readonly TorrentFileSnapshot[] = Array.from({ length: 10_000 }, (_, index) => ({
  path: [`package-${index % 40}`, `lib-${index % 7}`, `module-${index}.js`],
  length: 1000 + index,
  wanted: true,
  stored: 500,
  modified: null,
}));

const node = (changes: Partial<NodeSnapshot> = {}): NodeSnapshot => ({
  shares: [],
  drafts: [],
  saving: [],
  storage: null,
  fault: null,
  ...changes,
});

const one = (changes: Partial<ShareSnapshot>): NodeSnapshot =>
  node({ shares: [{ ...downloading, ...changes }] });

const ownFiles: OwnFilesStatus = { total: 7, readable: 7, notAllowed: 0, kept: true, missing: null };

const sender: Partial<ShareSnapshot> = {
  fromFiles: true,
  phase: "seeding",
  complete: true,
  downRate: 0,
  eta: null,
  upRate: 14.2 * MB,
  totals: { downloaded: 0, uploaded: 912 * MB },
};

const unknown: Partial<ShareSnapshot> = {
  phase: "metadata",
  name: null,
  size: null,
  fileCount: 0,
  pieceCount: 0,
  peers: [],
  downRate: 0,
  wantedBytes: 0,
  storedBytes: 0,
  eta: null,
};

const draft = {
  draft: "1",
  tab: "tab",
  name: "Summer by the sea",
  otherEntries: 0,
  fileCount: 120,
  hashed: 512 * MB,
  size: 1590 * MB,
  rate: 240 * MB,
  working: true,
  id: null,
};

/** What the node tells, by the name of a state. */
export const states = {
  empty: node(),
  list: node({
    shares: [
      { ...downloading, addedAt: 5 },
      aShare({ ...sender, id: "2", name: "Quarterly report.pdf", addedAt: 4, size: 2.1 * MB, fileCount: 1 }),
      aShare({ id: "3", name: "Old tapes, side B", phase: "paused", storedBytes: 1 * MB, addedAt: 3 }),
      aShare({ ...sender, id: "4", name: "Garden plans", needsFiles: true, addedAt: 2, upRate: 0 }),
      aShare({ ...unknown, id: "5", addedAt: 1 }),
    ],
  }),
  stored: node({
    storage: { used: 3431 * MB, free: 6112 * MB, persisted: false },
    shares: [
      { ...downloading, addedAt: 5, phase: "paused", downRate: 0, upRate: 0, eta: null, peers: [] },
      aShare({ ...sender, id: "2", name: "Quarterly report.pdf", addedAt: 4, size: 2.1 * MB, fileCount: 1 }),
      aShare({
        id: "3",
        name: "The crossing, a film of the sea in three parts, with everything that was left out.mkv",
        phase: "seeding",
        size: 1700 * MB,
        storedBytes: 1700 * MB,
        wantedBytes: 1700 * MB,
        fileCount: 1,
        addedAt: 3,
      }),
    ],
  }),
  notTold: node({
    storage: { used: 621 * MB, free: null, persisted: true },
    shares: [downloading],
  }),
  muchToCome: node({
    storage: { used: 621 * MB, free: null, persisted: false },
    shares: [
      { ...downloading, phase: "ready", wantedBytes: 12_000 * MB, storedBytes: 0, downRate: 0, eta: null },
    ],
  }),
  inFolder: one({ folder: { name: "Films", state: "writing", looked: 0 } }),
  folderAsked: one({
    folder: { name: "Films", state: "waiting", looked: 0 },
    ...{ phase: "paused", downRate: 0, upRate: 0, eta: null, peers: [], storedBytes: 0, ...halfway(0) },
  }),
  hashing: node({ drafts: [draft] }),
  metadata: one({ ...unknown, stall: "no-peers" }),
  unreachable: one({
    ...unknown,
    stall: "tracker-unreachable",
    trackers: [{ ...tracker, state: "waiting", seeds: null, leechers: null, retryIn: 12 }],
  }),
  ready: one({
    phase: "ready",
    storedBytes: 0,
    downRate: 0,
    eta: null,
    ...halfway(0),
  }),
  downloading: node({ shares: [downloading] }),
  choked: one({ stall: "choked", downRate: 0, eta: null }),
  paused: one({ phase: "paused", downRate: 0, upRate: 0, eta: null, peers: [] }),
  full: one({
    phase: "failed",
    error: { code: "storage/full", detail: "" },
    downRate: 0,
    eta: null,
    peers: [],
  }),
  complete: node({
    shares: [
      {
        ...downloading,
        phase: "seeding",
        storedBytes: downloading.wantedBytes,
        downRate: 0,
        eta: null,
        ...halfway(2),
      },
    ],
    saving: [{ id: downloading.id, written: 400 * MB, size: 1542 * MB }],
  }),
  sending: one(sender),
  needsFiles: one({
    ...sender,
    needsFiles: true,
    ownFiles: { ...ownFiles, readable: 0, kept: false, missing: { name: "empty.log", reason: "gone" } },
    peers: [],
    upRate: 0,
  }),
  needsPermission: one({
    ...sender,
    needsFiles: true,
    ownFiles: {
      ...{ ...ownFiles, readable: 0, notAllowed: 7 },
      missing: { name: "empty.log", reason: "not-allowed" },
    },
    peers: [],
    upRate: 0,
  }),
  needsSome: one({
    ...sender,
    ownFiles: { ...ownFiles, readable: 5, missing: { name: "2026-07-14 Lighthouse.jpg", reason: "changed" } },
  }),
  many: one({
    fileCount: manyFiles.length,
    wantedBytes: 60 * MB,
    storedBytes: 5 * MB,
    size: 60 * MB,
  }),
} satisfies Record<string, NodeSnapshot>;

export type StateName = keyof typeof states;

/** The stored bytes in a state. */
export const storedBytes: Partial<Record<StateName, StoredBytes>> = {
  stored: {
    shares: [
      { id: downloading.id, bytes: 621 * MB, canFree: true },
      { id: "3", bytes: 1700 * MB, canFree: true },
    ],
    forgotten: { count: 2, bytes: 1110 * MB },
  },
  notTold: {
    shares: [{ id: downloading.id, bytes: 621 * MB, canFree: true }],
    forgotten: { count: 0, bytes: 0 },
  },
  full: {
    shares: [{ id: downloading.id, bytes: 621 * MB, canFree: true }],
    forgotten: { count: 1, bytes: 44 * MB },
  },
};

/** The files of the one share of a state. */
export function filesOf(state: StateName): readonly TorrentFileSnapshot[] {
  if (states[state].shares[0]?.size === null) return [];
  if (state === "many") return manyFiles;
  if (state === "ready") return folder.map((file) => ({ ...file, stored: 0 }));
  return state === "complete" ? folder.map((file) => ({ ...file, stored: file.length })) : folder;
}
