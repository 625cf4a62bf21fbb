/** The peer protocol: which messages go over a link, in which order, and which messages close it. */
import { describe, expect, test } from "vitest";
import { ANSWERER_PATIENCE } from "../../../app/engine/swarm/constants.ts";
import { HANDSHAKE_TIMEOUT, IDLE_TIMEOUT, KEEP_ALIVE } from "../../../app/engine/swarm/peers/constants.ts";
import {
  encodeBitfield,
  encodeExtended,
  encodeHave,
  encodeHaveAll,
  encodeHaveNone,
  encodeKeepAlive,
  encodePort,
  encodeSuggest,
} from "../../../app/engine/wire/encode.ts";
import { encodeDontHave } from "../../../app/engine/wire/lt-donthave.ts";
import { encodePartMessage } from "../../../app/engine/wire/part-message.ts";
import { sampleContent } from "../../support/sample-content.ts";
import { BLOCK, bitsOf, Stage, type Stranger } from "./stage.ts";

const content = sampleContent("hybrid", { "a.bin": 8 * BLOCK }, 2 * BLOCK);
const { infoHashV1, infoHashV2 } = content.info;
const progress = (stage: Stage) => stage.snapshot().peers[0]!.progress;

function handshakesOf(stranger: Stranger) {
  return stranger.takeMessages().flatMap((message) => (message.type === "handshake" ? [message] : []));
}

describe("the handshake", () => {
  test("who was offered a link waits for the other's handshake and answers it; then extensions, then what we have", () => {
    const stage = new Stage(content, { have: "x.x." });
    const a = stage.open("A");
    stage.run(500);
    expect(a.heardAll()).toEqual([]);
    a.sayHandshake();
    expect(a.heardAll()).toEqual(["handshake", "extensions with metadata", "bitfield"]);
  });

  test.each([
    ["", "have-none"],
    ["xxxx", "have-all"],
    ["xx..", "bitfield"],
  ])("having %j it says %s", (have, said) => {
    const a = new Stage(content, { have }).open("A");
    a.sayHandshake();
    expect(a.heardAll().at(-1)).toBe(said);
  });

  test("to peers without the fast extension it says nothing, or a bitfield; without extensions, none of them", () => {
    const extensions = { fast: false, extended: false };
    const none = new Stage(content).open("A", { extensions });
    none.sayHandshake();
    expect(none.heardAll()).toEqual(["handshake"]);
    const all = new Stage(content, { have: "xxxx" }).open("A", { extensions });
    all.sayHandshake();
    expect(all.heardAll()).toEqual(["handshake", "bitfield"]);
  });

  test("who met over the v1 hash and knows v2 is answered with the v2 hash", () => {
    const a = new Stage(content).open("A", { infoHash: infoHashV1! });
    a.sayHandshake();
    expect(handshakesOf(a)[0]!.infoHash).toEqual(infoHashV2!.slice(0, 20));
  });

  test("who knows only v1 is answered with the v1 hash", () => {
    const a = new Stage(content).open("A", { infoHash: infoHashV1!, extensions: { v2: false } });
    a.sayHandshake();
    expect(handshakesOf(a)[0]!.infoHash).toEqual(infoHashV1!);
  });

  test("patience ends: after a while we speak first", () => {
    const stage = new Stage(content);
    const a = stage.open("A");
    stage.run(ANSWERER_PATIENCE + 200);
    expect(handshakesOf(a)).toHaveLength(1);
    a.sayHandshake();
    expect(a.closed).toBeNull();
    expect(handshakesOf(a)).toHaveLength(0);
  });

  test("of another torrent, or none, or garbage ends the link", () => {
    const stage = new Stage(content);
    const a = stage.open("A", { infoHash: infoHashV2!.slice(0, 20) });
    a.say(new Uint8Array(100).fill(65));
    expect(a.closed).toBe("protocol-error");
    const b = stage.open("B");
    stage.run(HANDSHAKE_TIMEOUT + 200);
    expect(b.closed).toBe("handshake-timeout");
  });

  test("bytes may come in any pieces", () => {
    const stage = new Stage(content);
    const a = stage.open("A");
    const bytes: number[] = [];
    const say = a.say.bind(a);
    a.say = (...messages) => {
      for (const message of messages) bytes.push(...message);
    };
    a.greet();
    for (const byte of bytes) say(Uint8Array.of(byte));
    expect(stage.snapshot().peers[0]).toMatchObject({ state: "connected", progress: 1, peerChoking: false });
  });
});

describe("what a peer has", () => {
  test.each([
    ["a bitfield", [encodeBitfield(bitsOf("x.x."))], 0.5],
    ["have-all", [encodeHaveAll()], 1],
    ["have-none and haves", [encodeHaveNone(), encodeHave(1)], 0.25],
    ["haves without any bitfield", [encodeHave(0), encodeHave(3), encodeHave(3)], 0.5],
    ["a bitfield that comes late, after haves", [encodeHave(0), encodeBitfield(bitsOf(".xxx"))], 0.75],
    [
      "have-none and, once it has its description, a bitfield",
      [encodeHaveNone(), encodeBitfield(bitsOf("xx.."))],
      0.5,
    ],
    ["have-none, a have and have-all", [encodeHaveNone(), encodeHave(1), encodeHaveAll()], 1],
    ["have-all and a piece lost", [encodeHaveAll(), encodeExtended(2, encodeDontHave(1))], 0.75],
  ])("is understood from %s", (_, messages, expected) => {
    const stage = new Stage(content);
    const a = stage.meet("A", { has: "silent" });
    a.say(...messages);
    expect(progress(stage)).toBe(expected);
    expect([...stage.snapshot().availability].reduce((sum, each) => sum + each, 0)).toBe(expected * 4);
    a.leave();
    expect([...stage.snapshot().availability]).toEqual([0, 0, 0, 0]);
  });

  test.each([
    ["a piece that is not there", [encodeHave(4)]],
    ["a bitfield of the wrong length", [encodeBitfield(new Uint8Array(2))]],
    ["a bitfield with a spare bit", [encodeBitfield(Uint8Array.of(0b0000_1000))]],
  ])("saying %s ends the link", (_, messages) => {
    const stage = new Stage(content);
    const a = stage.meet("A", { has: "silent" });
    a.say(...messages);
    expect(a.closed).toBe("protocol-error");
    expect([...stage.snapshot().availability]).toEqual([0, 0, 0, 0]);
  });

  test("before the info dictionary is known is kept, and understood then", () => {
    const stage = new Stage(content, { knows: "link" });
    const { bytes } = content.info;
    const a = stage.meet("A", { metadataSize: bytes.length, has: "x..." });
    a.say(encodeHave(3));
    const b = stage.meet("B", { has: "silent" });
    const c = stage.meet("C", { has: "silent" });
    c.say(encodeBitfield(new Uint8Array(9)));
    const data = { kind: "data", piece: 0, totalSize: bytes.length, data: bytes } as const;
    a.say(encodeExtended(1, encodePartMessage(data)));
    expect([...stage.snapshot().availability]).toEqual([1, 0, 0, 1]);
    expect(c.closed).toBe("protocol-error");
    b.say(encodeBitfield(bitsOf(".x..")));
    expect([...stage.snapshot().availability]).toEqual([1, 1, 0, 1]);
  });

  test("interest is told when it begins and when it ends, once each", () => {
    const stage = new Stage(content, { have: "xxx." });
    const a = stage.meet("A", { has: "xxx.", unchokes: false });
    expect(a.heardAll()).not.toContain("interested");
    a.say(encodeHave(3));
    expect(a.heardAll()).toEqual(["interested"]);
    a.say(encodeExtended(2, encodeDontHave(3)));
    expect(a.heardAll()).toEqual(["not-interested"]);
    stage.run(1000);
    expect(a.heardAll()).toEqual([]);
  });
});

describe("messages that mean nothing to us", () => {
  test("are passed over: keep-alive, port, suggestions, unknown numbers, unknown extensions", () => {
    const stage = new Stage(content);
    const a = stage.meet("A", { unchokes: false });
    a.heard();
    const unknown = Uint8Array.of(0, 0, 0, 3, 99, 1, 2);
    a.say(
      encodeKeepAlive(),
      encodePort(6881),
      encodeSuggest(4_000_000),
      unknown,
      encodeExtended(77, unknown),
    );
    expect(a.closed).toBeNull();
    expect(a.heard()).toEqual([]);
  });

  test.each([
    ["an endless length", Uint8Array.of(0xff, 0xff, 0xff, 0xff)],
    ["a have of three bytes", Uint8Array.of(0, 0, 0, 4, 4, 0, 0, 0)],
    ["an extension handshake that is no dictionary", encodeExtended(0, Uint8Array.of(1, 2, 3))],
    ["a ut_metadata message that is none", encodeExtended(1, Uint8Array.of(1, 2, 3))],
    ["a hash request of an odd length", Uint8Array.of(0, 0, 0, 49, 21, ...new Uint8Array(44), 0, 0, 0, 3)],
  ])("%s ends the link, and nothing else", (_, bytes) => {
    const stage = new Stage(content);
    const a = stage.meet("A");
    const b = stage.meet("B");
    a.say(bytes);
    expect(a.closed).toBe("protocol-error");
    expect(b.closed).toBeNull();
  });
});

describe("a quiet link", () => {
  test("is kept alive by us, and closed when nothing is heard any more", () => {
    const stage = new Stage(content);
    const a = stage.meet("A", { has: "none" });
    a.heard();
    stage.run(KEEP_ALIVE + 500);
    expect(a.heard()).toEqual(["keep-alive"]);
    stage.run(IDLE_TIMEOUT - KEEP_ALIVE - 1500);
    expect(a.closed).toBeNull();
    stage.run(2000);
    expect(a.closed).toBe("idle");
  });

  test("is not idle while keep-alives come", () => {
    const stage = new Stage(content);
    const a = stage.meet("A", { has: "none" });
    for (let at = 0; at < 4; at++) {
      stage.run(100_000);
      a.say(encodeKeepAlive());
    }
    expect(a.closed).toBeNull();
  });
});

describe("who is who", () => {
  test("a link to ourselves is closed", () => {
    const a = new Stage(content).open("M", { introducedAs: "A" });
    a.sayHandshake();
    expect(a.closed).toBe("self");
  });

  test("who was banned is refused also under another introduction", () => {
    const stage = new Stage(content);
    const a = stage.meet("A", { unchokes: false });
    for (let at = 0; at < 16; at++) a.sendBlocks(3, 1, 1);
    expect(a.closed).toBe("unrequested-data");
    const again = stage.open("A", { introducedAs: "B" });
    again.sayHandshake();
    expect(again.closed).toBe("banned");
  });
});
