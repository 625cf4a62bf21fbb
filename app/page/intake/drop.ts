/** A drop, as the browser hands it over. Text and links that are dropped or pasted are read by transferred-text.ts. */

import { type Intake, makeIntake } from "./intake.ts";
import { type IntakeOptions, Pace } from "./pace.ts";
import { type DroppedItem, walk } from "./walk.ts";

/** Chromium's method, unknown to TypeScript: the only way to a handle that lasts. */
interface ItemWithHandle {
  getAsFileSystemHandle?(): Promise<FileSystemHandle | null>;
}

/**
 * Takes the files and folders that were dropped, whole folders with all that is in them. To be called in the event's
 * own task: the browser empties `data` afterwards.
 * @throws ShoalError torrent/empty without files, source/unreadable when none can be opened, share/cancelled
 */
export async function intakeDrop(data: DataTransfer, options: IntakeOptions = {}): Promise<Intake> {
  const items = [...data.items].filter(({ kind }) => kind === "file").map(takeItem);
  return intakeItems(
    (await Promise.all(items)).filter((item) => item !== null),
    options,
  );
}

/** As `intakeDrop`, for a folder or files that a picker of Chromium gave (pickers.ts). */
export async function intakeHandles(
  handles: readonly FileSystemHandle[],
  options: IntakeOptions = {},
): Promise<Intake> {
  const items = handles.map((handle) => ({ name: handle.name, entry: null, handle, file: null }));
  const intake = await intakeItems(items, options);
  return { ...intake, mayLack: handles.some(({ kind }) => kind === "directory") };
}

async function intakeItems(items: readonly DroppedItem[], options: IntakeOptions): Promise<Intake> {
  return makeIntake(await walk(items, new Pace(options)));
}

/** All three forms are asked for at once, before anything is waited for. */
async function takeItem(item: DataTransferItem): Promise<DroppedItem | null> {
  // Chromium stops a page without a secure origin that calls it.
  const handling = isSecureContext
    ? (item as ItemWithHandle).getAsFileSystemHandle?.().catch(() => null)
    : undefined;
  const entry = item.webkitGetAsEntry();
  const file = item.getAsFile();
  const handle = (await handling) ?? null;
  const name = (entry ?? handle ?? file)?.name;
  return name === undefined ? null : { name, entry, handle, file };
}
