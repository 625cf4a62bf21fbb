/** Where the parts of a run meet between windows: each tells all others what they need to go on alike. */
import type { Content } from "./content.ts";
import type { Packet } from "./packet.ts";

/** What happened in a part in one window. */
export interface News {
  /** Pieces that a host of the part was the first of the part to have stored. */
  readonly stored: readonly number[];
  /** Hosts that became complete. */
  readonly completed: number;
  /** When something happens next, milliseconds: at a host of the part, or by a packet on its way from there. */
  readonly next: number;
}

export interface Meeting {
  /**
   * Gives `away`, by part, to the others, and the news. Waits for what they give: hands over their packets, and returns
   * their news. Throws when a part has failed.
   */
  swap(away: readonly (readonly Packet[])[], news: News, take: (packet: Packet) => void): News[];
}

/** Which hosts a part runs: every `parts`-th from number `part` on. The first has the tracker, too. */
export interface Place {
  readonly part: number;
  readonly parts: number;
  /** Where it meets the others, who all have the same content; null for one who is alone. */
  readonly meeting: ((content: Content) => Meeting) | null;
}

export const ALONE: Place = { part: 0, parts: 1, meeting: null };
