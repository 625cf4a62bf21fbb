/** Network loss: when our network counts as silent. Each torrent is drawn as a word, with a letter for each peer. */
import { expect, test } from "vitest";
import { ConnectFailures } from "../../../app/engine/swarm/connect-failures.ts";
import { NETWORK_LOSS_MEMORY } from "../../../app/engine/swarm/constants.ts";
import { NetworkLoss, type NetworkLossContext } from "../../../app/engine/swarm/network-loss.ts";
import { PING_AFTER, PING_PATIENCE, PING_SUSPICION } from "../../../app/engine/swarm/peers/constants.ts";
import type { Peer } from "../../../app/engine/swarm/peers/peer.ts";
import { encodeExtended } from "../../../app/engine/wire/encode.ts";
import { encodeExtensionHandshake } from "../../../app/engine/wire/extended.ts";
import { encodePing } from "../../../app/engine/wire/sh-ping.ts";
import { sampleContent } from "../../support/sample-content.ts";
import { Stage } from "./stage.ts";

/** "a": alive, "s": suspected, "x": cannot be asked; "!" at the end: a link of the torrent was lost at 0. */
function torrent(picture: string): NetworkLossContext {
  const connectFailures = new ConnectFailures();
  if (picture.endsWith("!")) connectFailures.handleEnded("lost", 0);
  const letters = [...picture.replace("!", "")];
  const peers = new Map(
    letters.map((letter, link) => [link, { link, answersPings: letter !== "x" } as unknown as Peer]),
  );
  const liveness = { isSuspected: ({ link }: Peer) => letters[link] === "s" };
  return { peers, links: { liveness }, announcing: { connectFailures } };
}

test.each([
  ["", false],
  ["x", false],
  ["a", false],
  ["s", true],
  ["sa", false],
  ["s a", false],
  ["ssx s", true],
  ["!", true],
  ["!  s", true],
  ["! a", false],
  ["x!", true],
])("%j: %j", (picture, silent) => {
  expect(new NetworkLoss().begins(picture.split(" ").map(torrent), 1)).toBe(silent);
});

test("is told when it begins, and the next time when somebody was heard in between", () => {
  const silence = new NetworkLoss();
  const told = ["a", "s", "s", "!", "!", "a", "s"].map((picture) => silence.begins([torrent(picture)], 1));
  expect(told).toEqual([false, true, false, false, false, false, true]);
});

test("whoever was lost a while ago has left", () => {
  expect(new NetworkLoss().begins([torrent("!")], NETWORK_LOSS_MEMORY)).toBe(false);
});

test("on a node: the tracker is reached anew, and another path to the peer looked for, before its link ends", () => {
  const stage = new Stage(sampleContent("hybrid", { "a.bin": 8 * 65_536 }, 65_536));
  let opened = 0;
  const { openTracker } = stage.host;
  stage.host.openTracker = (url) => {
    opened++;
    openTracker.call(stage.host, url);
  };
  const a = stage.meet("A", { has: "all" });
  const said = { m: { sh_ping: 9 }, metadataSize: null, reqq: null, v: null, uploadOnly: false };
  a.say(encodeExtended(0, encodeExtensionHandshake({ ...said, maxBlock: null, about: null })));
  stage.run(PING_AFTER + PING_SUSPICION - 200);
  expect([opened, stage.host.mended]).toEqual([0, []]);
  stage.run(600);
  expect([opened, stage.host.mended]).toEqual([1, [a.link]]);
  expect(a.closed).toBeNull();
  a.say(encodeExtended(4, encodePing("pong")));
  stage.run(PING_PATIENCE);
  expect(a.closed).toBeNull();
});
