/** What one host sends another, or the tracker: everything that passes between hosts of a run passes as one of these. */
import type { LinkId } from "../../app/engine/link.ts";
import type { TrackerWord } from "../support/virtual-tracker.ts";

/** The tracker's number among hosts. */
export const TRACKER_NUMBER = -1;

export const PacketKind = {
  /** A connection that the receiver described is open: `parts` is empty, `text` the sender's description. */
  open: 0,
  /** The other end of a connection is open as well. */
  opened: 1,
  /** The other end of a connection is gone. */
  closed: 2,
  /** Messages on a connection; a few packets of the line at most. */
  small: 3,
  /** Messages on a connection that take the receiver's downlink for a while. */
  large: 4,
  /** A socket to the tracker, from either end: open, a message in `text`, closed. */
  trackerOpen: 5,
  trackerText: 6,
  trackerClose: 7,
} as const;

export type PacketKind = (typeof PacketKind)[keyof typeof PacketKind];

export interface Packet {
  readonly kind: PacketKind;
  readonly from: number;
  readonly to: number;
  /** When it reaches the receiver's line, milliseconds. */
  readonly time: number;
  /** The connection's number at the receiver. */
  readonly link: LinkId;
  /** Of small and large ones: place among those of this direction of the connection, from 0. */
  readonly order: number;
  /** Bytes on the line, of all parts. */
  readonly length: number;
  /** Messages, each as it was sent. */
  readonly parts: readonly Uint8Array[];
  readonly text: string;
}

/** A packet of which only a few fields matter. */
export function packet(
  fields: Pick<Packet, "kind" | "from" | "to" | "time"> & Partial<Pick<Packet, "link" | "text">>,
): Packet {
  return { link: 0, order: 0, length: 0, parts: [], text: "", ...fields };
}

const KINDS = {
  open: PacketKind.trackerOpen,
  text: PacketKind.trackerText,
  close: PacketKind.trackerClose,
} as const;

/** A word on a socket, as a packet from one host to another, one of which is the tracker. */
export function wordPacket({ kind, text }: TrackerWord, from: number, to: number, time: number): Packet {
  return packet({ kind: KINDS[kind], from, to, time, text });
}

/** The inverse. */
export function wordOf({ kind, text }: Packet): TrackerWord {
  if (kind === PacketKind.trackerOpen) return { kind: "open", text };
  return { kind: kind === PacketKind.trackerText ? "text" : "close", text };
}
