/**
 * The hints that links and .torrent files give about a torrent: which of its files to download (BEP 53), and web
 * seeds (BEP 19). The selection is kept until the info dictionary is known. From then on, the person selects.
 */
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

  /**
   * Indices of the selected files, pads counted (torrent-info.ts). Null for all files, and once the info dictionary is
   * known.
   */
  get select(): readonly number[] | null {
    return this.#select;
  }

  get webSeeds(): readonly string[] {
    return this.#webSeeds;
  }

  /**
   * Adds the hints of another link. Its files join the selected ones; if all files are selected, they stay so. A link
   * without a selection changes nothing, because the page's own address is such a link and is opened at every reload.
   */
  add({ select, webSeeds }: Hints): void {
    if (this.#select !== null && select !== null)
      this.#select = [...new Set([...this.#select, ...select])].sort((a, b) => a - b);
    this.#webSeeds = [...new Set([...this.#webSeeds, ...webSeeds])];
  }

  /**
   * Returns the selected files, one byte for each file (1 for wanted), and forgets the selection. Null for all files,
   * and when the torrent has none of the selected files.
   */
  takeSelection(info: TorrentInfo): Uint8Array | null {
    const select = new Set(this.#select);
    this.#select = null;
    const wanted = Uint8Array.from(info.entryIndices, (index) => Number(select.has(index)));
    return wanted.includes(1) ? wanted : null;
  }
}
