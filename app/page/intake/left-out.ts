/**
 * An intake names all that it leaves out of a share, so that nothing is lost without a word. Some things browsers hide
 * from every page, so they cannot be named:
 *
 * | in a folder | Chromium, dropped | Chromium, picked | Firefox, dropped | Firefox, picked |
 * | --- | --- | --- | --- | --- |
 * | symbolic links | hidden | hidden | hidden | hidden |
 * | files whose names are no UTF-8 | without a name | hidden | hidden | files, with U+FFFD in their names |
 * | folders of such names | without a name | hidden | with U+FFFD, and not to be listed | their files |
 * | empty folders | listed | hidden | listed | hidden |
 * | pipes | empty files | empty files | hidden | hidden |
 */

import type { SharedFile } from "../../bridge/commands.ts";

export type LeftOutReason =
  /** A file that a system or an office program keeps for itself (system-files.ts), or a folder of such files. */
  | "system"
  | "unreadable"
  /** The browser tells no name for it, as with names that are not in UTF-8, and so cannot read it. */
  | "name"
  /** It lies in more folders than a path may have. */
  | "too-deep"
  /** A folder without anything in it. Torrents have files only. */
  | "empty-folder";

export interface LeftOut {
  /** The whole path from what was dropped or picked. A name that is not known is "\uFFFD". */
  readonly path: readonly string[];
  readonly reason: LeftOutReason;
  /** There where the file can be taken in after all: system files that can be opened. */
  readonly file: SharedFile | null;
}
