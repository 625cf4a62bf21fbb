/** The words of an action are the label of its button. Pure. */

import type { ShareSnapshot } from "../../bridge/commands.ts";
import type { PrimaryAction } from "../primary-action.ts";
import { isAllHere } from "../share-progress.ts";

/** The button's words. */
export function actionLabel(action: PrimaryAction, share: ShareSnapshot): string {
  switch (action) {
    case "download":
      return "Download";
    case "pause":
      return share.phase === "seeding" ? "Pause sharing" : "Pause";
    case "resume":
      if (share.phase === "failed") return "Try again";
      return isAllHere(share) ? "Resume sharing" : "Resume";
    case "save":
      return share.fileCount === 1 ? "Save" : "Save all";
    case "copy":
      return "Copy link";
    case "go-on":
      return "Go on sharing";
    case "go-on-in-folder":
      return "Go on in the folder";
    case "choose-files":
      return "Choose the files again";
  }
}
