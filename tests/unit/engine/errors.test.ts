/** A ShoalError: its message, code, detail and cause, for developers. The interface words it for people. */
import { expect, test } from "vitest";
import { ShoalError } from "../../../app/engine/errors.ts";

test("an error's message is its code and its detail", () => {
  const cause = new Error("of the browser");
  expect(new ShoalError("source/gone", "fish.bin", { cause })).toMatchObject({
    message: "source/gone: fish.bin",
    code: "source/gone",
    detail: "fish.bin",
    cause,
  });
  expect(new ShoalError("torrent/empty")).toMatchObject({ message: "torrent/empty", detail: "" });
});
