/** The sentences of errors, whatever is put into them. */
import { expect, test } from "vitest";
import { type ErrorCode, errorMessage, ShoalError } from "../../../app/engine/errors.ts";

test("a detail stands in its sentence as it is, whatever it is called", () => {
  for (const name of ["fish.bin", "$&", "$1", "$`", "{detail}"])
    expect(errorMessage("source/gone", name)).toContain(`“${name}” can no longer be read`);
});

test.each(["storage/of-tomorrow", "toString", "__proto__", ""])(
  "a code %j that is not in the table, as of another version, is told as the engine's failure",
  (code) => {
    const error = new ShoalError(code as ErrorCode, "detail");
    expect(error.message).toBe(errorMessage("connection/worker-failed", code));
    expect(error).toMatchObject({ code, detail: "detail" });
  },
);
