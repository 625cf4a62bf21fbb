/**
 * A cache of 100 bytes. It is drawn as its pieces, the next one to be removed first: "film/0:40" is piece 0 of film
 * with 40 bytes.
 */
import { expect, test } from "vitest";
import { PIECE_CACHE_PATIENCE } from "../../../../app/engine/swarm/pieces/constants.ts";
import { PieceCache } from "../../../../app/engine/swarm/pieces/piece-cache.ts";

function cacheOf(served: string[] = []) {
  const cache = new PieceCache({
    capacity: 100,
    most: 200,
    isServing: (torrent, piece) => served.includes(`${torrent}/${piece}`),
  });
  return {
    cache,
    add: (torrent: string, piece: number, bytes: number) => cache.add(torrent, piece, new Uint8Array(bytes)),
    /** Pieces of "film" and "song" that are kept. */
    kept: () =>
      ["film", "song"]
        .flatMap((torrent) => [0, 1, 2, 3].map((piece) => ({ torrent, piece })))
        .filter(({ torrent, piece }) => cache.has(torrent, piece))
        .map(({ torrent, piece }) => `${torrent}/${piece}`)
        .join(" "),
  };
}

test("the least recently used piece makes room", () => {
  const { cache, add, kept } = cacheOf();
  add("film", 0, 40);
  add("film", 1, 40);
  expect(cache.get("film", 0)).toHaveLength(40);
  add("song", 0, 40);
  expect(kept()).toBe("film/0 song/0");
  expect(cache.bytes).toBe(80);
});

test("looking whether a piece is there does not count as use", () => {
  const { cache, add, kept } = cacheOf();
  add("film", 0, 50);
  add("film", 1, 50);
  cache.has("film", 0);
  add("film", 2, 50);
  expect(kept()).toBe("film/1 film/2");
});

test("a piece larger than the cache stays until the next one comes", () => {
  const { cache, add, kept } = cacheOf();
  add("film", 0, 40);
  add("film", 1, 500);
  expect(kept()).toBe("film/1");
  expect(cache.bytes).toBe(500);
  add("film", 2, 10);
  expect(kept()).toBe("film/2");
  expect(cache.bytes).toBe(10);
});

test("a piece added again is counted once", () => {
  const { cache, add } = cacheOf();
  add("film", 0, 40);
  add("film", 0, 60);
  expect(cache.bytes).toBe(60);
});

test("a torrent is forgotten with all its pieces, and no other with it", () => {
  const { cache, add, kept } = cacheOf();
  add("film", 0, 10);
  add("film", 1, 10);
  add("song", 1, 10);
  cache.forget("film");
  expect(kept()).toBe("song/1");
  expect(cache.bytes).toBe(10);
  expect(cache.get("film", 0)).toBeNull();
});

test("what is being served stays beyond the capacity, and goes when it no longer is", () => {
  const served = ["film/0", "song/0"];
  const { add, kept } = cacheOf(served);
  add("film", 0, 40);
  add("song", 0, 40);
  add("film", 1, 40);
  add("film", 2, 40);
  expect(kept()).toBe("film/0 film/2 song/0");
  served.shift();
  add("film", 3, 40);
  expect(kept()).toBe("film/3 song/0");
});

test("but not beyond the most: then the least recently used goes all the same", () => {
  const { cache, add, kept } = cacheOf(["film/0", "film/1", "film/2", "film/3"]);
  for (let piece = 0; piece < 4; piece++) add("film", piece, 60);
  expect(kept()).toBe("film/1 film/2 film/3");
  expect(cache.bytes).toBe(180);
});

test("a cache that nobody uses lets all pieces go; one that is used keeps them", () => {
  const { cache, add, kept } = cacheOf();
  add("film", 0, 40);
  add("song", 0, 40);
  for (let now = 0; now <= 5 * PIECE_CACHE_PATIENCE; now += PIECE_CACHE_PATIENCE / 2) {
    cache.handleTick(now);
    cache.get("film", 0);
  }
  expect(kept()).toBe("film/0 song/0");
  cache.handleTick(6 * PIECE_CACHE_PATIENCE);
  cache.handleTick(7 * PIECE_CACHE_PATIENCE - 1);
  expect(kept()).toBe("film/0 song/0");
  cache.handleTick(7 * PIECE_CACHE_PATIENCE);
  expect(kept()).toBe("");
  expect(cache.bytes).toBe(0);
  add("film", 1, 60);
  expect(kept()).toBe("film/1");
});
