/**
 * What an intake leaves out of a share is named, so that nothing is lost without a word. Browsers hide some things from
 * every page, and those cannot be named: symbolic links below a folder (both browsers), pipes and files whose names
 * are not in UTF-8 (Firefox), and, in a folder that was picked rather than dropped, empty folders and whatever has such
 * a name. Chromium shows a pipe as an empty file.
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
