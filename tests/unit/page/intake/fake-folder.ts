/**
 * A fake folder is what Chromium gives for a folder that is dropped: entries that know every name, and handles that hide
 * some. It can hold what real folders hold only now and then: what cannot be read, folders without end.
 */

import type { DroppedItem } from "../../../../app/page/intake/walk.ts";

/** A file's content, a folder's children, or what cannot be read. */
export type FakeNode = string | { readonly [name: string]: FakeNode } | typeof unreadable | (() => FakeNode);
export const unreadable = Symbol("cannot be read");

/** How often each was asked for, and how many files were being opened at once at most. */
export interface Asked {
  entriesOpened: number;
  handlesOpened: number;
  mostAtOnce: number;
}

export interface FakeOptions {
  /** Names that the folder's handles do not tell; without handles, the browser has none. */
  readonly hidden?: (name: string) => boolean;
  readonly withoutHandles?: boolean;
  /** Children in one batch. */
  readonly batch?: number;
}

const error = () => new DOMException("", "NotReadableError");

export class FakeFolder {
  readonly asked: Asked;
  readonly #options: FakeOptions;
  #opening: number;

  constructor(options: FakeOptions = {}) {
    this.#options = options;
    this.asked = { entriesOpened: 0, handlesOpened: 0, mostAtOnce: 0 };
    this.#opening = 0;
  }

  /** What a drop of these gives. */
  drop(nodes: Record<string, FakeNode>): DroppedItem[] {
    return Object.entries(nodes).map(([name, node]) => this.item(name, node));
  }

  item(name: string, node: FakeNode): DroppedItem {
    const handle = this.#options.withoutHandles ? null : this.handle(name, node);
    return { name, entry: this.entry(name, node), handle, file: null };
  }

  entry(name: string, node: FakeNode): FileSystemEntry {
    const isDirectory = isFolder(node);
    const file = (resolve: (file: File) => void, reject: (error: unknown) => void) => {
      this.asked.entriesOpened++;
      void this.#open(name, node).then(resolve, reject);
    };
    const createReader = () => {
      const children = childrenOf(node).map(([child, each]) => this.entry(child, each));
      const readEntries = (resolve: (batch: FileSystemEntry[]) => void, reject: (error: unknown) => void) => {
        if (node === unreadable || unreadable in Object(node)) reject(error());
        else resolve(children.splice(0, this.#options.batch ?? 100));
      };
      return { readEntries };
    };
    return { name, isFile: !isDirectory, isDirectory, file, createReader } as unknown as FileSystemEntry;
  }

  handle(name: string, node: FakeNode): FileSystemHandle {
    const getFile = () => {
      this.asked.handlesOpened++;
      return this.#open(name, node);
    };
    const kind = isFolder(node) ? "directory" : "file";
    return { name, kind, getFile, values: () => this.#handles(node) } as unknown as FileSystemHandle;
  }

  async *#handles(node: FakeNode): AsyncGenerator<FileSystemHandle> {
    if (unreadable in Object(node)) throw error();
    for (const [name, child] of childrenOf(node)) {
      if (!this.#options.hidden?.(name)) yield this.handle(name, child);
    }
  }

  async #open(name: string, node: FakeNode): Promise<File> {
    this.#opening++;
    this.asked.mostAtOnce = Math.max(this.asked.mostAtOnce, this.#opening);
    await Promise.resolve();
    this.#opening--;
    if (typeof node !== "string") throw error();
    return new File([node], name, { lastModified: 0 });
  }
}

function isFolder(node: FakeNode): boolean {
  return typeof node === "object" || typeof node === "function";
}

function childrenOf(node: FakeNode): [string, FakeNode][] {
  const folder = typeof node === "function" ? node() : node;
  return Object.entries(folder);
}
