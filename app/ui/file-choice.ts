/**
 * A file choice is the browser's dialog for files or for a folder. Where the browser has pickers, their handles are
 * taken, by which a share goes on after a reload. Otherwise the dialog is that of an input, which each element with such
 * a choice has. Its files are told by the input, as a FilesPickedEvent.
 *
 * Chromium's folder picker refuses some folders whole, such as Downloads, and tells only that nothing was chosen. So
 * then the input's dialog is offered.
 */

import { intakeHandles } from "../page/intake/drop.ts";
import { intakeFiles } from "../page/intake/pick.ts";
import { pickHandles } from "../page/intake/pickers.ts";
import { NoticeEvent } from "./notices.ts";
import { FilesPickedEvent } from "./requests.ts";
import { noFolderSentence, otherWayLabel } from "./words/intake.ts";

/** Opens the choice that the input stands for; to be called within a press. */
export async function openChoice(input: HTMLInputElement): Promise<void> {
  const folder = input.webkitdirectory;
  const handles = await pickHandles({ folder, multiple: input.multiple });
  if (handles === undefined) input.click();
  else if (handles !== null)
    input.dispatchEvent(new FilesPickedEvent((options) => intakeHandles(handles, options)));
  else if (folder) {
    const action = { label: otherWayLabel, act: () => input.click() };
    input.dispatchEvent(new NoticeEvent(noFolderSentence, "done", action));
  }
}

/** Tells what was chosen in an input. */
export function handleChosen({ target }: Event): void {
  const input = target as HTMLInputElement;
  const files = [...(input.files ?? [])];
  // Emptied, so that picking the same files again is a change again.
  input.value = "";
  if (files.length > 0) input.dispatchEvent(new FilesPickedEvent((options) => intakeFiles(files, options)));
}
