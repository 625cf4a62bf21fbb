import { createHash } from "node:crypto";
import { readFile, rm, writeFile } from "node:fs/promises";
import { afterEach, describe, expect, it } from "vitest";
import { parseInfo } from "../../../app/engine/content/parse-info.ts";
import { PieceMap } from "../../../app/engine/content/piece-map.ts";
import { ShareJob } from "../../../app/worker/share-job.ts";
import { makeTree, type TestTree } from "../../support/files.ts";
import { openFile } from "./files.ts";

const KIB = 1024;

let tree: TestTree;

afterEach(() => tree.remove());

async function inputsOf({ files }: TestTree) {
  return Promise.all(
    [...files].map(async ([path, { path: onDisk }]) => ({
      file: await openFile(onDisk),
      path: path.split("/"),
    })),
  );
}

describe("ShareJob", () => {
  it("describes files as they are on disk, piece by piece", async () => {
    tree = await makeTree({
      "b.bin": 300 * KIB + 1,
      "a/deep/☃.txt": 1,
      "a/empty": 0,
      "a/exact": 64 * KIB,
      "large.bin": 9 * 1024 * KIB,
    });
    const inputs = await inputsOf(tree);
    const job = new ShareJob(inputs, { name: "folder", singleFile: false });
    const { info, order } = await job.run();

    expect(info.files.map(({ path }) => path.join("/"))).toEqual([
      "a/deep/☃.txt",
      "a/empty",
      "a/exact",
      "b.bin",
      "large.bin",
    ]);
    expect(order.map((index) => inputs[index]!.path)).toEqual(info.files.map(({ path }) => path));
    expect(job.hashed).toBe(job.size);
    const map = new PieceMap(info);
    for (let piece = 0; piece < info.pieceCount; piece++) {
      const [range] = map.ranges(piece);
      const data = await readFile(tree.files.get(info.files[range!.file]!.path.join("/"))!.path);
      const sha1 = createHash("sha1")
        .update(data.subarray(range!.fileOffset, range!.fileOffset + range!.length))
        .update(new Uint8Array(map.pieceLength(piece) - range!.length))
        .digest();
      expect(Buffer.from(info.pieceHashes!.subarray(piece * 20, piece * 20 + 20))).toEqual(sha1);
    }
    expect(parseInfo(info.bytes).infoHashV2).toEqual(info.infoHashV2);
  });

  it("gives the same description for the same files, in whatever order they were dropped", async () => {
    tree = await makeTree({ one: 100 * KIB, two: 70 * KIB, three: 1 });
    const inputs = await inputsOf(tree);
    const first = await new ShareJob(inputs, { name: "folder", singleFile: false }).run();
    const second = await new ShareJob([...inputs].reverse(), { name: "folder", singleFile: false }).run();
    expect(second.info.infoHashV2).toEqual(first.info.infoHashV2);
    expect(second.info.infoHashV1).toEqual(first.info.infoHashV1);
  });

  it("tells beforehand how much is shared besides what gave it the name", async () => {
    tree = await makeTree({ one: 1, "two/a": 1, "two/b": 1 });
    const inputs = await inputsOf(tree);
    expect(new ShareJob(inputs, { name: "one", singleFile: false }).otherEntries).toBe(1);
    expect(new ShareJob(inputs, { name: "folder", singleFile: false }).otherEntries).toBe(0);
  });

  it("stops when it is cancelled", async () => {
    tree = await makeTree({ large: 32 * 1024 * KIB });
    const job = new ShareJob(await inputsOf(tree), { name: "folder", singleFile: false });
    const run = job.run();
    job.cancel();
    await expect(run).rejects.toMatchObject({ code: "share/cancelled" });
    expect(job.hashed).toBeLessThan(job.size);
  });

  it("names the file that became shorter while it was hashed", async () => {
    tree = await makeTree({ steady: 10 * KIB, shrinking: 200 * KIB });
    const inputs = await inputsOf(tree);
    await writeFile(tree.files.get("shrinking")!.path, "short now");
    await expect(new ShareJob(inputs, { name: "folder", singleFile: false }).run()).rejects.toMatchObject({
      code: "source/changed",
      detail: "shrinking",
    });
  });

  it("names the file that vanished", async () => {
    tree = await makeTree({ steady: 10 * KIB, vanishing: 200 * KIB });
    const inputs = await inputsOf(tree);
    await rm(tree.files.get("vanishing")!.path);
    await expect(new ShareJob(inputs, { name: "folder", singleFile: false }).run()).rejects.toMatchObject({
      code: expect.stringMatching(/^source\//),
      detail: "vanishing",
    });
  });

  it("refuses a share without files at once", async () => {
    tree = await makeTree({});
    expect(() => new ShareJob([], { name: "folder", singleFile: false })).toThrowError(
      expect.objectContaining({ code: "torrent/empty" }),
    );
  });
});
