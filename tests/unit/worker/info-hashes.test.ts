/**
 * Shares of the same content have the same info-hashes in every version of Shoal, where name and order are the same: those
 * of the fixture were made by the version before drafts.
 */
import { readFileSync } from "node:fs";
import { beforeEach, describe, expect, it } from "vitest";
import type { SharedFile } from "../../../app/bridge/commands.ts";
import { openMemoryDatabase } from "../../support/memory-database.ts";
import { sampleFile } from "../../support/torrents.ts";
import { CommandStage } from "./command-stage.ts";

interface Golden {
  readonly what: string;
  /** Lengths in bytes, by whole path. */
  readonly files: Readonly<Record<string, number>>;
  readonly name: string;
  readonly infoHashV1: string;
  readonly infoHashV2: string;
}

const fixture = new URL("../../fixtures/content/shares.json", import.meta.url);
const shares: readonly Golden[] = JSON.parse(readFileSync(fixture, "utf8"));

let stage: CommandStage;

beforeEach(async () => {
  stage = new CommandStage(await openMemoryDatabase());
});

function filesOf({ files }: Golden): SharedFile[] {
  return Object.entries(files).map(([path, length]) => {
    const { bytes } = sampleFile(path, length);
    const file = new File([new Uint8Array(bytes)], path.split("/").at(-1)!);
    return { file, path: path.split("/"), handle: null };
  });
}

describe("the info-hashes of", () => {
  it.each(shares.map((golden) => [golden.what, golden] as const))("%s", async (_what, golden) => {
    const { infoHashV1, infoHashV2, name } = golden;
    const files = filesOf(golden);
    const { id } = await stage.share(files);
    expect(stage.engine.status(id)).toMatchObject({ infoHashV1, infoHashV2, name });
    // In another order, and all of them new: the content tells that they are the same.
    const touched = [...files].reverse().map((each) => ({
      ...each,
      file: new File([each.file], each.file.name, { lastModified: 1 }),
    }));
    expect(await stage.share(touched, { draft: "again" })).toMatchObject({ id, known: true });
    const anew = await stage.share(files, { draft: "anew", anew: "0123456789abcdef" });
    expect(anew).toMatchObject({ known: false });
    expect(stage.engine.status(anew.id).infoHashV1).not.toBe(infoHashV1);
    expect(stage.engine.torrents()).toEqual([id, anew.id]);
  });
});
