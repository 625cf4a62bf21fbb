/** libtorrent as a second opinion, through Debian's python3-libtorrent. */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const python = process.env.SHOAL_PYTHON ?? "/usr/bin/python3";
const script = fileURLToPath(new URL("ask_libtorrent.py", import.meta.url));

export interface InspectedTorrent {
  name: string;
  v1: string | null;
  v2: string | null;
  pieceLength: number;
  pieceCount: number;
  trackers: string[];
  files: { path: string; length: number; offset: number; root: string }[];
}

function ask(question: object): unknown {
  const answer = execFileSync(python, [script], { input: JSON.stringify(question), maxBuffer: 2 ** 28 });
  return JSON.parse(answer.toString("utf8"));
}

/** A .torrent file of files on disk; `paths` are relative to `folder`, with their lengths. */
export function create(
  folder: string,
  paths: readonly (readonly [path: string, length: number])[],
  pieceLength: number,
  version: "v1" | "v2" | "hybrid",
): Uint8Array {
  const { torrent } = ask({ action: "create", folder, paths, piece_length: pieceLength, version }) as {
    torrent: string;
  };
  return Uint8Array.from(Buffer.from(torrent, "base64"));
}

/** What libtorrent reads from a .torrent file. Throws when it refuses the file. */
export function inspect(torrent: Uint8Array): InspectedTorrent {
  return ask({ action: "inspect", torrent: Buffer.from(torrent).toString("base64") }) as InspectedTorrent;
}

/** A .torrent file as libtorrent opens it. */
export interface OpenedTorrent {
  v1: string | null;
  v2: string | null;
  private: boolean;
  pieceCount: number;
  /** Pads and symbolic links left out. `entry`: the index among all entries. */
  files: { entry: number; length: number; offset: number }[];
}

/** What libtorrent makes of the bytes of each .torrent file, as they stand; null for one that it refuses. */
export function openAll(torrents: readonly Uint8Array[]): (OpenedTorrent | null)[] {
  const encoded = torrents.map((torrent) => Buffer.from(torrent).toString("base64"));
  return ask({ action: "open_all", torrents: encoded }) as (OpenedTorrent | null)[];
}

/** What libtorrent reads from a magnet link. */
export function readMagnet(link: string): Pick<InspectedTorrent, "v1" | "v2" | "name" | "trackers"> {
  return ask({ action: "magnet", link }) as Pick<InspectedTorrent, "v1" | "v2" | "name" | "trackers">;
}

/** The magnet link that libtorrent makes of a .torrent file. */
export function makeMagnet(torrent: Uint8Array): string {
  const answer = ask({ action: "make_magnet", torrent: Buffer.from(torrent).toString("base64") });
  return (answer as { magnet: string }).magnet;
}
