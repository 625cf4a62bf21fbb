/**
 * Holds one end of the bare channel. The receiving end asks for a number of bytes and counts them; the sending
 * end sends 64 KiB messages for as long as the channel holds less than its limit, and goes on when it has drained.
 * Nothing is looked at or kept.
 */
import { CHANNEL_LIMIT, CHANNEL_LOW_WATER, MESSAGE_LENGTH } from "../constants.ts";
import type { Timing } from "../timing.ts";

/** From the page: its channel, or the bytes to fetch over it. */
export type ToChannelWorker = { channel: RTCDataChannel } | { fetch: number };

/** To the page: the channel is open, or everything asked for is here. */
export type FromChannelWorker = "open" | Timing;

const message = new Uint8Array(MESSAGE_LENGTH);
let channel: RTCDataChannel;
let startedAt = 0;
/** Bytes still to come, and still to send. */
let missing = 0;
let unsent = 0;

function post(told: FromChannelWorker): void {
  self.postMessage(told);
}

function send(): void {
  while (unsent > 0 && channel.bufferedAmount < CHANNEL_LIMIT) {
    channel.send(message.subarray(0, Math.min(unsent, MESSAGE_LENGTH)));
    unsent -= Math.min(unsent, MESSAGE_LENGTH);
  }
}

function receive(data: ArrayBuffer | string): void {
  if (typeof data === "string") {
    unsent = Number(data);
    send();
    return;
  }
  missing -= data.byteLength;
  if (missing === 0) post({ startedAt, finishedAt: performance.timeOrigin + performance.now() });
}

function hold(given: RTCDataChannel): void {
  channel = given;
  channel.binaryType = "arraybuffer";
  channel.bufferedAmountLowThreshold = CHANNEL_LOW_WATER;
  channel.onmessage = ({ data }: MessageEvent<ArrayBuffer | string>) => receive(data);
  channel.onbufferedamountlow = send;
  if (channel.readyState === "open") post("open");
  else channel.onopen = () => post("open");
}

self.onmessage = ({ data }: MessageEvent<ToChannelWorker>) => {
  if ("channel" in data) {
    hold(data.channel);
    return;
  }
  startedAt = performance.timeOrigin + performance.now();
  missing = data.fetch;
  channel.send(String(data.fetch));
};
