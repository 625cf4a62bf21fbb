/** Availability, compared with a model that simply counts. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Availability, type PieceSet } from "../../../../app/engine/swarm/pieces/availability.ts";
import { seededRandom } from "../../../support/random.ts";

const PIECES = 24;
const ALL: PieceSet = { has: () => true };

type Step =
  | { readonly kind: "join"; readonly has: number }
  | { readonly kind: "seed" | "leave" | "open" | "close"; readonly at: number }
  | { readonly kind: "have"; readonly at: number; readonly piece: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant("join" as const), has: fc.integer({ min: 0, max: 2 ** PIECES - 1 }) }),
  fc.record({
    kind: fc.constantFrom("seed" as const, "leave" as const, "open" as const, "close" as const),
    at: fc.nat(1000),
  }),
  fc.record({ kind: fc.constant("have" as const), at: fc.nat(1000), piece: fc.nat(PIECES - 1) }),
);

describe("availability", () => {
  test("counts and finds as a naive count does, whatever happens", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.integer(), (steps, seed) => {
        const availability = new Availability(PIECES, seededRandom(seed));
        const peers: (Set<number> | "all")[] = [];
        const open = new Set<number>();
        const count = (piece: number) => peers.filter((has) => has === "all" || has.has(piece)).length;
        for (const each of steps) {
          if (each.kind === "join") {
            const has = new Set(
              Array.from({ length: PIECES }, (_, piece) => piece).filter((p) => each.has & (1 << p)),
            );
            peers.push(has);
            for (const piece of has) availability.increment(piece);
          } else if (each.kind === "seed") {
            peers.push("all");
            availability.addSeed();
          } else if (each.kind === "leave" && peers.length > 0) {
            const [gone] = peers.splice(each.at % peers.length, 1);
            if (gone === "all") availability.removeSeed();
            else for (const piece of gone!) availability.decrement(piece);
          } else if (each.kind === "have" && peers.length > 0) {
            const has = peers[each.at % peers.length]!;
            if (has === "all" || has.has(each.piece)) continue;
            has.add(each.piece);
            availability.increment(each.piece);
          } else if (each.kind === "open") {
            availability.open(each.at % PIECES);
            open.add(each.at % PIECES);
          } else if (each.kind === "close") {
            availability.close(each.at % PIECES);
            open.delete(each.at % PIECES);
          }
          availability.assertConsistent(count);
          expect(availability.openCount).toBe(open.size);
          const odd: PieceSet = { has: (piece) => piece % 2 === 1 };
          const counts = [...open].filter(odd.has).map(count);
          const rarest = availability.rarest(odd, true);
          const commonest = availability.commonest(odd, true);
          expect(rarest === null ? null : count(rarest)).toBe(
            counts.length === 0 ? null : Math.min(...counts),
          );
          expect(commonest === null ? null : count(commonest)).toBe(
            counts.length === 0 ? null : Math.max(...counts),
          );
          const any = availability.any(odd);
          expect(any === null).toBe(counts.length === 0);
          if (any !== null) expect(open.has(any) && odd.has(any)).toBe(true);
        }
      }),
      { numRuns: 150 },
    );
  });

  test("pieces that nobody but seeds have are left out where only partial peers are asked", () => {
    const availability = new Availability(3, seededRandom(1));
    for (const piece of [0, 1, 2]) availability.open(piece);
    availability.addSeed();
    availability.increment(2);
    expect(availability.rarest(ALL, false)).toBe(2);
    expect([0, 1]).toContain(availability.rarest(ALL, true));
  });

  test("ties are broken at random: each of ten equal pieces comes first about equally often", () => {
    const firsts = new Array<number>(10).fill(0);
    const anys = new Array<number>(10).fill(0);
    for (let seed = 0; seed < 2000; seed++) {
      const availability = new Availability(10, seededRandom(seed));
      for (let piece = 0; piece < 10; piece++) {
        availability.open(piece);
        availability.increment(piece);
      }
      firsts[availability.rarest(ALL, true)!]!++;
      anys[availability.any(ALL)!]!++;
    }
    for (const times of [...firsts, ...anys]) {
      expect(times).toBeGreaterThan(140);
      expect(times).toBeLessThan(260);
    }
  });

  test("a have costs no dice, a search one throw for each bucket, however many pieces there are", () => {
    let draws = 0;
    const random = seededRandom(1);
    const availability = new Availability(100_000, () => {
      draws++;
      return random();
    });
    for (let piece = 0; piece < 100_000; piece++) availability.open(piece);
    const before = process.hrtime.bigint();
    for (let piece = 0; piece < 100; piece++) availability.increment(piece);
    expect(process.hrtime.bigint() - before).toBeLessThan(100_000_000n);
    expect(draws).toBe(0);
    availability.rarest(ALL, false);
    expect(draws).toBe(1);
  });

  test("finding the rarest asks about one piece only when the first will do", () => {
    const availability = new Availability(100_000, seededRandom(2));
    for (let piece = 0; piece < 100_000; piece++) availability.open(piece);
    availability.addSeed();
    let asked = 0;
    const counting: PieceSet = {
      has: () => {
        asked++;
        return true;
      },
    };
    availability.rarest(counting, true);
    expect(asked).toBe(1);
  });
});
