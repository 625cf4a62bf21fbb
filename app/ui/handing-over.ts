/** Handing over gives small things to the person: a text on the clipboard, something made here as a download. */

import { DOWNLOAD_GRACE } from "../page/constants.ts";

/**
 * Copies a text to the clipboard. It may be on its way: some browsers allow it only within the press's own task. False
 * if it failed: a browser may refuse, and insecure pages have no clipboard.
 */
export async function copyText(text: string | Promise<string>): Promise<boolean> {
  try {
    if (typeof text === "string") await navigator.clipboard.writeText(text);
    else {
      const blob = text.then((words) => new Blob([words], { type: "text/plain" }));
      await navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })]);
    }
    return true;
  } catch {
    return false;
  }
}

/** Hands a link to the system's sheet. False if the person closed it: nothing was passed on. */
export async function passToSheet(title: string, link: Promise<string>): Promise<boolean> {
  try {
    await navigator.share({ title, url: await link });
    return true;
  } catch {
    return false;
  }
}

/** Downloads `bytes` that were made here as a file. The files of a share go through page/saving.ts. */
export function downloadBytes(bytes: Uint8Array | Blob, name: string, type: string): void {
  const anchor = document.createElement("a");
  anchor.href = URL.createObjectURL(new Blob([bytes as BlobPart], { type }));
  anchor.download = name;
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(anchor.href), DOWNLOAD_GRACE);
}
