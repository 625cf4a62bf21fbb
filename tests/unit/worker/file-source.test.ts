import { readFile, rm, truncate, writeFile } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FileSource } from "../../../app/worker/file-source.ts";
import { ShareJob } from "../../../app/worker/share-job.ts";
import { makeTree, type TestTree } from "../../support/files.ts";
import { openFile } from "./files.ts";

const PIECE = 64 * 1024;

let tree: TestTree;

/** "first" is pieces 0 and 1 (the second one short), "second" is piece 2. */
beforeEach(async () => {
  tree = await makeTree({ first: PIECE + 10, second: PIECE });
});

afterEach(() => tree.remove());

function pathOf(name: string): string {
  return tree.files.get(name)!.path;
}

async function share(): Promise<FileSource> {
  const files = [await openFile(pathOf("first")), await openFile(pathOf("second"))];
  const inputs = files.map((file) => ({ file, path: [file.name] }));
  const { info } = await new ShareJob(inputs, { name: "folder", singleFile: false }).run();
  return new FileSource(info, files);
}

describe("FileSource", () => {
  it("reads each piece of the person's files, without padding", async () => {
    const source = await share();
    const first = await readFile(pathOf("first"));
    expect(Buffer.from(await source.readPiece(0))).toEqual(first.subarray(0, PIECE));
    expect(Buffer.from(await source.readPiece(1))).toEqual(first.subarray(PIECE));
    expect(Buffer.from(await source.readPiece(2))).toEqual(await readFile(pathOf("second")));
    expect(source.missing.size).toBe(0);
  });

  it.each([
    ["was overwritten by as many other bytes", () => writeFile(pathOf("first"), new Uint8Array(PIECE + 10))],
    ["became shorter", () => truncate(pathOf("first"), 100)],
    ["was removed", () => rm(pathOf("first"))],
  ])("no longer sends a file that %s, and goes on with the others", async (_what, change) => {
    const source = await share();
    await change();
    const failure = { code: expect.stringMatching(/^source\//), detail: "first" };
    await expect(source.readPiece(0)).rejects.toMatchObject(failure);
    expect([...source.missing.keys()]).toEqual([0]);
    await expect(source.readPiece(1)).rejects.toMatchObject(failure);
    expect(Buffer.from(await source.readPiece(2))).toEqual(await readFile(pathOf("second")));
  });

  it("notices other bytes even where the file's date tells nothing", async () => {
    const source = await share();
    const bytes = await readFile(pathOf("first"));
    bytes[5]! ^= 1;
    // A File of bytes, as a browser gives that does not look at the date.
    const changed = new FileSource(source.info, [new File([bytes], "first"), source.file(1)!]);
    await expect(changed.readPiece(0)).rejects.toMatchObject({ code: "source/changed", detail: "first" });
  });
});
