/**
 * Holds one end of the bare channel. The receiving end asks for a number of bytes and counts them; the sending
 * end sends 64 KiB messages for as long as the channel holds less than its limit, and goes on when it has drained.
 * With a window it also stops while so many bytes are not acknowledged by the receiving end. Nothing is looked at
 * or kept.
 */
import { MESSAGE_LENGTH, PROGRESS_INTERVAL } from "../constants.ts";
import type { Progress } from "../networks/progress.ts";
import type { Timing } from "../timing.ts";

/** What the receiving end asks for. */
export interface Flow {
  bytes: number;
  /** Bytes that the channel may hold queued, and at which more is given to it. */
  limit: number;
  lowWater: number;
  /** Bytes that may be without the receiver's acknowledgement; null for no such limit. */
  window: number | null;
}

/** From the page: its channel, or what to fetch over it. */
export type ToChannelWorker = { channel: RTCDataChannel } | { fetch: Flow };

/** To the page: the channel is open, what came so far, or that everything asked for is here. */
export type FromChannelWorker = "open" | { sample: Progress[number] } | Timing;

const acknowledgement = "+";
const message = new Uint8Array(MESSAGE_LENGTH);
let channel: RTCDataChannel;
let flow: Flow;
let startedAt = 0;
/** Bytes still to come, still to send, and sent but not acknowledged. */
let missing = 0;
let unsent = 0;
let unacknowledged = 0;

function post(told: FromChannelWorker): void {
  self.postMessage(told);
}

function now(): number {
  return performance.timeOrigin + performance.now();
}

function send(): void {
  while (
    unsent > 0 &&
    channel.bufferedAmount < flow.limit &&
    (flow.window === null || unacknowledged < flow.window)
  ) {
    const length = Math.min(unsent, MESSAGE_LENGTH);
    channel.send(message.subarray(0, length));
    unsent -= length;
    unacknowledged += length;
  }
}

/** At the sending end: what to send, or that a message has arrived. */
function handleWords(words: string): void {
  if (words === acknowledgement) {
    unacknowledged -= MESSAGE_LENGTH;
  } else {
    flow = JSON.parse(words);
    unsent = flow.bytes;
    unacknowledged = 0;
    channel.bufferedAmountLowThreshold = flow.lowWater;
  }
  send();
}

/** At the receiving end. */
function handleBytes(bytes: number): void {
  missing -= bytes;
  if (flow.window !== null) channel.send(acknowledgement);
  if (missing > 0) return;
  tell();
  post({ startedAt, finishedAt: now() });
}

function tell(): void {
  post({ sample: [now(), flow.bytes - missing] });
}

function fetch(asked: Flow): void {
  flow = asked;
  startedAt = now();
  missing = asked.bytes;
  channel.send(JSON.stringify(asked));
  tell();
}

function hold(given: RTCDataChannel): void {
  channel = given;
  channel.binaryType = "arraybuffer";
  channel.onmessage = ({ data }: MessageEvent<ArrayBuffer | string>) => {
    if (typeof data === "string") handleWords(data);
    else handleBytes(data.byteLength);
  };
  channel.onbufferedamountlow = send;
  if (channel.readyState === "open") post("open");
  else channel.onopen = () => post("open");
}

self.onmessage = ({ data }: MessageEvent<ToChannelWorker>) => {
  if ("channel" in data) hold(data.channel);
  else fetch(data.fetch);
};

setInterval(() => {
  if (missing > 0) tell();
}, PROGRESS_INTERVAL);
