/** The primary action is the action that a share's screen puts first. It depends on what the share is doing. Pure. */

import type { ShareSnapshot } from "../bridge/commands.ts";
import { isAllHere } from "./share-progress.ts";

export type PrimaryAction =
  | "download"
  | "pause"
  | "resume"
  | "save"
  | "copy"
  | "go-on"
  | "go-on-in-folder"
  | "choose-files";

/** The action, or null while there is nothing to do but wait. */
export function primaryAction(share: ShareSnapshot): PrimaryAction | null {
  if (share.needsFiles) return (share.ownFiles?.notAllowed ?? 0) > 0 ? "go-on" : "choose-files";
  if (share.folder?.state === "waiting") return "go-on-in-folder";
  if (share.folder?.state === "looking") return null;
  if (share.phase === "failed") return "resume";
  if (share.fromFiles && share.phase === "paused") return "resume";
  // A members-only share has no link to pass on.
  if (share.fromFiles) return share.link === "" ? null : "copy";
  // Its files are where the person wants them.
  if (share.folder !== null && isAllHere(share)) return share.link === "" ? null : "copy";
  switch (share.phase) {
    case "metadata":
      return null;
    case "ready":
      return share.complete ? "save" : "download";
    case "downloading":
      return "pause";
    case "seeding":
      return "save";
    case "paused":
      return isAllHere(share) ? "save" : "resume";
  }
}

/** The action that is offered besides: to pause or to resume, when that is not the primary action. */
export function secondaryAction(share: ShareSnapshot): "pause" | "resume" | null {
  if (share.needsFiles || (share.folder !== null && share.folder.state !== "writing")) return null;
  const primary = primaryAction(share);
  if (share.phase === "seeding" && primary !== "pause") return "pause";
  if (share.phase === "paused" && primary !== "resume") return "resume";
  return null;
}
