/** Which certificate a description names, and that a connection's other end is held to the first one. */
import { describe, expect, test } from "vitest";
import { PinnedFingerprint, readFingerprint } from "../../../app/page/fingerprints.ts";

const A = "AB:CD:EF:01";
const B = "12:34:56:78";
/** Where browsers put it: before the first media section, or in it. */
const session = (...lines: string[]) =>
  ["v=0", "s=-", ...lines, "m=application 9 UDP/DTLS/SCTP webrtc-datachannel", "a=mid:0", ""].join("\r\n");
const media = (...lines: string[]) => `${session()}${lines.join("\r\n")}\r\n`;

describe("a description names", () => {
  test.each([
    ["one certificate, as Firefox does", session(`a=fingerprint:sha-256 ${A}`), `sha-256 ${A}`],
    ["one certificate, as Chromium does", media(`a=fingerprint:sha-256 ${A}`), `sha-256 ${A}`],
    [
      "the same one twice, however it is written",
      `${session(`a=fingerprint:SHA-256 ${A.toLowerCase()}`)}a=fingerprint:sha-256 ${A}\n`,
      `sha-256 ${A}`,
    ],
    ["none", session(), null],
    ["none: no description at all", "nonsense", null],
    ["one, and has no section", `v=0\r\na=fingerprint:sha-256 ${A}\r\n`, null],
    [
      "one, and has a section for sound besides",
      `${media(`a=fingerprint:sha-256 ${A}`)}m=audio 9 UDP/TLS/RTP/SAVPF 0\r\n`,
      null,
    ],
    ["one, and is for sound", media(`a=fingerprint:sha-256 ${A}`).replace("m=application", "m=audio"), null],
    [
      "one, and has a section that only some readers see",
      `${media(`a=fingerprint:sha-256 ${A}`)} m=audio 9 UDP/TLS/RTP/SAVPF 0\r\n`,
      null,
    ],
    ["two", media(`a=fingerprint:sha-256 ${A}`, `a=fingerprint:sha-256 ${B}`), null],
    [
      "two, in different sections",
      `${session(`a=fingerprint:sha-256 ${A}`)}a=fingerprint:sha-256 ${B}\r\n`,
      null,
    ],
    ["two, by different functions", media(`a=fingerprint:sha-256 ${A}`, `a=fingerprint:sha-1 ${A}`), null],
    [
      "one, and another that only some readers see",
      media(`a=fingerprint:sha-256 ${A}\ra=fingerprint:sha-256 ${B}`),
      null,
    ],
    [
      "one, and another behind a blank",
      media(`a=fingerprint:sha-256 ${A}`, ` a=fingerprint:sha-256 ${B}`),
      null,
    ],
    [
      "one, and another in capitals and odd",
      media(`a=fingerprint:sha-256 ${A}`, `a=FINGERPRINT:sha-256\t${B}`),
      null,
    ],
    ["one that is cut short", media("a=fingerprint:sha-256"), null],
  ])("%s", (_, sdp, expected) => {
    expect(readFingerprint(sdp)).toBe(expected);
  });
});

describe("the other end of a connection", () => {
  const first = media(`a=fingerprint:sha-256 ${A}`);

  test("may describe itself anew, with other addresses and in another form", () => {
    const pinned = new PinnedFingerprint();
    const moved = `${session(`a=fingerprint:sha-256 ${A}`)}a=candidate:1 1 udp 1 10.0.0.1 9 typ host\r\n`;
    expect([first, moved, first].map((sdp) => pinned.check(sdp))).toEqual(["good", "good", "good"]);
  });

  test.each([
    ["another certificate", media(`a=fingerprint:sha-256 ${B}`), "another"],
    ["another hash function", media(`a=fingerprint:sha-512 ${A}`), "another"],
    ["another one besides", media(`a=fingerprint:sha-256 ${A}`, `a=fingerprint:sha-256 ${B}`), "malformed"],
    ["none", media(), "malformed"],
  ])("may not name %s later", (_, later, verdict) => {
    const pinned = new PinnedFingerprint();
    pinned.check(first);
    expect(pinned.check(later)).toBe(verdict);
    expect(pinned.check(first)).toBe("good");
  });

  test("may not name two at first, as their order could be changed later", () => {
    const pinned = new PinnedFingerprint();
    expect(pinned.check(media(`a=fingerprint:sha-256 ${A}`, `a=fingerprint:sha-256 ${B}`))).toBe("malformed");
    expect(pinned.check(first)).toBe("good");
  });
});

describe("the certificates of both ends", () => {
  const octets = (first: number) => Array.from({ length: 32 }, (_, at) => (first + at) % 256);
  const text = (bytes: number[]) =>
    bytes.map((byte) => byte.toString(16).padStart(2, "0").toUpperCase()).join(":");
  const told = (own: string, remote: string) => {
    const pinned = new PinnedFingerprint();
    pinned.check(media(`a=fingerprint:${remote}`));
    return pinned.withOwn(media(`a=fingerprint:${own}`));
  };

  test("are told in 32 bytes each", () => {
    expect(told(`sha-256 ${text(octets(0))}`, `SHA-256 ${text(octets(200)).toLowerCase()}`)).toEqual({
      own: Uint8Array.from(octets(0)),
      remote: Uint8Array.from(octets(200)),
    });
  });

  test.each([
    ["by another hash", `sha-512 ${text(octets(0))}`],
    ["cut short", `sha-256 ${text(octets(0).slice(1))}`],
    ["in single digits", `sha-256 ${text(octets(0)).replace("00:01", "0:1")}`],
  ])("are not told where one is named %s", (_, fingerprint) => {
    expect(told(fingerprint, `sha-256 ${text(octets(7))}`)).toBeNull();
    expect(told(`sha-256 ${text(octets(7))}`, fingerprint)).toBeNull();
  });

  test("are not told before the other end has named its own", () => {
    expect(new PinnedFingerprint().withOwn(media(`a=fingerprint:sha-256 ${text(octets(0))}`))).toBeNull();
  });
});
