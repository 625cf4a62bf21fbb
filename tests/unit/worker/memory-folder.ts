/**
 * A memory folder is a folder of the person's disk in memory, with the handles that browsers give. What is written to
 * a file takes its place when the file is closed. Each way in which a disk or a browser refuses can be set.
 */

type WriteChunk = FileSystemWriteChunkType;

export class MemoryFile {
  readonly kind = "file";
  name: string;
  /** The file's bytes as everybody else sees them. */
  bytes: Uint8Array;
  /** Milliseconds since 1970. */
  lastModified: number;
  /** The end of every writing: "closed" or "aborted". */
  readonly ends: string[];
  /** Thrown instead of opening, writing or closing. */
  refuses: { open?: Error; write?: Error; close?: Error; abort?: Error };
  /** Called when it has been written. */
  closed: () => void;
  readonly #folder: MemoryFolder | null;

  /** `folder`: where its swap files are seen while it is written. */
  constructor(name: string, bytes = new Uint8Array(), folder: MemoryFolder | null = null) {
    this.name = name;
    this.bytes = bytes;
    this.lastModified = 1;
    this.ends = [];
    this.refuses = {};
    this.closed = () => {};
    this.#folder = folder;
  }

  get text(): string {
    return new TextDecoder().decode(this.bytes);
  }

  get handle(): FileSystemFileHandle {
    return this as unknown as FileSystemFileHandle;
  }

  async getFile(): Promise<File> {
    return new File([this.bytes.slice()], this.name, { lastModified: this.lastModified });
  }

  /** Handles stay with their names: that of a file whose place is taken is one of the new file. */
  async move(name: string): Promise<void> {
    const target = this.#folder?.children.get(name);
    this.#folder?.children.delete(this.name);
    if (target?.kind === "file") {
      target.bytes = this.bytes;
      target.lastModified = this.lastModified;
    } else {
      this.name = name;
      this.#folder?.children.set(name, this);
    }
  }

  async createWritable({ keepExistingData = false } = {}): Promise<FileSystemWritableFileStream> {
    if (this.refuses.open) throw this.refuses.open;
    const swap = new MemoryFile(
      `${this.name}.crswap`,
      keepExistingData ? this.bytes.slice() : undefined,
      this.#folder,
    );
    this.#folder?.children.set(swap.name, swap);
    let position = 0;
    const writable = {
      write: async (chunk: WriteChunk) => {
        const { write } = this.refuses;
        if (write) {
          this.#folder?.children.delete(swap.name);
          throw write;
        }
        const isPart = chunk instanceof Uint8Array;
        const { position: at, data } = isPart ? { position, data: chunk } : (chunk as WriteParams);
        const part = data as Uint8Array;
        swap.#put(at!, part);
        position = at! + part.length;
      },
      close: async () => {
        this.#folder?.children.delete(swap.name);
        if (this.refuses.close) throw this.refuses.close;
        this.bytes = swap.bytes;
        this.lastModified++;
        this.ends.push("closed");
        this.closed();
      },
      abort: async () => {
        this.#folder?.children.delete(swap.name);
        this.ends.push("aborted");
        if (this.refuses.abort) throw this.refuses.abort;
      },
    };
    return writable as unknown as FileSystemWritableFileStream;
  }

  /** A copy is put in, as the caller's buffer may be shared with the next part. */
  #put(position: number, part: Uint8Array): void {
    const bytes = new Uint8Array(Math.max(this.bytes.length, position + part.length));
    bytes.set(this.bytes);
    bytes.set(part, position);
    this.bytes = bytes;
  }
}

export class MemoryFolder {
  readonly kind = "directory";
  readonly name: string;
  readonly children: Map<string, MemoryFile | MemoryFolder>;
  readonly #refuses: (name: string) => Error | null;

  /** `refuses`: why a file or folder of this name may not be made; null when it may. */
  constructor(name: string, refuses: (name: string) => Error | null = () => null) {
    this.name = name;
    this.children = new Map();
    this.#refuses = refuses;
  }

  get handle(): FileSystemDirectoryHandle {
    return this as unknown as FileSystemDirectoryHandle;
  }

  /** Every file below, by its path with slashes. */
  get files(): Map<string, MemoryFile> {
    const found = new Map<string, MemoryFile>();
    for (const [name, child] of this.children) {
      if (child.kind === "file") found.set(name, child);
      else for (const [path, file] of child.files) found.set(`${name}/${path}`, file);
    }
    return found;
  }

  async getDirectoryHandle(name: string, options?: { create?: boolean }): Promise<MemoryFolder> {
    return this.#child(name, "directory", options, () => new MemoryFolder(name, this.#refuses));
  }

  async getFileHandle(name: string, options?: { create?: boolean }): Promise<MemoryFile> {
    return this.#child(name, "file", options, () => new MemoryFile(name, undefined, this));
  }

  async removeEntry(name: string): Promise<void> {
    if (!this.children.delete(name)) throw new DOMException("not there", "NotFoundError");
  }

  async *keys(): AsyncGenerator<string, void, undefined> {
    yield* [...this.children.keys()];
  }

  #child<Child extends MemoryFile | MemoryFolder>(
    name: string,
    kind: Child["kind"],
    options: { create?: boolean } | undefined,
    make: () => Child,
  ): Child {
    const refusal = this.#refuses(name);
    if (refusal) throw refusal;
    const found = this.children.get(name);
    if (found && found.kind !== kind) throw new DOMException("of another kind", "TypeMismatchError");
    if (!found && !options?.create) throw new DOMException("not there", "NotFoundError");
    const child = (found as Child | undefined) ?? make();
    this.children.set(name, child);
    return child;
  }
}
