/**
 * A torrent's about is what its sender tells beside the info dictionary (content/about.ts). The share link commits to
 * it, so that nobody in the swarm can put words into the sender's mouth:
 *
 * | known | from | what follows |
 * | --- | --- | --- |
 * | nothing | a link that commits to none | nothing is asked for, and nothing is shown |
 * | its hash | the link | it is fetched once the info dictionary is known |
 * | its bytes | a peer, checked against the hash, or this device's own files | it is shown, and passed on |
 *
 * An about that is known stays, whatever another link commits to. One that cannot be read is passed on and not shown:
 * its sender may have a newer Shoal. part-exchange.ts fetches and serves the bytes.
 */
import { type About, aboutHashOf, readAbout } from "../content/about.ts";
import { equalBytes } from "../content/info-hash.ts";
import { ShoalError } from "../errors.ts";
import type { Host, TorrentRecord } from "../host.ts";
import type { AboutOffer } from "../wire/extended.ts";
import type { Pieces } from "./pieces/pieces.ts";

/** The part of the torrent that its about needs. */
export interface AboutContext {
  readonly host: Host;
  readonly pieces: Pieces | null;
}

type AboutFields = Pick<TorrentRecord, "about" | "aboutHash">;

export class TorrentAbout {
  readonly #torrent: AboutContext;
  #bytes: Uint8Array | null;
  #hash: Uint8Array | null;
  /** Null when the bytes cannot be read; undefined before they were. */
  #content: About | null | undefined;
  #version: number;

  constructor(torrent: AboutContext, { about, aboutHash }: AboutFields) {
    this.#torrent = torrent;
    this.#bytes = null;
    this.#hash = aboutHash;
    this.#content = undefined;
    this.#version = 0;
    if (about !== null) this.accept(about);
  }

  /** Bencoded; null while it is unknown. */
  get bytes(): Uint8Array | null {
    return this.#bytes;
  }

  /** The commitment, 16 bytes; null when there is none. */
  get hash(): Uint8Array | null {
    return this.#hash;
  }

  /** The hash and size that peers are told; null while it is unknown. */
  get offer(): AboutOffer | null {
    return this.#bytes === null ? null : { hash: this.#hash!, size: this.#bytes.length };
  }

  /** Grows when what is to be shown changes. */
  get version(): number {
    return this.content === null ? this.#version : this.#version + 1;
  }

  get isWanted(): boolean {
    return this.#hash !== null && this.#bytes === null && this.#torrent.pieces !== null;
  }

  /** The about, read; null while it or the info dictionary is unknown, and when it cannot be read. */
  get content(): About | null {
    const { pieces, host } = this.#torrent;
    if (this.#bytes === null || pieces === null) return null;
    if (this.#content !== undefined) return this.#content;
    try {
      this.#content = readAbout(this.#bytes, pieces.info.files.length);
    } catch (error) {
      if (!(error instanceof ShoalError)) throw error;
      this.#content = null;
      host.log("about-unreadable", { reason: error.detail });
    }
    return this.#content;
  }

  /** Whether a peer has this very about. */
  isAt(offer: AboutOffer | null): boolean {
    return offer !== null && this.#hash !== null && equalBytes(offer.hash, this.#hash);
  }

  /** Takes an about that has the hash. False when it does not. Without a commitment, any has it. */
  accept(bytes: Uint8Array): boolean {
    const hash = aboutHashOf(bytes);
    if (this.#hash !== null && !equalBytes(hash, this.#hash)) return false;
    this.#set(bytes, hash);
    return true;
  }

  /** Takes what another link or record of the same torrent tells, while the about is unknown. */
  add({ about, aboutHash }: AboutFields): void {
    if (this.#bytes !== null) return;
    if (aboutHash !== null && !(this.#hash !== null && equalBytes(aboutHash, this.#hash)))
      this.#hash = aboutHash;
    if (about !== null) this.accept(about);
  }

  /** Replaces the about, and with it the commitment. Null for none. */
  replace(bytes: Uint8Array | null): void {
    this.#set(bytes, bytes === null ? null : aboutHashOf(bytes));
  }

  #set(bytes: Uint8Array | null, hash: Uint8Array | null): void {
    this.#bytes = bytes;
    this.#hash = hash;
    this.#content = undefined;
    // By two, because `version` adds one while something is shown.
    this.#version += 2;
  }
}
