import { describe, expect, it } from "vitest";
import { routeOf } from "../../../app/page/route.ts";

const candidates = (local: string, remote: string) => [
  { id: "L", type: "local-candidate", candidateType: local },
  { id: "R", type: "remote-candidate", candidateType: remote },
  { id: "other", type: "local-candidate", candidateType: "relay" },
];
const pair = { id: "P", type: "candidate-pair", localCandidateId: "L", remoteCandidateId: "R" };
const unused = { id: "U", type: "candidate-pair", localCandidateId: "other", remoteCandidateId: "R" };
const transport = { id: "T", type: "transport", selectedCandidatePairId: "P" };

describe("the route of a connection", () => {
  it.each([
    ["host", "host", "direct"],
    ["srflx", "prflx", "direct"],
    ["relay", "host", "relayed"],
    ["host", "relay", "relayed"],
  ])("%s to %s is %s", (local, remote, route) => {
    expect(routeOf([unused, pair, ...candidates(local, remote), transport])).toBe(route);
  });

  it("is read from the selected pair where no transport names it, as in Firefox", () => {
    expect(routeOf([unused, { ...pair, selected: true }, ...candidates("host", "host")])).toBe("direct");
  });

  it("is unknown without a selected pair or without its candidates", () => {
    expect(routeOf([pair, ...candidates("host", "host")])).toBe("unknown");
    expect(routeOf([pair, transport])).toBe("unknown");
  });
});
