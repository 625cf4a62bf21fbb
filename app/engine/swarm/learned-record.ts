/**
 * A torrent learns from another record of it, of a link or a .torrent file that was opened too, what it lacks: a name,
 * selected files, web seeds, the sender's about, the info dictionary and trackers. Whose trackers count:
 *
 * | the torrent | the record | its trackers |
 * | --- | --- | --- |
 * | is not members-only | any | are added |
 * | is members-only, and has trackers | of a link | are not used: anybody can make a link that names another tracker |
 * | is members-only, and has trackers | of a .torrent file | replace the former ones, as a member's new key does |
 * | is members-only, and has none | any | are added |
 */
import type { TorrentRecord } from "../host.ts";
import type { TrackerAddresses } from "./announcing.ts";
import type { Torrent } from "./torrent.ts";

export function learnRecord(torrent: Torrent, record: TorrentRecord): void {
  const { metadata, announcing } = torrent;
  torrent.nameHint ??= record.nameHint;
  metadata.hints.add(record);
  metadata.learnEncoding(record.encoding);
  torrent.addAbout(record);
  // Whether the torrent is members-only is known before the record's trackers are used.
  if (record.info !== null && torrent.pieces === null)
    torrent.acceptInfo(record.info, hasTrackers(record) ? record : announcing);
  if (!metadata.isPrivate || !hasTrackers(announcing)) announcing.addTrackers(record);
  else if (record.info !== null && hasTrackers(record)) announcing.replaceTrackers(record);
}

/** Whether trackers are named at all: one that a page cannot reach is a torrent's own tracker too. */
function hasTrackers({ trackers, leftOutTrackers }: TrackerAddresses): boolean {
  return trackers.length + leftOutTrackers.length > 0;
}
