/** Requests are events by which screens ask something of the app around them. Only the app knows how it is done. */

import type { TorrentId } from "../engine/host.ts";

/** Files or a folder were picked in an input. */
export class FilesPickedEvent extends Event {
  static readonly type = "shoal-files-picked";
  readonly files: readonly File[];

  constructor(files: readonly File[]) {
    super(FilesPickedEvent.type, { bubbles: true, composed: true });
    this.files = files;
  }
}

/** A link or magnet was pasted or typed, and is to be opened. */
export class OpenLinkEvent extends Event {
  static readonly type = "shoal-open-link";
  readonly text: string;

  constructor(text: string) {
    super(OpenLinkEvent.type, { bubbles: true, composed: true });
    this.text = text;
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
