/** Stalls without a connected peer: one engine on a stage, whose attempts to connect fail. */
import { describe, expect, test } from "vitest";
import { LINK_LASTED, OFFER_PATIENCE, REDIAL_FIRST } from "../../../app/engine/discovery/constants.ts";
import { bytesToBinaryString } from "../../../app/engine/discovery/tracker-messages.ts";
import type { LinkEnd } from "../../../app/engine/link.ts";
import { RECONNECTING_SHOWN } from "../../../app/engine/swarm/constants.ts";
import { sampleContent } from "../../support/sample-content.ts";
import { idOf, Stage, type StageOptions, TRACKER } from "./stage.ts";

const content = sampleContent("hybrid", { "a.bin": 8 * 65_536 }, 65_536);

function scene(options: StageOptions = {}) {
  const stage = new Stage(content, options);
  const head = {
    action: "announce",
    info_hash: bytesToBinaryString(content.info.infoHashV2!.subarray(0, 20)),
  };
  const say = (message: object) =>
    stage.engine.handleTrackerMessage(TRACKER, JSON.stringify({ ...head, ...message }));
  let named = 0;
  /** Somebody offers; the link under which we answer. */
  const meet = (): number => {
    const before = new Set(stage.dialing);
    const offer = { type: "offer", sdp: "sdp" };
    say({ peer_id: idOf(`P${++named}`), offer_id: idOf("offer"), offer });
    return [...stage.dialing].find((link) => !before.has(link))!;
  };
  return {
    stage,
    say,
    meet,
    there: (seeds: number) => say({ interval: 120, complete: seeds, incomplete: 1 }),
    fail: (...reasons: LinkEnd[]) => {
      for (const reason of reasons) {
        const link = meet();
        stage.dialing.delete(link);
        stage.engine.handleLinkClosed(link, reason);
      }
    },
    stall: () => stage.snapshot().stall,
  };
}

describe("while nobody is connected", () => {
  test("nobody there, somebody there and being connected", () => {
    const { there, meet, stall } = scene();
    there(0);
    expect(stall()).toBe("no-peers");
    meet();
    expect(stall()).toBe("connecting");
  });

  test.each([
    ["no-route", "no-route"],
    ["connect-failed", "no-connection"],
    ["connect-timeout", "no-connection"],
  ] as const)(
    "%s once may have been anything; again it is told as %s, also during the next attempt",
    (reason, told) => {
      const { there, meet, fail, stall } = scene();
      there(1);
      fail(reason);
      expect(stall()).toBe("connecting");
      meet();
      expect(stall()).toBe("connecting");
      fail(reason);
      expect(stall()).toBe(told);
    },
  );

  test("what this node has no room for says nothing of networks either", () => {
    const { there, fail, stall } = scene();
    there(1);
    fail("no-room", "no-room", "no-room");
    expect(stall()).toBe("connecting");
  });

  test("what failed with those who have left is no matter any more", () => {
    const { there, fail, stall } = scene();
    there(1);
    fail("no-route", "no-route");
    expect(stall()).toBe("no-route");
    there(0);
    expect(stall()).toBe("no-peers");
  });

  test("an offer that nobody answered says nothing of networks, unless the browser made none", () => {
    const { stage, there, stall } = scene();
    there(1);
    const offers = [...stage.dialing];
    for (const link of offers) stage.engine.handleLinkClosed(link, "connect-failed");
    expect(stall()).toBe("connecting");
    const { stage: other, stall: told } = scene();
    other.engine.handleLinkClosed([...other.dialing][0]!, "webrtc-unavailable");
    expect(told()).toBe("webrtc-blocked");
  });
});

test("a peer that could not be reached is tried again within seconds, not with the next announce", () => {
  const { stage, there, fail } = scene();
  there(1);
  stage.run(5_000);
  there(1);
  const before = stage.announced.length;
  fail("no-route");
  stage.run(REDIAL_FIRST + OFFER_PATIENCE);
  const announced = stage.announced.slice(before);
  expect(announced.length).toBeGreaterThan(0);
  expect(announced[0]).toMatchObject({ action: "announce" });
});

describe("somebody who can never be reached", () => {
  /** Milliseconds until an attempt fails. */
  const attempt = 20_000;

  function unreachable() {
    const { stage, there, meet, stall } = scene();
    const isAnnounced = () => stage.announced.splice(0).length > 0;
    isAnnounced();
    return {
      stage,
      stall,
      /** Waits for the next announce, which is answered, and for its attempt to fail; tells the wait. */
      tryAgain: (): number => {
        const since = stage.clock.now;
        stage.clock.drive(isAnnounced, 300_000);
        const waited = stage.clock.now - since;
        const link = meet();
        there(1);
        stage.run(attempt);
        stage.dialing.delete(link);
        stage.engine.handleLinkClosed(link, "no-route");
        isAnnounced();
        return waited;
      },
      /** As when another has come to the swarm. */
      there: (seeds: number) => there(seeds),
    };
  }

  test("is tried again within seconds, and then ever less often; the words stay", () => {
    const { tryAgain, stall } = unreachable();
    const waits: number[] = [];
    const words = new Set<unknown>();
    for (let at = 0; at < 24; at++) {
      waits.push(tryAgain());
      words.add(stall());
    }
    for (const wait of waits.slice(0, 4)) expect(wait).toBeLessThan(6_000);
    const late = waits.slice(12);
    expect(late.reduce((sum, wait) => sum + wait) / late.length).toBeGreaterThan(30_000);
    expect([...words]).toEqual(["connecting", "no-route"]);
  });

  test.each<[string, (world: ReturnType<typeof unreachable>) => void]>([
    [
      "another network",
      ({ stage }) => {
        stage.engine.handleNetworkChanged();
        stage.run(0);
      },
    ],
    ["somebody who comes", ({ there }) => there(2)],
  ])("%s: the pauses begin anew", (_, happens) => {
    const world = unreachable();
    for (let at = 0; at < 24; at++) world.tryAgain();
    happens(world);
    world.tryAgain();
    for (let at = 0; at < 3; at++) expect(world.tryAgain()).toBeLessThan(6_000);
  });

  test("on another network nobody knows yet whether that is so", () => {
    const { stage, tryAgain, stall } = unreachable();
    for (let at = 0; at < 3; at++) tryAgain();
    expect(stall()).toBe("no-route");
    stage.engine.handleNetworkChanged();
    expect(stall()).toBe("connecting");
  });
});

describe("a link that ends", () => {
  test.each(["lost", "silent"] as const)("%s is told as being replaced, for a while", (reason) => {
    const { stage, there, meet, stall } = scene();
    const a = stage.meet("A", { has: "none" });
    stage.engine.handleLinkClosed(a.link, reason);
    stage.strangers.delete(a.link);
    there(1);
    expect(stall()).toBe("reconnecting");
    meet();
    expect(stall()).toBe("reconnecting");
    stage.run(RECONNECTING_SHOWN);
    expect(stall()).not.toBe("reconnecting");
  });

  test.each([
    [LINK_LASTED, "at once"],
    [0, "as late as before"],
  ])("after %s ms is replaced %s, whatever failed before it", (lasted, when) => {
    const { stage, there, fail } = scene();
    there(1);
    for (let at = 0; at < 12; at++) {
      fail("no-route");
      stage.run(240_000);
    }
    const stranger = stage.meet("A", { has: "none" });
    stage.run(lasted);
    stage.announced.length = 0;
    stranger.leave();
    stage.run(REDIAL_FIRST + OFFER_PATIENCE);
    expect(stage.announced.length > 0).toBe(when === "at once");
  });

  test.each(["link", "all"])(
    "because somebody would take the other's place is told at once to who has %s",
    (has) => {
      const { stage, there, meet, stall } = scene(has === "all" ? { have: "all" } : { knows: "link" });
      const a = stage.meet("A", { has: "none" });
      there(1);
      stage.engine.handleLinkClosed(a.link, "not-trusted");
      stage.strangers.delete(a.link);
      expect(stall()).toBe("not-trusted");
      meet();
      expect(stall()).toBe("not-trusted");
      stage.meet("B", { has: "none" });
      expect(stall()).not.toBe("not-trusted");
    },
  );

  test("because the other left is not", () => {
    const { stage, there, stall } = scene();
    stage.meet("A", { has: "none" }).leave();
    there(0);
    expect(stall()).toBe("no-peers");
  });

  test("nothing of it is told once somebody is connected", () => {
    const { stage, there, fail, stall } = scene();
    there(1);
    fail("no-route", "no-route");
    stage.meet("A", { has: "none" });
    expect(stall()).toBe("no-source");
  });
});

describe("who has everything", () => {
  test("is told what keeps others away, while somebody is there and nobody is connected", () => {
    const { stage, there, fail, stall } = scene({ have: "all" });
    there(1);
    expect(stall()).toBeNull();
    fail("no-route", "no-route");
    there(2);
    expect(stall()).toBe("no-route");
    stage.meet("A", { has: "none" });
    expect(stall()).toBeNull();
  });
});

describe("a tracker that refuses", () => {
  const refuse = (stage: Stage, url: string, times: number) => {
    const hash = bytesToBinaryString(content.info.infoHashV2!.subarray(0, 20));
    const said = { action: "announce", info_hash: hash, "failure reason": "no more of these" };
    for (let at = 0; at < times; at++) stage.engine.handleTrackerMessage(url, JSON.stringify(said));
  };
  const OTHER = "wss://other.example/";

  test.each(["all", ""])("is told when it does so again, to who has %j", (have) => {
    const { stage, there, stall } = scene({ have });
    refuse(stage, TRACKER, 1);
    expect(stall()).toBeNull();
    refuse(stage, TRACKER, 1);
    expect(stall()).toBe("tracker-refused");
    expect(stage.snapshot().trackers[0]).toMatchObject({ refused: true, failure: "no more of these" });
    there(0);
    expect(stall()).toBe(have === "all" ? null : "no-peers");
  });

  test.each(["all", ""])("is told beside one that works but knows nobody, to who has %j", (have) => {
    const { stage, there, meet, stall } = scene({ have, record: { trackers: [OTHER, TRACKER] } });
    there(0);
    refuse(stage, OTHER, 2);
    expect(stall()).toBe("tracker-refused");
    meet();
    expect(stall()).toBe(have === "all" ? "tracker-refused" : "connecting");
    stage.meet("A", { has: "none" });
    expect(stall()).toBe(have === "all" ? null : "no-source");
  });

  test("that cannot be reached either is told as one that refuses", () => {
    const { stage, stall } = scene({ have: "all", record: { trackers: [OTHER, TRACKER] } });
    refuse(stage, TRACKER, 2);
    stage.engine.handleTrackerClosed(OTHER);
    expect(stall()).toBe("tracker-refused");
    stage.engine.handleTrackerClosed(TRACKER);
    expect(stall()).toBe("tracker-refused");
  });
});

describe("who has everything announces", () => {
  const counts = (complete: number, incomplete: number) => ({ interval: 120, complete, incomplete });

  test("without offers while only others who have everything are there, and with offers once somebody asks", () => {
    const { stage, say } = scene({ have: "all" });
    expect(stage.announced.map(({ offers }) => offers)).toEqual([[], []]);
    say(counts(3, 0));
    stage.run(200_000);
    expect(stage.dialing.size).toBe(0);
    say(counts(3, 1));
    stage.run(200);
    expect(stage.dialing.size).toBe(5);
  });

  test("without offers when somebody it was linked to has left, until it hears of others who ask", () => {
    const { stage, say } = scene({ have: "all" });
    say(counts(1, 1));
    const stranger = stage.meet("A", { has: "none" });
    stage.engine.handleTick();
    const offers = [...stage.dialing];
    for (const link of offers) stage.engine.handleLinkClosed(link, "not-needed");
    stage.dialing.clear();
    stage.announced.length = 0;
    stranger.leave();
    stage.run(REDIAL_FIRST + OFFER_PATIENCE);
    expect(stage.announced.length).toBeGreaterThan(0);
    expect(stage.dialing.size).toBe(0);
    say(counts(1, 1));
    stage.run(200);
    expect(stage.dialing.size).toBe(5);
  });
});
