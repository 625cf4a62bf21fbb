/** A peer's state is in groups, and each group is written in one place: who reads a field knows where it changes. */
import { describe, expect, it } from "vitest";
import { listSources, readSource } from "../../support/sources.ts";

const swarm = "app/engine/swarm";

/** The groups of a peer, each with the places that may write it. */
const owners: Record<string, string[]> = {
  said: ["peer-protocol.ts", "peers/has-messages.ts", "download/picker.ts"],
  asked: ["download/", "peers/peer.ts"],
  served: ["upload/uploads.ts"],
  slot: ["upload/choker.ts"],
  trial: ["download/probation.ts"],
};

/** An assignment to a field of a group, or a call that changes a collection in it. */
const write =
  /\.(said|asked|served|slot|trial)\.\w+(?:\s*(?:=(?!=)|\+=|-=|\?\?=|\+\+|--)|\.(?:push|shift|splice|set|add|delete|clear|take|handle\w+|probeBase)\()/g;

/** Fields that stand beside the groups, each with the places that may write it. */
const fields: Record<string, string[]> = {
  has: ["pieces/pieces.ts", "peers/has-messages.ts"],
  countedAsSeed: ["pieces/pieces.ts", "peers/has-messages.ts"],
  interesting: ["pieces/pieces.ts"],
  refused: ["download/downloads.ts", "peers/has-messages.ts"],
  lanes: ["lanes/lanes.ts"],
  roundTrip: ["peers/peer-liveness.ts"],
};
const fieldWrite =
  /\bpeer\.(has|countedAsSeed|interesting|refused|lanes|roundTrip)!?(?:\s*(?:=(?!=)|\+\+|--)|\.(?:push|splice|add|delete|clear)\()/g;

/** Writes of a text that stands at `path` below the swarm, where another place owns the group. */
function foreignWrites(path: string, text: string): string[] {
  const isForeign = (places: readonly string[]) => !places.some((place) => path.startsWith(place));
  return [
    ...[...text.matchAll(write)].filter(([, group]) => isForeign(owners[group!]!)),
    ...[...text.matchAll(fieldWrite)].filter(([, field]) => isForeign(fields[field!]!)),
  ].map(([found]) => `${path}: ${found}`);
}

describe("the groups of a peer", () => {
  it("are written by their owners only", () => {
    const files = listSources(swarm, /\.ts$/);
    const writes = files.flatMap((path) => foreignWrites(path.slice(swarm.length + 1), readSource(path)));
    // A node lets the queues of all its windows run empty together.
    expect(
      writes.filter((each) => !/(?:base-probes|peer-protocol)\.ts: .asked.window.probeBase/.test(each)),
    ).toEqual([]);
  });

  it.each([
    ["upload/uploads.ts", "peer.slot.amChoking = true;"],
    ["torrent.ts", "peer.asked.bytesUnderWay -= 1;"],
    ["upload/choker.ts", "peer.served.incoming.splice(0);"],
    ["peers/links.ts", "this.peer.trial.proven ??= true;"],
    ["upload/choker.ts", "peer.interesting++;"],
    ["download/downloads.ts", "peer.has!.add(piece);"],
    ["download/picker.ts", "peer.refused.clear();"],
    ["torrent.ts", "peer.lanes.push(lane);"],
  ])("in %s, %s is refused", (path, text) => {
    expect(foreignWrites(path, text)).toHaveLength(1);
  });

  it.each([
    ["upload/choker.ts", "peer.slot.amChoking = true;"],
    ["torrent.ts", "if (peer.slot.amChoking === true) peer.asked.requests.get(1);"],
  ])("in %s, %s is allowed", (path, text) => {
    expect(foreignWrites(path, text)).toEqual([]);
  });
});
