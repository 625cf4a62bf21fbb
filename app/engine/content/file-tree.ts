/**
 * The file tree of a v2 info dictionary (BEP 52): reads and writes it. It consists of nested dictionaries, and an
 * empty key marks a file. Example: `{ docs: { "a.txt": { "": { length: 5, "pieces root": … } } } }` holds docs/a.txt.
 */
import { ShoalError } from "../errors.ts";
import { type BencodeDictionary, type BencodeInput, keyFromBytes, keyToBytes } from "./bencode.ts";
import { isPad, readLength, readName, refuseSymlink } from "./file-list.ts";
import { HASH_LENGTH } from "./merkle.ts";
import { isSafePath, showPath } from "./path-name.ts";
import type { TorrentFile } from "./torrent-info.ts";
import { encodeUtf8 } from "./utf8.ts";

/**
 * Reads a file tree. The files come in the order of the tree, and each starts on a piece boundary.
 *
 * @throws ShoalError `torrent/malformed`, `torrent/unsafe-path`, `torrent/symbolic-link`
 */
export function decodeFileTree(tree: BencodeDictionary, pieceLength: number): TorrentFile[] {
  const files: TorrentFile[] = [];
  let offset = 0;

  const visit = (folder: BencodeDictionary, parents: readonly string[]): void => {
    for (const [key, node] of folder) {
      const path = [...parents, readName(keyToBytes(key))];
      if (!isSafePath(path)) throw new ShoalError("torrent/unsafe-path", showPath(path));
      if (!(node instanceof Map))
        throw new ShoalError("torrent/malformed", `info.file tree: ${showPath(path)}`);
      const entry = node.get("");
      if (entry === undefined) {
        visit(node, path);
        continue;
      }
      if (!(entry instanceof Map) || node.size !== 1) {
        throw new ShoalError("torrent/malformed", `info.file tree: ${showPath(path)}`);
      }
      const file = decodeFile(entry, path, offset);
      files.push(file);
      offset += Math.ceil(file.length / pieceLength) * pieceLength;
      if (!Number.isSafeInteger(offset)) throw new ShoalError("torrent/malformed", "info.length: >2^53");
    }
  };

  visit(tree, []);
  return files;
}

function decodeFile(entry: BencodeDictionary, path: readonly string[], offset: number): TorrentFile {
  refuseSymlink(entry, path);
  if (isPad(entry)) throw new ShoalError("torrent/malformed", `info.attr: ${showPath(path)}`);
  const length = readLength(entry);
  if (length === 0) return { path, length, offset, piecesRoot: null };
  const piecesRoot = entry.get("pieces root");
  if (!(piecesRoot instanceof Uint8Array) || piecesRoot.length !== HASH_LENGTH) {
    throw new ShoalError("torrent/malformed", `info.pieces root: ${showPath(path)}`);
  }
  return { path, length, offset, piecesRoot };
}

/** A folder or file of the tree. The empty key of a file holds its entry. */
type Node = Map<string, BencodeInput>;

/** The file tree of some files, which may be in any order. Their paths must not clash (findClash). */
export function encodeFileTree(
  files: readonly { path: readonly string[]; length: number; piecesRoot: Uint8Array | null }[],
): Node {
  const root: Node = new Map();
  for (const { path, length, piecesRoot } of files) {
    let node = root;
    for (const name of path) {
      const key = keyFromBytes(encodeUtf8(name));
      const found = node.get(key) as Node | undefined;
      const child: Node = found ?? new Map();
      if (found === undefined) node.set(key, child);
      node = child;
    }
    node.set("", { length, "pieces root": piecesRoot ?? undefined });
  }
  return root;
}
