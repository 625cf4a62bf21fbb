/**
 * Service worker messages pass between the tabs and the service worker. They are about the saves that it streams, and
 * about updates of itself. The addresses of saves are made and read here too.
 */

import type { ErrorCode } from "../engine/errors.ts";
import type { TorrentId } from "../engine/host.ts";

/** From a tab. */
export type ServiceWorkerMessage =
  /** Sent again and again while a save runs, so that the browser does not stop the service worker as idle. */
  | { readonly type: "keep-alive"; readonly save: string }
  /** Take over from the older version now. */
  | { readonly type: "activate" };

/** To all tabs. `save` is the id that the tab put into the save's address. */
export type SaveEvent =
  | { readonly type: "save-started"; readonly save: string }
  | { readonly type: "save-ended"; readonly save: string; readonly outcome: SaveOutcome };

export type SaveOutcome =
  | { readonly end: "saved" }
  /** By the person, in the browser's own list of downloads. */
  | { readonly end: "cancelled" }
  | { readonly end: "failed"; readonly code: ErrorCode; readonly detail: string };

const PREFIX = "/save/";
const ALL = "all.zip";

export interface SaveRequest {
  readonly save: string;
  readonly torrent: TorrentId;
  /** A file's place in the torrent; null for all selected files, as a zip. */
  readonly file: number | null;
}

/** The address that the service worker answers with a download. */
export function savePath({ save, torrent, file }: SaveRequest): string {
  return `${PREFIX}${torrent}/${file ?? ALL}?save=${save}`;
}

/** The request in an address of the form above; null for every other address. */
export function parseSavePath(url: URL): SaveRequest | null {
  if (!url.pathname.startsWith(PREFIX)) return null;
  const [torrent = "", file = "", ...rest] = url.pathname.slice(PREFIX.length).split("/");
  const save = url.searchParams.get("save") ?? "";
  if (!/^[0-9a-f]+$/.test(torrent) || rest.length > 0) return null;
  if (file === ALL) return { save, torrent, file: null };
  return /^\d{1,7}$/.test(file) ? { save, torrent, file: Number(file) } : null;
}
