/**
 * The transport that a link takes. A scripted channel stands for the transferred one, which exists in browsers only.
 * The browser tests prove the rest with real channels.
 */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ConnectionCommand } from "../../../app/bridge/connections.ts";
import { BULK_MESSAGE_LENGTH, BULK_TIMEOUT, CHANNEL_LIMIT } from "../../../app/worker/constants.ts";
import { LinkTable } from "../../../app/worker/link-table.ts";

const LINK = 1;
const HELLO = new ArrayBuffer(1);

/** What a data channel does, at the test's word. Sent bytes stay queued until `drain`. */
class ScriptedChannel {
  readyState: RTCDataChannelState = "connecting";
  bufferedAmount = 0;
  sent: number[] = [];
  onopen: (() => void) | null = null;
  onclose: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onbufferedamountlow: (() => void) | null = null;

  send(bytes: Uint8Array): void {
    this.sent.push(bytes.length);
    this.bufferedAmount += bytes.length;
  }

  open(): void {
    this.readyState = "open";
    this.onopen?.();
  }

  receive(data: unknown): void {
    this.onmessage?.({ data });
  }

  drain(): void {
    this.bufferedAmount = 0;
    this.onbufferedamountlow?.();
  }

  close(): void {
    this.readyState = "closed";
  }
}

let events: string[];
let commands: ConnectionCommand[];

beforeEach(() => {
  vi.useFakeTimers();
  events = [];
  commands = [];
});

afterEach(() => vi.useRealTimers());

function openTable(webrtc = true): LinkTable {
  return new LinkTable(
    (command) => commands.push(command),
    () => ({
      handleOffer: (_link, sdp) => events.push(`offer ${sdp}`),
      handleAnswer: (_link, sdp) => events.push(`answer ${sdp}`),
      handleSignal: (_link, signal) => events.push(`signal ${signal}`),
      handleLinkOpened: (_link, { maxMessageLength, fingerprints }) =>
        events.push(
          `opened ${maxMessageLength}${fingerprints === null ? "" : ` by ${fingerprints.remote[0]}`}`,
        ),
      handleBytes: (_link, bytes) => events.push(`bytes ${bytes.length}`),
      handleDrained: () => events.push("drained"),
      handleLinkClosed: (_link, reason) => events.push(`closed ${reason}`),
    }),
    webrtc,
  );
}

/** A link that answered an offer, with the bulk channel that the page transferred. */
function answeredLink(shoal = true) {
  const table = openTable();
  const channel = new ScriptedChannel();
  table.createAnswer(LINK, "sdp", { shoal, trickle: false });
  if (shoal)
    table.handleEvent({ type: "channel", link: LINK, channel: channel as unknown as RTCDataChannel });
  return { table, channel };
}

function relayOpens(table: LinkTable): void {
  table.handleEvent({ type: "relay-open", link: LINK, maxMessageLength: 16_397 });
}

describe("a link between Shoal peers", () => {
  it("opens on the bulk channel once the other end is heard there, and not before", () => {
    const { table, channel } = answeredLink();
    relayOpens(table);
    channel.open();
    expect(channel.sent, "greeted").toEqual([1]);
    expect(events).toEqual([]);
    channel.receive(HELLO);
    channel.receive(new ArrayBuffer(68));
    expect(events).toEqual(["opened 262144", "bytes 68"]);
  });

  it("opens with the certificates that the page told of", () => {
    const { table, channel } = answeredLink();
    const fingerprints = { own: new Uint8Array(32), remote: new Uint8Array(32).fill(7) };
    table.handleEvent({ type: "bound", link: LINK, fingerprints });
    relayOpens(table);
    channel.open();
    channel.receive(HELLO);
    expect(events).toEqual(["opened 262144 by 7"]);
  });

  it("falls back to the relay when nobody is heard on the bulk channel in time", () => {
    const { table, channel } = answeredLink();
    channel.open();
    relayOpens(table);
    vi.advanceTimersByTime(BULK_TIMEOUT - 1);
    expect(events).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(events).toEqual(["opened 16397"]);
  });

  it("takes the relay at once when the other side speaks there", () => {
    const { table } = answeredLink();
    relayOpens(table);
    table.handleEvent({ type: "relay-data", link: LINK, data: new ArrayBuffer(68) });
    expect(events).toEqual(["opened 16397", "bytes 68"]);
  });

  it("hears the relay too after it chose the bulk channel: the other side chooses for itself", () => {
    const { table, channel } = answeredLink();
    relayOpens(table);
    channel.open();
    channel.receive(HELLO);
    table.handleEvent({ type: "relay-data", link: LINK, data: new ArrayBuffer(9) });
    expect(events).toEqual(["opened 262144", "bytes 9"]);
  });

  it("greets nobody before it is known that the other side is Shoal", () => {
    const table = openTable();
    const channel = new ScriptedChannel();
    table.createOffer(LINK, false);
    table.handleEvent({ type: "channel", link: LINK, channel: channel as unknown as RTCDataChannel });
    channel.open();
    expect(channel.sent).toEqual([]);
    table.acceptAnswer(LINK, "sdp", { shoal: true, trickle: true });
    expect(channel.sent).toEqual([1]);
  });

  it("ends with the bulk channel that carried it", () => {
    const { table, channel } = answeredLink();
    channel.open();
    channel.receive(HELLO);
    channel.onclose?.();
    expect(events).toEqual(["opened 262144"]);
    vi.runAllTimers();
    expect(events).toEqual(["opened 262144", "closed remote-closed"]);
    expect(commands.at(-1)).toEqual({ type: "close", link: LINK });
    table.handleEvent({ type: "closed", link: LINK, reason: "remote-closed" });
    expect(events, "told once").toHaveLength(2);
  });

  it("ends as what the page says, which sees more of it", () => {
    const { table, channel } = answeredLink();
    channel.open();
    channel.receive(HELLO);
    channel.onclose?.();
    table.handleEvent({ type: "closed", link: LINK, reason: "lost" });
    vi.runAllTimers();
    expect(events).toEqual(["opened 262144", "closed lost"]);
  });

  it.each([
    ["a text", "400000000"],
    ["an empty text", ""],
    ["a Blob", new Blob(["four"])],
    ["a message longer than Shoal peers send", new ArrayBuffer(BULK_MESSAGE_LENGTH + 1)],
  ])("ends at %s, as its greeting too", (_, data) => {
    for (const before of [[], [HELLO]]) {
      events = [];
      const { table, channel } = answeredLink();
      channel.open();
      for (const message of [...before, data]) channel.receive(message);
      expect(events.filter((event) => !event.startsWith("opened"))).toEqual(["closed protocol-error"]);
      expect(commands.at(-1)).toEqual({ type: "close", link: LINK });
      expect(channel.readyState).toBe("closed");
      table.handleEvent({ type: "closed", link: LINK, reason: "remote-closed" });
      expect(events.at(-1), "told once").toBe("closed protocol-error");
    }
  });

  it("hears the longest message that Shoal peers send", () => {
    const { channel } = answeredLink();
    channel.open();
    channel.receive(HELLO);
    channel.receive(new ArrayBuffer(BULK_MESSAGE_LENGTH));
    expect(events).toEqual(["opened 262144", `bytes ${BULK_MESSAGE_LENGTH}`]);
  });

  it("never fills the channel, and says when it may be given more", () => {
    const { table, channel } = answeredLink();
    channel.open();
    channel.receive(HELLO);
    channel.drain();
    events = [];
    const block = CHANNEL_LIMIT / 4;
    for (let sent = 0; sent < 10; sent++) table.send(LINK, new Uint8Array(block));
    expect(channel.bufferedAmount).toBe(CHANNEL_LIMIT);
    expect(table.buffered(LINK)).toBe(10 * block);
    channel.drain();
    channel.drain();
    expect(events, "still more to send").toEqual(["drained"]);
    expect(channel.sent.filter((length) => length === block)).toHaveLength(10);
  });
});

describe("a link with another client", () => {
  it("opens on the relay at once", () => {
    const { table } = answeredLink(false);
    relayOpens(table);
    expect(events).toEqual(["opened 16397"]);
  });

  it("hands messages to the page as buffers of their own, a few at a time", () => {
    const { table } = answeredLink(false);
    relayOpens(table);
    const buffer = new ArrayBuffer(100_000);
    table.send(LINK, new Uint8Array(buffer, 10, 20));
    expect(commands.at(-1)).toMatchObject({ type: "relay-send", link: LINK });
    const { data } = commands.at(-1) as { data: ArrayBuffer };
    expect(data.byteLength).toBe(20);

    const before = commands.length;
    for (let message = 0; message < 100; message++) table.send(LINK, new Uint8Array(16_000));
    const posted = commands.length - before;
    expect(posted).toBeLessThan(20);
    expect(table.buffered(LINK)).toBe(20 + 100 * 16_000);
    for (let told = 0; told < 101; told++)
      table.handleEvent({ type: "relay-buffered", link: LINK, bytes: 0, taken: told + 1 });
    expect(commands.length - before).toBe(100);
    expect(table.buffered(LINK)).toBe(0);
    expect(events).toEqual(["opened 16397", "drained"]);
  });
});

describe("signals", () => {
  it("pass both ways while the link lives, and nowhere after that", () => {
    const { table } = answeredLink();
    table.handleEvent({ type: "signal", link: LINK, signal: "ours" });
    table.deliverSignal(LINK, "theirs");
    expect(events).toEqual(["signal ours"]);
    expect(commands.at(-1)).toEqual({ type: "signal", link: LINK, signal: "theirs" });
    table.close(LINK);
    const before = commands.length;
    table.handleEvent({ type: "signal", link: LINK, signal: "late" });
    table.deliverSignal(LINK, "late");
    expect(events).toEqual(["signal ours"]);
    expect(commands).toHaveLength(before);
  });
});

describe("a browser without WebRTC", () => {
  it("ends every link as such, later", () => {
    const table = openTable(false);
    table.createOffer(LINK, false);
    expect(events).toEqual([]);
    vi.runAllTimers();
    expect(events).toEqual(["closed webrtc-unavailable"]);
    expect(commands).toEqual([]);
  });
});
