/** The piece length of a new torrent: chosen by the torrent's size. */

const KIB = 1024;

/**
 * Largest total, in bytes, for each piece length. The table is libtorrent's and balances the size of the hash list
 * against that of a piece. Its entries below 64 KiB are left out, because small pieces cost messages.
 */
const TABLE: readonly (readonly [largestTotal: number, pieceLength: number])[] = [
  [42_949_673, 64 * KIB],
  [171_798_692, 128 * KIB],
  [687_194_767, 256 * KIB],
  [2_748_779_069, 512 * KIB],
  [10_995_116_278, 1024 * KIB],
  [43_980_465_111, 2048 * KIB],
  [175_921_860_444, 4096 * KIB],
  [703_687_441_777, 8192 * KIB],
];

/**
 * Bytes of a piece for a torrent of `totalBytes`: a power of two from 64 KiB to 16 MiB. 500 MB get pieces of 256 KiB.
 */
export function pieceLengthFor(totalBytes: number): number {
  return TABLE.find(([largestTotal]) => totalBytes <= largestTotal)?.[1] ?? 16384 * KIB;
}
