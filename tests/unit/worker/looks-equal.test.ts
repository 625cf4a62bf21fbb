import { describe, expect, it } from "vitest";
import { looksEqual } from "../../../app/worker/looks-equal.ts";

describe("plain data", () => {
  it.each([
    ["numbers within a thousandth", 0.1, 0.1004, true],
    ["numbers a thousandth apart", 0.1, 0.101, false],
    ["nothing and zero", null, 0, false],
    ["no number twice", Number.NaN, Number.NaN, true],
    ["infinity and a number", Infinity, 5, false],
    ["texts", "a", "b", false],
    ["a number and its text", 1, "1", false],
    ["objects of the same content", { a: [1, { b: null }] }, { a: [1, { b: null }] }, true],
    ["objects that differ deep inside", { a: [1, { b: null }] }, { a: [1, { b: 0 }] }, false],
    ["an object with one thing more", { a: 1 }, { a: 1, b: undefined }, false],
    ["objects with as many other things", { a: undefined }, { b: undefined }, false],
    ["lists of other lengths", [1, 2], [1], false],
    ["an object and nothing", {}, null, false],
  ])("%s", (_, a, b, equal) => {
    expect([looksEqual(a, b), looksEqual(b, a)]).toEqual([equal, equal]);
  });
});
