/**
 * Saving puts complete files on the person's disk. It takes the first way that works:
 *
 * | way | needs |
 * | --- | --- |
 * | the worker writes into a file or a folder that the person chose | a picker (Chromium) |
 * | the service worker streams a download | a service worker, and files that are in the database |
 * | the browser downloads a Blob | nothing |
 *
 * Several files are written only into a folder (`saveToFolder`). As a download, they are one zip (`saveAll`). If the
 * person closes a picker without choosing, saving ends quietly.
 */

import type { ShareSnapshot } from "../bridge/commands.ts";
import { SafePaths, safeName, zipName } from "../bridge/safe-names.ts";
import { zipTime } from "../bridge/zip-time.ts";
import type { TorrentId } from "../engine/host.ts";
import { DOWNLOAD_GRACE, FILES_PER_QUESTION } from "./constants.ts";
import type { NodeClient } from "./node-client.ts";
import { streamSave } from "./saves.ts";

/** The part of the node that saving needs. */
type Node = Pick<NodeClient, "call" | "snapshot">;

/** The pickers of Chromium, which TypeScript does not know. */
interface Pickers {
  showSaveFilePicker?(options: { suggestedName: string }): Promise<FileSystemFileHandle>;
  showDirectoryPicker?(options: { mode: "readwrite"; id: string }): Promise<FileSystemDirectoryHandle>;
}

/** The same. */
interface HandleToAllow extends FileSystemDirectoryHandle {
  requestPermission?(options: { mode: "readwrite" }): Promise<PermissionState>;
}

const pickers = window as Pickers;

/** Whether `saveToFolder` works in this browser. */
export function canSaveToFolder(): boolean {
  return pickers.showDirectoryPicker !== undefined;
}

/** The handle that was picked; null when the person closed the picker; undefined when the browser did not show it. */
async function pick<Handle>(show: (() => Promise<Handle>) | undefined): Promise<Handle | null | undefined> {
  try {
    return await show?.();
  } catch (error) {
    return error instanceof DOMException && error.name === "AbortError" ? null : undefined;
  }
}

/**
 * Saves one complete file; settles when it is written.
 * @throws ShoalError save/incomplete, save/failed or as reading failed
 */
export async function saveFile(node: Node, id: TorrentId, index: number, name: string): Promise<void> {
  const suggestedName = safeName(name);
  const handle = await pick(
    pickers.showSaveFilePicker && (() => pickers.showSaveFilePicker!({ suggestedName })),
  );
  if (handle === null) return;
  if (handle) {
    await node.call("saveToHandle", { id, file: index, handle });
    return;
  }
  if (!isFromFiles(node, id) && (await streamSave({ torrent: id, file: index }))) return;
  const { blob } = await node.call("blob", { id, file: index });
  downloadBlob(blob, suggestedName);
}

/**
 * Saves everything that is selected: the file itself, or all files as one zip; settles when it is written.
 * @throws ShoalError save/incomplete, save/failed or as reading failed
 */
export async function saveAll(node: Node, share: ShareSnapshot): Promise<void> {
  const name = share.name ?? share.id;
  if (share.singleFile) return saveFile(node, share.id, 0, name);
  if (!share.fromFiles && (await streamSave({ torrent: share.id, file: null }))) return;
  downloadBlob(await zipOf(node, share, name), zipName(name));
}

/**
 * Saves the selected files below a folder that the person chooses.
 * @throws ShoalError save/incomplete, save/failed or as reading failed
 */
export async function saveToFolder(node: Node, share: ShareSnapshot): Promise<void> {
  const handle = await pick(
    pickers.showDirectoryPicker &&
      (() => pickers.showDirectoryPicker!({ mode: "readwrite", id: "shoal-save" })),
  );
  if (handle) await node.call("saveToDirectory", { id: share.id, handle });
}

/**
 * Downloads a share straight into a folder that the person chooses; settles when it has started, or the person closed
 * the picker. To be called within a press.
 * @throws ShoalError save/incomplete, save/exists, save/no-reading or as the browser refused
 */
export async function downloadToFolder(node: Node, id: TorrentId): Promise<void> {
  const folder = await pick(
    pickers.showDirectoryPicker &&
      (() => pickers.showDirectoryPicker!({ mode: "readwrite", id: "shoal-save" })),
  );
  if (folder) await node.call("toFolder", { id, folder });
}

/**
 * Has the browser ask whether a share's folder may be written to again, and goes on there; settles when the download
 * has started, or the person did not allow it. To be called within a press.
 * @throws ShoalError as `downloadToFolder`
 */
export async function goOnInFolder(node: Node, id: TorrentId): Promise<void> {
  const { folder } = await node.call("folder", { id });
  if (folder === null) return;
  const permission = await (folder as HandleToAllow).requestPermission?.({ mode: "readwrite" });
  if (permission === undefined || permission === "granted") await node.call("toFolder", { id, folder });
}

/** Whether the files are the person's own. Those are not in the database, where the service worker reads. */
function isFromFiles(node: Node, id: TorrentId): boolean {
  return node.snapshot?.shares.some((share) => share.id === id && share.fromFiles) ?? false;
}

/** All selected files as one zip, for the last way: the browser keeps its Blob, on disk where it is large. */
async function zipOf(node: Node, { id, fileCount, addedAt }: ShareSnapshot, name: string): Promise<Blob> {
  const { downloadZip } = await import("client-zip");
  const names = new SafePaths();
  async function* inputs() {
    for (let from = 0; from < fileCount; from += FILES_PER_QUESTION) {
      const { files } = await node.call("files", { id, from, to: from + FILES_PER_QUESTION });
      for (const [at, { path, wanted, modified }] of files.entries()) {
        if (!wanted) continue;
        const { blob } = await node.call("blob", { id, file: from + at });
        const lastModified = zipTime(modified, addedAt);
        yield { name: names.add([name, ...path]).join("/"), input: blob, size: blob.size, lastModified };
      }
    }
  }
  return downloadZip(inputs()).blob();
}

function downloadBlob(blob: Blob, name: string): void {
  const anchor = document.createElement("a");
  anchor.href = URL.createObjectURL(blob);
  anchor.download = name;
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(anchor.href), DOWNLOAD_GRACE);
}
