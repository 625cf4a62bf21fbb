/**
 * Scripts that make a page of Shoal hostile to its peers, loaded before its own: it goes on as ever, and
 * the test can send over its channels what Shoal never would. These run in the page, so they close over nothing.
 */
import type { ShoalPage } from "./shoal-page.ts";

/** One connection of a page after `holdChannels`. */
interface Held {
  readonly connection: RTCPeerConnection;
  readonly bulk: RTCDataChannel;
  /** simple-peer's own; at the end that answers, from when it has come. */
  relay: RTCDataChannel | null;
}

/** Keeps the channels in the page: the worker gets one end of another connection, and all that it says is passed on. */
export function holdChannels(): void {
  const held: Held[] = [];
  /** Of connections whose stream for Shoal's bytes is to follow. */
  const relays = new WeakMap<RTCPeerConnection, RTCDataChannel>();
  Object.assign(window, { held });
  const { createDataChannel } = RTCPeerConnection.prototype;
  const stream = { negotiated: true, id: 64 };

  const passOn = (from: RTCDataChannel, to: RTCDataChannel): void => {
    const waiting: ArrayBuffer[] = [];
    from.binaryType = "arraybuffer";
    from.addEventListener("message", ({ data }) => {
      if (to.readyState === "open") to.send(data);
      else waiting.push(data);
    });
    to.addEventListener("open", () => {
      for (const data of waiting.splice(0)) to.send(data);
    });
  };

  const connectWithin = async (near: RTCPeerConnection, far: RTCPeerConnection): Promise<void> => {
    near.onicecandidate = ({ candidate }) => candidate && far.addIceCandidate(candidate);
    far.onicecandidate = ({ candidate }) => candidate && near.addIceCandidate(candidate);
    const offer = await near.createOffer();
    await near.setLocalDescription(offer);
    await far.setRemoteDescription(offer);
    const answer = await far.createAnswer();
    await far.setLocalDescription(answer);
    await near.setRemoteDescription(answer);
  };

  RTCPeerConnection.prototype.createDataChannel = function (label, options) {
    const channel = createDataChannel.call(this, label, options);
    if (options?.id !== stream.id) {
      relays.set(this, channel);
      return channel;
    }
    const one: Held = { connection: this, bulk: channel, relay: relays.get(this) ?? null };
    held.push(one);
    this.addEventListener("datachannel", (event) => {
      one.relay ??= event.channel;
    });
    const [near, far] = [new RTCPeerConnection(), new RTCPeerConnection()];
    const given = createDataChannel.call(near, label, stream);
    const kept = createDataChannel.call(far, label, stream);
    passOn(channel, kept);
    passOn(kept, channel);
    channel.addEventListener("close", () => near.close());
    void connectWithin(near, far);
    return given;
  };
}

/** Says in every description of the page's connections that it takes messages of one byte at most. */
export function takeSingleBytes(): void {
  const { get } = Object.getOwnPropertyDescriptor(RTCPeerConnection.prototype, "localDescription")!;
  Object.defineProperty(RTCPeerConnection.prototype, "localDescription", {
    get(this: RTCPeerConnection): RTCSessionDescriptionInit | null {
      const description: RTCSessionDescription | null = get!.call(this);
      if (description === null) return null;
      const sdp = description.sdp.replace(/a=max-message-size:\d+/, "a=max-message-size:1");
      return { type: description.type, sdp };
    },
  });
}

export type Attack =
  | { readonly over: "bulk" | "relay"; readonly send: string }
  /** Bytes of one message: whole extension messages that nobody knows. */
  | { readonly over: "bulk" | "relay"; readonly length: number }
  /** Channels of the attacker's making. */
  | { readonly channels: number };

/** Attacks over the latest connection that is open. */
export async function attack(page: ShoalPage, how: Attack): Promise<void> {
  await page.page.evaluate((said) => {
    const held: Held[] = Reflect.get(window, "held");
    const one = held.findLast(({ bulk }) => bulk.readyState === "open")!;
    if ("channels" in said) {
      for (let at = 0; at < said.channels; at++) one.connection.createDataChannel("another");
      return;
    }
    const channel = one[said.over]!;
    if ("send" in said) {
      channel.send(said.send);
      return;
    }
    const message = new Uint8Array(said.length);
    const part = 60_000;
    for (let at = 0; at < message.length; at += part) {
      new DataView(message.buffer).setUint32(at, Math.min(part, message.length - at) - 4);
      message.set([20, 77], at + 4);
    }
    channel.send(message);
  }, how);
}

/** How the streams for Shoal's bytes are, of all connections, oldest first. */
export function bulkStates(page: ShoalPage): Promise<RTCDataChannelState[]> {
  return page.page.evaluate(() => {
    const held: Held[] = Reflect.get(window, "held");
    return held.map(({ bulk }) => bulk.readyState);
  });
}
