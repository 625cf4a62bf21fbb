/**
 * What links and .torrent files say of a torrent besides its hashes: which of its files they ask for (BEP 53), and web
 * seeds (BEP 19). The selection is kept until it is known which files there are; from then on it is the person's.
 */
import { entryIndices } from "./file-list.ts";
import type { ShareLink } from "./share-link.ts";
import type { TorrentInfo } from "./torrent-info.ts";

type Hints = Pick<ShareLink, "select" | "webSeeds">;

export class LinkHints {
  #select: readonly number[] | null;
  #webSeeds: readonly string[];

  constructor({ select, webSeeds }: Hints) {
    this.#select = select;
    this.#webSeeds = webSeeds;
  }

  /** Indices of the files asked for, as links count them (file-list.ts); null for all, and once the files are known. */
  get select(): readonly number[] | null {
    return this.#select;
  }

  get webSeeds(): readonly string[] {
    return this.#webSeeds;
  }

  /**
   * Takes what another link says. Files that it asks for join those asked for before; where all are asked for, all stay
   * so. A link without a selection changes none: the page's own address is one, and is opened at every reload.
   */
  add({ select, webSeeds }: Hints): void {
    if (this.#select !== null && select !== null)
      this.#select = [...new Set([...this.#select, ...select])].sort((a, b) => a - b);
    this.#webSeeds = [...new Set([...this.#webSeeds, ...webSeeds])];
  }

  /** The files asked for, one byte each (1 wanted); null for all, and where none of them is there. Forgets them. */
  takeSelection(info: TorrentInfo): Uint8Array | null {
    const select = new Set(this.#select);
    this.#select = null;
    const wanted = Uint8Array.from(entryIndices(info), (index) => Number(select.has(index)));
    return wanted.includes(1) ? wanted : null;
  }
}
