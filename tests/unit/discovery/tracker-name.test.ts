/** What is told of a tracker's address: its host. */
import { expect, test } from "vitest";
import { trackerHost, withoutAddress } from "../../../app/engine/discovery/tracker-name.ts";

test.each([
  ["wss://tracker.example:8000/key/announce?passkey=x", "tracker.example:8000"],
  ["wss://me:secret@tracker.example/", "tracker.example"],
  ["udp://[::1]:6969", "[::1]:6969"],
  ["nothing", ""],
])("the host of %s", (url, host) => {
  expect(trackerHost(url)).toBe(host);
});

const url = "wss://me:pass%20word@tracker.example/0123456789abcdef/announce?passkey=fedcba9876&uid=42";

test.each([
  ["unregistered torrent", "unregistered torrent"],
  ["passkey fedcba9876 is unknown", "passkey … is unknown"],
  ["/0123456789abcdef/announce: not found", "/…/announce: not found"],
  [`no ${url}, sorry`, "no tracker.example sorry"],
  ["see https://tracker.example/rules?uid=42", "see tracker.example"],
  ["who is pass word?", "who is …?"],
])("a refusal without the address: %s", (text, told) => {
  expect(withoutAddress(text, url)).toBe(told);
});

test("an address of many question marks costs no more than its length", () => {
  // Work that grows with the square of this takes longer than the suite's time limit.
  const odd = `wss://tracker.example/${"?".repeat(300_000)}`;
  expect(withoutAddress("unknown", odd)).toBe("unknown");
});
