/** Why nothing comes to a torrent, or why nobody new can come to it. Reads; changes nothing. */
import type { Stall, TorrentPhase, TrackerSnapshot } from "../snapshot.ts";
import type { Torrent } from "./torrent.ts";

/** What the snapshot has worked out by then. */
export interface Situation {
  readonly phase: TorrentPhase;
  readonly trackers: readonly TrackerSnapshot[];
  /** Bytes a second. */
  readonly downRate: number;
  readonly now: number;
}

/** The most fundamental reason; null when something comes, nothing is awaited, or it is too early to say. */
export function stallOf(torrent: Torrent, situation: Situation): Stall | null {
  const { phase, downRate } = situation;
  const isConnected = [...torrent.peers.values()].some((peer) => peer.isReady);
  if (phase === "seeding") return whyNobodyComes(torrent, situation, isConnected);
  if (phase !== "metadata" && phase !== "downloading") return null;
  if (downRate > 0) return null;
  if (!isConnected) return whyNotConnected(torrent, situation);
  return whyNothingIsSent(torrent, phase);
}

const isUnreachable = (trackers: readonly TrackerSnapshot[]) =>
  trackers.every(({ state }) => state === "waiting");

/** Somebody besides us, as trackers tell. */
const isSomebodyThere = (trackers: readonly TrackerSnapshot[]) =>
  trackers.some(({ seeds, leechers }) => (seeds ?? 0) + (leechers ?? 0) > 1);

/** Who has everything waits for nobody, and is told only what keeps others away. */
function whyNobodyComes(
  { announcing }: Torrent,
  { trackers }: Situation,
  isConnected: boolean,
): Stall | null {
  const { trouble } = announcing.connectFailures;
  if (trouble === "webrtc-blocked") return trouble;
  if (trouble === "not-trusted" && !isConnected) return trouble;
  if (isUnreachable(trackers)) return "tracker-unreachable";
  return !isConnected && isSomebodyThere(trackers) ? trouble : null;
}

function whyNotConnected({ announcing, peers }: Torrent, { trackers, now }: Situation): Stall | null {
  const { connectFailures, introductions } = announcing;
  const isConnecting = peers.size > 0 || introductions.dialing.length > 0;
  if (connectFailures.trouble === "webrtc-blocked" || connectFailures.trouble === "not-trusted")
    return connectFailures.trouble;
  if (!isConnecting && isUnreachable(trackers)) return "tracker-unreachable";
  // Between two attempts as well: whoever is there is tried again.
  if (isConnecting || isSomebodyThere(trackers)) {
    if (connectFailures.trouble !== null) return connectFailures.trouble;
    return connectFailures.isReconnecting(now) ? "reconnecting" : "connecting";
  }
  // Until a tracker has answered, nobody knows.
  return trackers.some(({ state, seeds }) => state === "working" && seeds !== null) ? "no-peers" : null;
}

function whyNothingIsSent(torrent: Torrent, phase: TorrentPhase): Stall {
  if (phase === "metadata") return "waiting-for-data";
  if (!torrent.budget.isOpen) return "storage-slow";
  const useful = [...torrent.peers.values()].filter((peer) => peer.isReady && peer.interesting > 0);
  if (useful.length === 0) return "no-source";
  return useful.every((peer) => peer.said.peerChoking) ? "choked" : "waiting-for-data";
}
