/** A disk of virtual time takes as long as it should, and fails as it is told. */
import { describe, expect, test } from "vitest";
import { VirtualClock } from "../../support/virtual-clock.ts";
import { type DiskOptions, VirtualDisk } from "../../support/virtual-disk.ts";

const PIECE = new Uint8Array(1000).fill(7);

/** A disk of one byte a millisecond, and what it answered: "5003: stored 0", "6: storage/full 0". */
function scene(options: DiskOptions = {}) {
  const clock = new VirtualClock();
  const disk = new VirtualDisk(clock, { rate: 1000, ...options });
  const answers: string[] = [];
  return {
    clock,
    disk,
    store: (piece: number, data = PIECE) =>
      disk.store("t", piece, data, (failure) =>
        answers.push(`${clock.now}: ${failure?.code ?? "stored"} ${piece}`),
      ),
    read: (piece: number) =>
      disk.read("t", piece, (data, failure) =>
        answers.push(`${clock.now}: ${failure?.code ?? data?.length} ${piece}`),
      ),
    answers: () => {
      while (clock.step());
      return answers.splice(0);
    },
  };
}

describe("time", () => {
  test("is taken by each byte, one piece after the other, and by the answer", () => {
    const { disk, store, read, answers } = scene();
    disk.piecesOf("t").set(5, PIECE);
    store(0);
    read(5);
    expect(answers()).toEqual(["1003: stored 0", "2003: 1000 5"]);
    disk.delay = 60_000;
    store(1);
    expect(answers()).toEqual(["63003: stored 1"]);
  });

  test("passes until a piece is there", () => {
    const { clock, disk, store } = scene();
    store(0);
    clock.run(1002);
    expect(disk.piecesOf("t").size).toBe(0);
    clock.run(1);
    expect([...disk.piecesOf("t").keys()]).toEqual([0]);
  });
});

describe("a piece", () => {
  test("is kept as it was, whatever becomes of the bytes that were given and got", () => {
    const { disk, store, answers } = scene();
    const given = PIECE.slice();
    store(0, given);
    answers();
    given.fill(0);
    disk.piecesOf("t").get(0)!.fill(1);
    expect(disk.piecesOf("t").get(0)).toEqual(PIECE);
  });

  test("that is being stored does not come back to what was deleted", () => {
    const { disk, store, answers } = scene();
    store(0);
    disk.delete("t");
    expect(answers()).toEqual(["1003: stored 0"]);
    expect(disk.torrents).toEqual([]);
  });

  test("lies on the shelf that the disk was given, if any", () => {
    const shelf = new Map([[4, PIECE]]);
    const { disk, store, read, answers } = scene({ shelf });
    store(0);
    read(4);
    answers();
    expect([shelf.get(0), disk.torrents]).toEqual([PIECE, []]);
    expect(disk.reads).toEqual([4]);
  });
});

describe("a failure", () => {
  test("comes when there is no more room", () => {
    const { store, answers } = scene({ room: 2500 });
    for (const piece of [0, 1, 2]) store(piece);
    expect(answers().map((line) => line.split(": ")[1])).toEqual(["stored 0", "stored 1", "storage/full 2"]);
  });

  test("comes as told, and keeps nothing", () => {
    const { disk, store, answers } = scene();
    disk.failure = { code: "storage/failed", detail: "" };
    store(0);
    expect(answers()).toEqual(["1003: storage/failed 0"]);
    expect(disk.piecesOf("t").size).toBe(0);
    disk.failure = null;
    store(0);
    expect(answers()).toEqual(["2006: stored 0"]);
  });

  test("to read is that of a piece that is not there, or can no longer be read", () => {
    const { disk, read, answers } = scene();
    disk.piecesOf("t").set(1, PIECE);
    disk.unreadable.add(1);
    read(0);
    read(1);
    expect(answers()).toEqual(["3: storage/lost 0", "3: source/gone 1"]);
  });
});
