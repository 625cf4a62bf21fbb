/** Peers on probation are asked for one piece at a time. Pieces have two blocks, and windows hold four of them. */
import { describe, expect, test } from "vitest";
import { encodeChoke, encodeSuggest, encodeUnchoke } from "../../../../app/engine/wire/encode.ts";
import { sampleContent } from "../../../support/sample-content.ts";
import { BLOCK, Stage } from "../stage.ts";

const PIECE = 2 * BLOCK;
const content = sampleContent("hybrid", { "a.bin": 12 * PIECE }, PIECE);

/** Pieces of which something was asked, of lines as "request 3.0" or "3.0". */
function piecesAsked(said: readonly string[]): string[] {
  return [...new Set(said.flatMap((each) => /^(?:request )?(\d+)\.\d+$/.exec(each)?.[1] ?? []))];
}

describe("a newcomer", () => {
  test("is asked for one piece, and for more once that is verified", () => {
    const stage = new Stage(content, { roomy: true });
    const a = stage.meet("A");
    expect(piecesAsked(a.serve())).toHaveLength(1);
    expect(a.serve()).toEqual([]);
    stage.run(20);
    expect(piecesAsked(a.heard()).length).toBeGreaterThan(1);
  });

  test("that sends rubbish costs one piece", () => {
    const stage = new Stage(content, { roomy: true });
    const a = stage.meet("A");
    const asked = a.serve(() => true);
    stage.run(20);
    expect(piecesAsked(asked)).toHaveLength(1);
    expect(a.closed).toBe("bad-piece");
  });

  test("is tried alone: two newcomers never share a first piece", () => {
    const stage = new Stage(sampleContent("hybrid", { "a.bin": 8 * PIECE }, 2 * PIECE));
    const first = stage.meet("A").heard();
    const second = stage.meet("B").heard();
    // There is more of A's piece to be had.
    expect(first).toHaveLength(2);
    expect(piecesAsked(first)).toHaveLength(1);
    expect(piecesAsked(second)).toHaveLength(1);
    expect(piecesAsked(first)).not.toEqual(piecesAsked(second));
  });

  test("that chokes before it has sent any of its piece is tried with another", () => {
    const stage = new Stage(content, { roomy: true });
    const a = stage.meet("A", { extensions: { fast: false } });
    const first = piecesAsked(a.heard());
    a.say(encodeChoke());
    stage.meet("B").serve();
    stage.run(20);
    a.say(encodeUnchoke());
    const second = piecesAsked(a.heard());
    expect(second).toHaveLength(1);
    expect(second).not.toEqual(first);
  });

  test("keeps what it is suggested for the time after its first piece", () => {
    const stage = new Stage(content, { roomy: true });
    const a = stage.open("A");
    a.greet();
    a.say(encodeSuggest(7), encodeSuggest(8));
    a.serve();
    stage.run(20);
    expect(piecesAsked(a.heard()).slice(0, 2)).toEqual(["7", "8"]);
  });
});

test("what a liar had sent of other pieces goes with it", () => {
  const stage = new Stage(content, { roomy: true });
  const a = stage.meet("A", { proven: true });
  const asked = a.heard().filter((each) => each.startsWith("request "));
  const [bad, begun] = piecesAsked(asked).map(Number);
  a.sendBlocks(begun!, 0, 1);
  a.sendBlocks(bad!, 0, 2, [1]);
  stage.run(20);
  expect(a.closed).toBe("bad-piece");
  const b = stage.meet("B");
  for (let round = 0; round < 12; round++) {
    b.serve();
    stage.run(20);
  }
  expect(stage.have).toBe("x".repeat(12));
  expect(b.closed).toBeNull();
});
