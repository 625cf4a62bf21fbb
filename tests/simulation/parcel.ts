/**
 * Packets from one thread to another as one array of bytes, which changes hands uncopied. What lies in the content both
 * have is told by its place there: most of what passes are blocks of it.
 *
 * Little endian: how many packets (i32), then each with its numbers, its parts and its text, as UTF-8.
 *
 *   time f64, kind i32, from i32, to i32, link i32, order i32, length i32, parts i32, bytes of text i32
 *   each part: place i32 (in the content; -1: its bytes follow), length i32
 */
import type { Content } from "./content.ts";
import type { Packet, PacketKind } from "./packet.ts";

/** Bytes of a packet's numbers, and of a part's. */
const HEAD = 40;
const PART = 8;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export class Parcels {
  readonly #content: Content;

  constructor(content: Content) {
    this.#content = content;
  }

  pack(packets: readonly Packet[]): Uint8Array<ArrayBuffer> {
    const texts = packets.map(({ text }) => (text === "" ? null : encoder.encode(text)));
    const bytes = new Uint8Array(this.#lengthOf(packets, texts));
    const view = new DataView(bytes.buffer);
    view.setInt32(0, packets.length, true);
    let at = 4;
    for (const [index, packet] of packets.entries()) {
      const text = texts[index]!;
      view.setFloat64(at, packet.time, true);
      view.setInt32(at + 8, packet.kind, true);
      view.setInt32(at + 12, packet.from, true);
      view.setInt32(at + 16, packet.to, true);
      view.setInt32(at + 20, packet.link, true);
      view.setInt32(at + 24, packet.order, true);
      view.setInt32(at + 28, packet.length, true);
      view.setInt32(at + 32, packet.parts.length, true);
      view.setInt32(at + 36, text?.length ?? 0, true);
      at += HEAD;
      for (const part of packet.parts) {
        const place = this.#content.placeOf(part);
        view.setInt32(at, place, true);
        view.setInt32(at + 4, part.length, true);
        at += PART;
        if (place >= 0) continue;
        bytes.set(part, at);
        at += part.length;
      }
      if (text === null) continue;
      bytes.set(text, at);
      at += text.length;
    }
    return bytes;
  }

  #lengthOf(packets: readonly Packet[], texts: readonly (Uint8Array | null)[]): number {
    let length = 4;
    for (const [index, { parts }] of packets.entries()) {
      length += HEAD + (texts[index]?.length ?? 0);
      for (const part of parts) length += PART + (this.#content.placeOf(part) < 0 ? part.length : 0);
    }
    return length;
  }

  unpack(bytes: Uint8Array, take: (packet: Packet) => void): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const count = view.getInt32(0, true);
    let at = 4;
    for (let index = 0; index < count; index++) {
      const head = at;
      at += HEAD;
      const parts: Uint8Array[] = [];
      for (let left = view.getInt32(head + 32, true); left > 0; left--) {
        const place = view.getInt32(at, true);
        const length = view.getInt32(at + 4, true);
        at += PART;
        // A copy: whoever keeps a small message does not keep the parcel.
        parts.push(place < 0 ? bytes.slice(at, at + length) : this.#content.at(place, length));
        if (place < 0) at += length;
      }
      const textLength = view.getInt32(head + 36, true);
      take({
        kind: view.getInt32(head + 8, true) as PacketKind,
        from: view.getInt32(head + 12, true),
        to: view.getInt32(head + 16, true),
        time: view.getFloat64(head, true),
        link: view.getInt32(head + 20, true),
        order: view.getInt32(head + 24, true),
        length: view.getInt32(head + 28, true),
        parts,
        text: textLength === 0 ? "" : decoder.decode(bytes.subarray(at, at + textLength)),
      });
      at += textLength;
    }
  }
}
