/**
 * Sending is a node's part for people who share: drafts, the shares that become of them, and files that are given to a
 * share again. It is a script of its own, loaded at the first command that needs it, because most who open a link never
 * do.
 */

import { Drafts } from "./drafts.ts";
import { Giving, type GivingParts } from "./giving.ts";
import { Sharing, type SharingParts } from "./sharing.ts";

export type SendingParts = GivingParts & Omit<SharingParts, "drafts" | "giving">;

export class Sending {
  readonly drafts: Drafts;
  readonly giving: Giving;
  readonly sharing: Sharing;

  constructor(parts: SendingParts) {
    this.drafts = new Drafts();
    this.giving = new Giving(parts);
    this.sharing = new Sharing({ ...parts, drafts: this.drafts, giving: this.giving });
  }
}
