/** The words of pieces say how many of a share are here, and how many of the others a connected peer has. Pure. */

import type { ShareSnapshot } from "../../bridge/commands.ts";
import { countPieces } from "../piece-cells.ts";
import { countInWords, plural } from "./quantities.ts";

/** The sentence that belongs to the map of pieces. */
export function pieceSentence(share: ShareSnapshot): string {
  const { pieceCount } = share;
  if (share.fromFiles) {
    return share.ownFiles?.missing == null
      ? `All ${plural(pieceCount, "piece")} are here: you are the origin.`
      : `${plural(pieceCount, "piece")} of your own files, which cannot all be read now.`;
  }
  const { stored, offered, nowhere } = countPieces(share.have, share.availability, pieceCount);
  if (stored === pieceCount) return `All ${plural(pieceCount, "piece")} are here.`;
  const clauses = [`${countInWords(stored)} of ${plural(pieceCount, "piece")} are here`];
  if (offered > 0) clauses.push(`${countInWords(offered)} more are with connected peers`);
  if (nowhere > 0) clauses.push(`${countInWords(nowhere)} with nobody who is connected`);
  return `${clauses.join(", ")}.`;
}
