/**
 * Stands where the engine's worker stands: takes the transferred channels and the relayed bytes, sends a known
 * sequence of bytes on either, and checks the one that arrives. Tells the page what it saw.
 */

import type { ConnectionCommand, ConnectionEvent } from "../../../app/bridge/connections.ts";
import type { Carrier, FromWorker, ToWorker } from "./messages.ts";

const MESSAGE_LENGTH = 16_384;
const RELAY_LIMIT = 262_144;

/** Byte `position` of what every sender sends. */
const expected = (position: number) => (position * 31 + (position >> 8) * 7) & 255;

const channels = new Map<number, RTCDataChannel>();
const received = new Map<string, { length: number; wrong: number }>();
/** What a relayed send has still to hand to the page, by link. */
const relays = new Map<number, { position: number; length: number; posted: number }>();

function post(message: FromWorker | ConnectionCommand, transfer: Transferable[] = []): void {
  self.postMessage(message, { transfer });
}

function message(start: number, end: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: end - start }, (_, index) => expected(start + index));
}

function receive(link: number, carrier: Carrier, data: ArrayBuffer): void {
  const key = `${link} ${carrier}`;
  const so = received.get(key) ?? { length: 0, wrong: 0 };
  for (const byte of new Uint8Array(data)) if (byte !== expected(so.length++)) so.wrong++;
  received.set(key, so);
  post({ type: "received", link, carrier, ...so });
}

function sendBulk(link: number, length: number): void {
  const channel = channels.get(link)!;
  for (let start = 0; start < length; start += MESSAGE_LENGTH)
    channel.send(message(start, Math.min(start + MESSAGE_LENGTH, length)));
}

/** Hands the page no more than RELAY_LIMIT ahead of what its channel took. */
function pumpRelay(link: number, held: number, taken: number): void {
  const relay = relays.get(link);
  if (!relay) return;
  while (relay.position < relay.length && held + (relay.posted - taken) * MESSAGE_LENGTH < RELAY_LIMIT) {
    const end = Math.min(relay.position + MESSAGE_LENGTH, relay.length);
    const data = message(relay.position, end).buffer;
    relay.position = end;
    relay.posted++;
    post({ type: "relay-send", link, data }, [data]);
  }
}

function handle(event: ToWorker | ConnectionEvent): void {
  switch (event.type) {
    case "channel": {
      const { link, channel } = event;
      channels.set(link, channel);
      channel.binaryType = "arraybuffer";
      channel.onopen = () => post({ type: "bulk-open", link });
      channel.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => receive(link, "bulk", data);
      break;
    }
    case "relay-data":
      receive(event.link, "relay", event.data);
      break;
    case "relay-buffered":
      pumpRelay(event.link, event.bytes, event.taken);
      break;
    case "send":
      if (event.carrier === "bulk") sendBulk(event.link, event.length);
      else {
        relays.set(event.link, { position: 0, length: event.length, posted: 0 });
        pumpRelay(event.link, 0, 0);
      }
      break;
    default:
      break;
  }
}

self.onmessage = ({ data }: MessageEvent<ToWorker | ConnectionEvent>) => handle(data);
