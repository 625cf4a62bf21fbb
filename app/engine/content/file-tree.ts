/**
 * The file tree of a v2 info dictionary (BEP 52): reads and writes it. It consists of nested dictionaries, and an
 * empty key marks a file. Example: `{ docs: { "a.txt": { "": { length: 5, "pieces root": … } } } }` holds docs/a.txt.
 */
import { ShoalError } from "../errors.ts";
import { type BencodeDictionary, type BencodeInput, keyFromBytes, keyToBytes } from "./bencode.ts";
import { HASH_LENGTH } from "./merkle.ts";
import { showPath } from "./path-name.ts";
import { encodeUtf8, isAscii } from "./utf8.ts";
import {
  isLink,
  isPad,
  PathBudget,
  type ReadName,
  readLength,
  type WrittenFile,
  type WrittenName,
} from "./written-file.ts";

/**
 * Reads a file tree. The files and symbolic links come in the order of the tree, and each file starts on a piece
 * boundary. A file that ends within a piece is followed by a pad, which the tree does not show: BEP 53 counts it, because
 * libtorrent inserts it.
 *
 * @throws ShoalError `torrent/malformed`, `torrent/too-many-names`
 */
export function decodeFileTree(
  tree: BencodeDictionary,
  pieceLength: number,
  readName: ReadName,
): WrittenFile[] {
  const files: WrittenFile[] = [];
  const budget = new PathBudget();
  let offset = 0;
  let entries = 0;

  const visit = (folder: BencodeDictionary, parents: readonly WrittenName[]): void => {
    for (const [key, node] of folder) {
      if (key === "") throw malformed("info.file tree", parents);
      const path = [...parents, readName(keyToBytes(key))];
      budget.take(path);
      if (!(node instanceof Map)) throw malformed("info.file tree", path);
      const entry = node.get("");
      if (entry === undefined) {
        visit(node, path);
        continue;
      }
      if (!(entry instanceof Map) || node.size !== 1) throw malformed("info.file tree", path);
      const file = decodeFile(entry, path, offset, entries++);
      files.push(file);
      const end = Math.ceil(file.length / pieceLength) * pieceLength;
      if (end > file.length) entries++;
      offset += end;
      if (!Number.isSafeInteger(offset)) throw new ShoalError("torrent/malformed", "info.length: >2^53");
    }
  };

  visit(tree, []);
  return files;
}

function malformed(what: string, path: readonly WrittenName[]): ShoalError {
  return new ShoalError("torrent/malformed", `${what}: ${showPath(path.map(({ text }) => text))}`);
}

function decodeFile(
  entry: BencodeDictionary,
  path: readonly WrittenName[],
  offset: number,
  index: number,
): WrittenFile {
  if (isPad(entry)) throw malformed("info.attr", path);
  const link = isLink(entry);
  const length = link ? 0 : readLength(entry);
  if (length === 0) return { path, length, offset, piecesRoot: null, isLink: link, entry: index };
  const piecesRoot = entry.get("pieces root");
  if (!(piecesRoot instanceof Uint8Array) || piecesRoot.length !== HASH_LENGTH)
    throw malformed("info.pieces root", path);
  return { path, length, offset, piecesRoot, isLink: false, entry: index };
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
      const key = isAscii(name) ? name : keyFromBytes(encodeUtf8(name));
      const found = node.get(key) as Node | undefined;
      const child: Node = found ?? new Map();
      if (found === undefined) node.set(key, child);
      node = child;
    }
    node.set("", { length, "pieces root": piecesRoot ?? undefined });
  }
  return root;
}
