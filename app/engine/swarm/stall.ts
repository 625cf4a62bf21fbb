/**
 * A stall is the reason why no bytes come to a torrent, or why no peer comes to a seed. It is found anew for each
 * status, and nothing is kept. When there are several reasons, the most fundamental one counts: the first in these
 * lists.
 *
 * - A torrent that fetches pieces or its info dictionary, with no peer connected: `webrtc-blocked`, `not-trusted`,
 *   `no-tracker`, `tracker-refused` or `tracker-unreachable` if no connection is being made, `no-route` or
 *   `no-connection`, `reconnecting`, `connecting`, `tracker-refused` if one tracker of several refuses, `no-peers`.
 * - The same, with peers connected: `storage-slow`, `no-source`, `choked`, `waiting-for-data`. While the info
 *   dictionary is unknown, only the last one counts.
 * - A seed with no peer connected: `webrtc-blocked`, `not-trusted`, `no-tracker`, `tracker-refused` or
 *   `tracker-unreachable`, `no-route` or `no-connection`, `tracker-refused` if one tracker of several refuses.
 * - A seed with peers connected: `webrtc-blocked`, `no-tracker`, `tracker-refused`, `tracker-unreachable`.
 *
 * Example: a download has no peer, its only tracker is unreachable, and two attempts to connect have failed. The
 * stall is `tracker-unreachable`, because without a tracker there are no further attempts.
 */
import type { Stall, TorrentPhase, TrackerSnapshot } from "../snapshot.ts";
import type { Torrent } from "./torrent.ts";

/** Parts of the status that are known already. */
export interface Situation {
  readonly phase: TorrentPhase;
  readonly trackers: readonly TrackerSnapshot[];
  /** Bytes a second. */
  readonly downRate: number;
  readonly now: number;
}

/** Null when bytes come, when none are awaited, or when it is too early to tell. */
export function stallOf(torrent: Torrent, situation: Situation): Stall | null {
  const { phase, downRate } = situation;
  const isConnected = [...torrent.peers.values()].some((peer) => peer.isReady);
  if (phase === "seeding") return whyNobodyComes(torrent, situation, isConnected);
  if (phase !== "metadata" && phase !== "downloading") return null;
  if (downRate > 0) return null;
  if (!isConnected) return whyNotConnected(torrent, situation);
  return whyNothingIsSent(torrent, phase);
}

/** Why no tracker brings peers; null while one may. */
function whyNoTracker(trackers: readonly TrackerSnapshot[]): Stall | null {
  if (trackers.length === 0) return "no-tracker";
  if (!trackers.every(({ state, refused }) => refused || state === "waiting")) return null;
  return isRefused(trackers) ? "tracker-refused" : "tracker-unreachable";
}

/** Whether one tracker at least refuses the torrent, so that nobody meets us there. */
const isRefused = (trackers: readonly TrackerSnapshot[]) => trackers.some(({ refused }) => refused);

/** Whether trackers count peers besides us. */
const isSomebodyThere = (trackers: readonly TrackerSnapshot[]) =>
  trackers.some(({ seeds, leechers }) => (seeds ?? 0) + (leechers ?? 0) > 1);

/** A seed waits for nobody, so that only the reasons count that keep peers away. */
function whyNobodyComes(
  { announcing }: Torrent,
  { trackers }: Situation,
  isConnected: boolean,
): Stall | null {
  const { trouble } = announcing.connectFailures;
  if (trouble === "webrtc-blocked") return trouble;
  if (trouble === "not-trusted" && !isConnected) return trouble;
  const noTracker = whyNoTracker(trackers);
  if (noTracker !== null) return noTracker;
  if (isConnected) return null;
  const whyNot = isSomebodyThere(trackers) ? trouble : null;
  return whyNot ?? (isRefused(trackers) ? "tracker-refused" : null);
}

function whyNotConnected({ announcing, peers }: Torrent, { trackers, now }: Situation): Stall | null {
  const { connectFailures, introductions } = announcing;
  const isConnecting = peers.size > 0 || introductions.dialing.length > 0;
  if (connectFailures.trouble === "webrtc-blocked" || connectFailures.trouble === "not-trusted")
    return connectFailures.trouble;
  const noTracker = whyNoTracker(trackers);
  if (!isConnecting && noTracker !== null) return noTracker;
  // Between two attempts, too: the peers that are there will be tried again.
  if (isConnecting || isSomebodyThere(trackers)) {
    if (connectFailures.trouble !== null) return connectFailures.trouble;
    return connectFailures.isReconnecting(now) ? "reconnecting" : "connecting";
  }
  if (isRefused(trackers)) return "tracker-refused";
  // Without the answer of a tracker, nobody knows whether there are peers.
  return trackers.some(({ state, seeds }) => state === "working" && seeds !== null) ? "no-peers" : null;
}

function whyNothingIsSent(torrent: Torrent, phase: TorrentPhase): Stall {
  if (phase === "metadata") return "waiting-for-data";
  if (!torrent.budget.isOpen) return "storage-slow";
  const useful = [...torrent.peers.values()].filter((peer) => peer.isReady && peer.interesting > 0);
  if (useful.length === 0) return "no-source";
  return useful.every((peer) => peer.said.peerChoking) ? "choked" : "waiting-for-data";
}
