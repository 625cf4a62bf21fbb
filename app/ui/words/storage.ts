/**
 * The words of storage say how much of it is used and free, whether the browser may delete it, what it deleted, and
 * what a person can do for more room. Pure.
 */

import type { ShareSnapshot, StorageSnapshot } from "../../bridge/commands.ts";
import { MUCH_TO_COME } from "../constants.ts";
import { plural, sizeInWords } from "./quantities.ts";
import { visibleName } from "./visible-name.ts";

/** How much is used, and how much is free as far as that is known. */
export function storageSentence(storage: StorageSnapshot | null): string {
  if (storage === null) return "This browser does not tell how much Shoal stores, or how much is free.";
  const used = `${sizeInWords(storage.used)} used`;
  if (storage.free === null) return `${used}. This browser does not tell how much is free.`;
  return `${used}, ${sizeInWords(storage.free)} free.`;
}

/** Whether the browser may delete what is stored. `refused`: the person just asked it not to, in vain. */
export function persistenceSentence(persisted: boolean, refused: boolean): string {
  if (persisted) return "This browser keeps it until you remove it.";
  if (refused)
    return "It stays as it is: this browser may delete it when the disk gets full. Some browsers agree only once Shoal is installed as an app, or used often.";
  return "This browser may delete it by itself when the disk gets full.";
}

/** The data that are left of shares that were removed without them. */
export function forgottenWords(count: number): string {
  return `Left of ${plural(count, "removed share")}`;
}

/** Told before what is stored of a share is given up. */
export const FREE_EXPLANATION =
  "The share stays in your list. It can be downloaded again as long as somebody has it. Files that you saved to disk are not touched.";

/** Told before what is left of removed shares is given up. */
export const FREE_FORGOTTEN_EXPLANATION =
  "You removed these shares from the list and kept their data. Once deleted, they would have to be downloaded again.";

/** That the browser deleted something by itself. */
export function lostSentence(lost: readonly { readonly listed: boolean }[]): string {
  const gone = lost.filter(({ listed }) => !listed).length;
  const emptied = lost.length - gone;
  if (emptied === 0)
    return `This browser deleted what Shoal had stored here: ${plural(gone, "share is", "shares are")} gone. A link opens one again, as long as somebody has it.`;
  const other =
    gone === 0 ? "" : ` ${plural(gone, "other is", "others are")} gone altogether; a link opens one again.`;
  return `This browser deleted what it had stored of ${plural(emptied, "share")}. Open it and download it again, as long as somebody has it.${other}`;
}

/**
 * A warning about the room for what is still to come of a share; empty for none. It does not count what
 * other shares need.
 */
export function roomSentence(share: ShareSnapshot, storage: StorageSnapshot | null): string {
  const toCome = share.wantedBytes - share.storedBytes;
  if (
    share.fromFiles ||
    share.folder !== null ||
    toCome <= 0 ||
    (share.phase !== "ready" && share.phase !== "downloading")
  )
    return "";
  const free = storage?.free ?? null;
  if (free !== null)
    return toCome <= free
      ? ""
      : `${sizeInWords(toCome)} to come, and this browser gives Shoal ${sizeInWords(free)} more.`;
  if (toCome < MUCH_TO_COME) return "";
  return `${sizeInWords(toCome)} to come, and this browser does not tell whether it has room for that; private windows have little. If the room runs out, what has arrived is kept, and the download goes on once there is more.`;
}

/** Why a download does not start or go on. `missing`: bytes that do not fit; null where that is unknown. */
export function noRoomSentence(missing: number | null): string {
  return missing === null
    ? "The storage that this browser gives Shoal is full. What has arrived is kept, and the download goes on once there is more room."
    : `This share needs ${sizeInWords(missing)} more than this browser gives Shoal now.`;
}

/** The answer of a browser that was asked for more room, while the share still does not fit. */
export function stillNoRoomSentence(persisted: boolean): string {
  return persisted
    ? "This browser gives more now, and it is still not enough."
    : "This browser did not agree to keep more.";
}

/** The use of making the storage persistent. */
export const PERSIST_EXPLANATION =
  "If you allow Shoal to store lastingly, this browser may give it more. It may ask you.";

/** The state of a share that is downloaded straight into a folder; empty for others. */
export function folderSentence({ folder, size }: ShareSnapshot, isAllHere: boolean): string {
  if (folder === null) return "";
  const name = `“${visibleName(folder.name)}”`;
  switch (folder.state) {
    case "looking":
      return `Looking at what is in the folder ${name} already: ${sizeInWords(folder.looked)} of ${sizeInWords(size ?? 0)}.`;
    case "waiting":
      return `This share is downloaded straight into the folder ${name}. Allow Shoal to write there again: what is there already is found.`;
    case "writing":
      return isAllHere
        ? `The files are in the folder ${name}. Shoal reads them there to share them.`
        : `Downloaded straight into the folder ${name}. A file that is whole stays there, whatever happens. Before you close this page, let it ask you: then what has come of the others stays too. If the tab crashes, those begin again.`;
  }
}

/** The use of downloading straight into a folder. */
export const FOLDER_EXPLANATION =
  "Or download straight into a folder on your disk, without the browser’s storage. Others get it from there too, as long as this page is open.";

/** Why a share in a folder stopped. Null for all other shares and errors. */
export function folderErrorSentence({ folder, error }: ShareSnapshot): string | null {
  if (folder === null || error === null || !error.code.startsWith("storage/")) return null;
  const reason = error.detail === "" ? "" : ` (${visibleName(error.detail)})`;
  return `The folder “${visibleName(folder.name)}” cannot be written to${reason}. Files that are whole are kept; of the others, the latest part comes again. Make room on the disk, then try again.`;
}
