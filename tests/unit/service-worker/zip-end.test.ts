/** Zips of more entries than 16 bits count. */
import { makeZip, predictLength } from "client-zip";
import { describe, expect, it } from "vitest";
import { withZip64End, zip64EndLength } from "../../../app/service-worker/zip-end.ts";

const entriesOf = (count: number) =>
  Array.from({ length: count }, (_, at) => ({ name: `${at}`, size: 0, input: "" }));

async function zipOf(count: number): Promise<{ zip: Buffer; length: number }> {
  const entries = entriesOf(count);
  const chunks = makeZip(entries) as unknown as AsyncIterable<Uint8Array<ArrayBuffer>>;
  const more = zip64EndLength(entries);
  const parts: Uint8Array[] = [];
  for await (const part of more === 0 ? chunks : withZip64End(chunks, count)) parts.push(part);
  return { zip: Buffer.concat(parts), length: Number(predictLength(entries)) + more };
}

describe("a zip", () => {
  it.each([3, 65_535])("of %s files says how many they are, and is as long as told", async (count) => {
    const { zip, length } = await zipOf(count);
    expect(zip.length).toBe(length);
    // The plain end has what fits.
    expect(zip.readUInt16LE(zip.length - 12)).toBe(count);
    const locator = zip.lastIndexOf(Buffer.from("PK\x06\x07", "latin1"));
    expect(locator >= 0).toBe(count >= 65_535);
    if (locator < 0) return;
    const record = Number(zip.readBigUInt64LE(locator + 8));
    expect(zip.toString("latin1", record, record + 4)).toBe("PK\x06\x06");
    expect(Number(zip.readBigUInt64LE(record + 32))).toBe(count);
  });

  it("that is large has the form already", () => {
    const large = entriesOf(65_535).with(0, { name: "0", size: 2 ** 32, input: "" });
    expect(zip64EndLength(large)).toBe(0);
    const many = entriesOf(65_535).map((entry) => ({ ...entry, size: 100_000 }));
    expect(zip64EndLength(many)).toBe(0);
  });
});
