/** The connection table. Each connection is drawn as holder, number and kind: "A1 offer". */
import { describe, expect, test } from "vitest";
import { ConnectionTable } from "../../../app/engine/connection-table.ts";

function draw(table: ConnectionTable<string>, upTo: number): string[] {
  return Array.from({ length: upTo }, (_, at) => table.find(at + 1)).map((each, at) =>
    each === undefined ? "-" : `${each.holder}${at + 1} ${each.kind}`,
  );
}

describe("a connection", () => {
  test("is numbered once, for good", () => {
    const table = new ConnectionTable<string>();
    expect([table.add("A", "offer"), table.add("B", "dial")]).toEqual([1, 2]);
    table.delete(2);
    expect(table.add("A", "lane")).toBe(3);
    expect(draw(table, 3)).toEqual(["A1 offer", "-", "A3 lane"]);
  });

  test("becomes more from offer to link", () => {
    const table = new ConnectionTable<string>();
    const link = table.add("A", "offer");
    table.setKind(link, "dial");
    expect(draw(table, 1)).toEqual(["A1 dial"]);
    table.setKind(link, "link");
    expect(draw(table, 1)).toEqual(["A1 link"]);
  });

  test("that has ended comes no further", () => {
    const table = new ConnectionTable<string>();
    table.delete(table.add("A", "offer"));
    table.setKind(1, "link");
    expect(draw(table, 1)).toEqual(["-"]);
  });

  test("counts until it has ended, and ends once", () => {
    const table = new ConnectionTable<string>();
    for (const holder of ["A", "A", "B"]) table.add(holder, "link");
    expect([table.count, table.countOf("A"), table.countOf("B")]).toEqual([3, 2, 1]);
    table.delete(3);
    table.delete(3);
    table.delete(1);
    expect([table.count, table.countOf("A"), table.countOf("B")]).toEqual([1, 1, 0]);
    expect([...table.holders()]).toEqual(["A"]);
  });
});
