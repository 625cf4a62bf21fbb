/**
 * A memory folder is a folder of the person's disk in memory, with the handles that browsers give. What is written to
 * a file takes its place when the file is closed. Each way in which a disk or a browser refuses can be set.
 */

type WriteChunk = FileSystemWriteChunkType;

export class MemoryFile {
  readonly kind = "file";
  readonly name: string;
  /** The file's bytes as everybody else sees them. */
  bytes: Uint8Array;
  /** The end of every writing: "closed" or "aborted". */
  readonly ends: string[];
  /** Thrown instead of opening, writing or closing. */
  refuses: { open?: Error; write?: Error; close?: Error; abort?: Error };
  /** Called when it has been written. */
  closed: () => void;

  constructor(name: string, bytes = new Uint8Array()) {
    this.name = name;
    this.bytes = bytes;
    this.ends = [];
    this.refuses = {};
    this.closed = () => {};
  }

  get text(): string {
    return new TextDecoder().decode(this.bytes);
  }

  get handle(): FileSystemFileHandle {
    return this as unknown as FileSystemFileHandle;
  }

  async createWritable(): Promise<FileSystemWritableFileStream> {
    const parts: Uint8Array[] = [];
    const { refuses } = this;
    if (refuses.open) throw refuses.open;
    const writable = {
      write: async (part: WriteChunk) => {
        if (refuses.write) throw refuses.write;
        // A copy, as the caller's buffer may be shared with the next part.
        parts.push((part as Uint8Array).slice());
      },
      close: async () => {
        if (refuses.close) throw refuses.close;
        this.bytes = new Uint8Array(Buffer.concat(parts));
        this.ends.push("closed");
        this.closed();
      },
      abort: async () => {
        this.ends.push("aborted");
        if (refuses.abort) throw refuses.abort;
      },
    };
    return writable as unknown as FileSystemWritableFileStream;
  }
}

export class MemoryFolder {
  readonly kind = "directory";
  readonly name: string;
  readonly #children: Map<string, MemoryFile | MemoryFolder>;
  readonly #refuses: (name: string) => Error | null;

  /** `refuses`: why a file or folder of this name may not be made; null when it may. */
  constructor(name: string, refuses: (name: string) => Error | null = () => null) {
    this.name = name;
    this.#children = new Map();
    this.#refuses = refuses;
  }

  get handle(): FileSystemDirectoryHandle {
    return this as unknown as FileSystemDirectoryHandle;
  }

  /** Every file below, by its path with slashes. */
  get files(): Map<string, MemoryFile> {
    const found = new Map<string, MemoryFile>();
    for (const [name, child] of this.#children) {
      if (child.kind === "file") found.set(name, child);
      else for (const [path, file] of child.files) found.set(`${name}/${path}`, file);
    }
    return found;
  }

  async getDirectoryHandle(name: string, options?: { create?: boolean }): Promise<MemoryFolder> {
    return this.#child(name, "directory", options, () => new MemoryFolder(name, this.#refuses));
  }

  async getFileHandle(name: string, options?: { create?: boolean }): Promise<MemoryFile> {
    return this.#child(name, "file", options, () => new MemoryFile(name));
  }

  #child<Child extends MemoryFile | MemoryFolder>(
    name: string,
    kind: Child["kind"],
    options: { create?: boolean } | undefined,
    make: () => Child,
  ): Child {
    const refusal = this.#refuses(name);
    if (refusal) throw refusal;
    const found = this.#children.get(name);
    if (found && found.kind !== kind) throw new DOMException("of another kind", "TypeMismatchError");
    if (!found && !options?.create) throw new DOMException("not there", "NotFoundError");
    const child = (found as Child | undefined) ?? make();
    this.#children.set(name, child);
    return child;
  }
}
