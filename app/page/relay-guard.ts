/**
 * Looks at what a stranger sends over simple-peer's own channel before simple-peer does, which makes bytes of texts
 * and takes any number of channels for its own.
 */

import { RELAY_RECEIVED_LENGTH } from "./constants.ts";

/**
 * To be called in the task that made simple-peer's object. Calls `violated` for a text, for a message longer than any
 * client sends, and for a second channel: the end that offers opens the one that there is.
 */
export function guardRelay(
  connection: RTCPeerConnection,
  /** simple-peer's, where it is there already: at the end that offers. */
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
