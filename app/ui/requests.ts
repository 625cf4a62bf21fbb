/** Requests are events by which screens ask something of the app around them. Only the app knows how it is done. */

import type { TorrentId } from "../engine/host.ts";
import type { Draft } from "../page/draft.ts";
import type { Gather } from "./incoming.ts";

/** Files or a folder were picked, or written. */
export class FilesPickedEvent extends Event {
  static readonly type = "shoal-files-picked";
  readonly gather: Gather;

  /** `gather`: looks through them. */
  constructor(gather: Gather) {
    super(FilesPickedEvent.type, { bubbles: true, composed: true });
    this.gather = gather;
  }
}

/** A link or magnet was typed, and is to be opened. */
export class OpenLinkEvent extends Event {
  static readonly type = "shoal-open-link";
  readonly text: string;

  constructor(text: string) {
    super(OpenLinkEvent.type, { bubbles: true, composed: true });
    this.text = text;
  }
}

/** A text is to be written and shared. */
export class WriteTextEvent extends Event {
  static readonly type = "shoal-write-text";

  constructor() {
    super(WriteTextEvent.type, { bubbles: true, composed: true });
  }
}

/** How the link of a draft is passed on. */
export type WayOfPassing =
  /** The promise tells whether the browser let the link be copied. */
  | { readonly way: "copy"; readonly copied: Promise<boolean> }
  /** The system's sheet has taken it. */
  | { readonly way: "sheet" }
  | { readonly way: "qr"; readonly link: string; readonly name: string }
  | { readonly way: "show" };

/** A person's choice for a draft: it goes on, or it ends. */
export type DraftChoice =
  | { readonly kind: "review" }
  | { readonly kind: "leave" }
  | { readonly kind: "discard" }
  | ({ readonly kind: "pass-on" } & WayOfPassing)
  /** Its files are given to a share that waits for them. */
  | { readonly kind: "give"; readonly id: string };

export class DraftEvent extends Event {
  static readonly type = "shoal-draft";
  readonly draft: Draft;
  readonly choice: DraftChoice;

  constructor(draft: Draft, choice: DraftChoice) {
    super(DraftEvent.type, { bubbles: true, composed: true });
    this.draft = draft;
    this.choice = choice;
  }
}

/** Files that were given to a share and are not of it are to be shared as something new. */
export class ShareExtraEvent extends Event {
  static readonly type = "shoal-share-extra";

  constructor() {
    super(ShareExtraEvent.type, { bubbles: true, composed: true });
  }
}

/** A share is about to be removed in this tab. */
export class RemovingEvent extends Event {
  static readonly type = "shoal-removing";
  readonly id: TorrentId;

  constructor(id: TorrentId) {
    super(RemovingEvent.type, { bubbles: true, composed: true });
    this.id = id;
  }
}
