/**
 * Sending is a node's part for people who share: drafts, the shares that become of them, and files that are given to a
 * share again. It is a script of its own, loaded at the first command that needs it, because most who open a link never
 * do.
 */

import { Drafts } from "./drafts.ts";
import { Giving, type GivingParts } from "./giving.ts";
import { Sharing, type SharingParts } from "./sharing.ts";

export interface SendingParts extends GivingParts, Omit<SharingParts, "drafts" | "giving"> {
  /** Resolves when a tab is gone (bridge/tab-lock.ts). */
  readonly awaitTabEnd: (tab: string) => Promise<unknown>;
}

export class Sending {
  readonly drafts: Drafts;
  readonly giving: Giving;
  readonly sharing: Sharing;

  constructor(parts: SendingParts) {
    this.drafts = new Drafts(parts.awaitTabEnd);
    this.giving = new Giving(parts);
    this.sharing = new Sharing({ ...parts, drafts: this.drafts, giving: this.giving });
  }
}
