/**
 * The relay guard checks what a stranger sends over simple-peer's own channel, before simple-peer gets it.
 * simple-peer itself turns texts into bytes, and takes every further channel for its own.
 */

import { RELAY_RECEIVED_LENGTH } from "./constants.ts";

/**
 * To be called in the task that made simple-peer's object. Calls `violated` for a text, for a message longer than any
 * client sends, and for a second channel: the end that offers opens the one that there is.
 */
export function guardRelay(
  connection: RTCPeerConnection,
  /** simple-peer's channel at the end that offers; null at the other end, where it comes later. */
  own: RTCDataChannel | null,
  violated: () => void,
): void {
  let guarded = own;
  if (own) guard(own, violated);
  // simple-peer's listener runs before this one, and has taken the channel over by then.
  connection.addEventListener("datachannel", ({ channel }) => {
    if (guarded) {
      violated();
      return;
    }
    guarded = channel;
    guard(channel, violated);
  });
}

function guard(channel: RTCDataChannel, violated: () => void): void {
  const { onmessage } = channel;
  channel.onmessage = (event: MessageEvent<unknown>) => {
    const { data } = event;
    if (data instanceof ArrayBuffer && data.byteLength <= RELAY_RECEIVED_LENGTH)
      onmessage?.call(channel, event);
    else violated();
  };
}
