/**
 * The pickers are Chromium's dialogs for files and folders that a page may read. Unlike an input, they give handles, by
 * which a share goes on after a reload. Other browsers have only an input (pick.ts).
 */

/** Unknown to TypeScript. */
interface Pickers {
  showOpenFilePicker?(options: { multiple: boolean; id: string }): Promise<FileSystemFileHandle[]>;
  showDirectoryPicker?(options: { mode: "read"; id: string }): Promise<FileSystemDirectoryHandle>;
}

/** The folder in which a dialog opens next time is remembered under this name. */
const id = "shoal-share";

export interface PickOptions {
  readonly folder: boolean;
  /** Several files may be picked. */
  readonly multiple: boolean;
}

/**
 * Opens the dialog; to be called within a press. Resolves with what was picked; with null when the person closed the
 * dialog; with undefined when there is none, or the browser refuses to show it. Then an input is the other way.
 */
export async function pickHandles({
  folder,
  multiple,
}: PickOptions): Promise<readonly FileSystemHandle[] | null | undefined> {
  const pickers = window as Pickers;
  try {
    if (!folder) return await pickers.showOpenFilePicker?.({ multiple, id });
    const handle = await pickers.showDirectoryPicker?.({ mode: "read", id });
    return handle && [handle];
  } catch (error) {
    const name = error instanceof DOMException ? error.name : "";
    // The second one: such a dialog is open already.
    return name === "AbortError" || name === "NotAllowedError" ? null : undefined;
  }
}
