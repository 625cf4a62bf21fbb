/**
 * The connection budget. A torrent is drawn as its connections: "L" is a link over which much moves, "S" one over
 * which little moves, "u" a useless link, "n" a new link, "o" an offer that waits and "l" a lane. The host bears ten
 * connections, and a torrent may have six links. Torrents with capital names download.
 */
import { describe, expect, test } from "vitest";
import { ConnectionTable } from "../../../../app/engine/connection-table.ts";
import type { ConnectionLimits } from "../../../../app/engine/host.ts";
import {
  ConnectionBudget,
  type ConnectionHolder,
  type Newcomer,
} from "../../../../app/engine/swarm/peers/connection-budget.ts";

const LIMITS = { node: 10, torrent: 6 };
const LINKS = ["L", "S", "u", "n"];
const RATES: Record<string, number> = { L: 1000, S: 1 };

interface Connection {
  readonly link: number;
  readonly kind: string;
}

class Node {
  readonly connections: ConnectionTable<ConnectionHolder>;
  readonly budget: ConnectionBudget;

  constructor(limits: ConnectionLimits) {
    this.connections = new ConnectionTable();
    this.budget = new ConnectionBudget(limits, this.connections);
  }
}

class Torrent implements ConnectionHolder {
  readonly held: Connection[];
  readonly #node: Node;
  readonly #isHungry: boolean;

  constructor(node: Node, isHungry: boolean, picture: string) {
    this.#node = node;
    this.#isHungry = isHungry;
    this.held = [...picture].map((kind) => ({ link: node.connections.add(this, "link"), kind }));
  }

  isHungry(): boolean {
    return this.#isHungry;
  }

  laneCount(): number {
    return this.held.filter(({ kind }) => kind === "l").length;
  }

  closeUseless(): boolean {
    return this.#close(this.#find("u"));
  }

  leastMoving(): ReturnType<ConnectionHolder["leastMoving"]> {
    const least = this.#find("S") ?? this.#find("L");
    return least === undefined ? null : { rate: RATES[least.kind]!, close: () => this.#close(least) };
  }

  dropOldestOffer(): boolean {
    return this.#close(this.#find("o"));
  }

  giveUpNewestLane(): boolean {
    return this.#close(this.held.findLast(({ kind }) => kind === "l"));
  }

  #find(kind: string): Connection | undefined {
    return this.held.find((each) => each.kind === kind);
  }

  #close(connection: Connection | undefined): boolean {
    if (connection === undefined) return false;
    this.held.splice(this.held.indexOf(connection), 1);
    this.#node.connections.delete(connection.link);
    return true;
  }

  get picture(): string {
    return this.held.map(({ kind }) => kind).join("");
  }

  get linkCount(): number {
    return this.held.filter(({ kind }) => LINKS.includes(kind)).length;
  }
}

/** "A:LLLu b:oo": what is held after a newcomer of a torrent asked for room, with "+" where it got some. */
function after(drawn: string, newcomer: Newcomer, name: string): string {
  const node = new Node(LIMITS);
  const torrents = new Map(
    drawn.split(" ").map((each) => {
      const [title, picture] = each.split(":") as [string, string];
      return [title, new Torrent(node, title < "a", picture)];
    }),
  );
  const torrent = torrents.get(name)!;
  const offers = newcomer === "offer" ? torrent.picture.split("o").length - 1 : 0;
  const granted = node.budget.makeRoom(torrent, newcomer, torrent.linkCount + offers, 0);
  if (granted) node.connections.add(torrent, "link");
  expect(node.connections.count, "all connections").toBeLessThanOrEqual(LIMITS.node);
  return [...torrents]
    .map(([title, { picture }]) => `${title}:${picture}${granted && title === name ? "+" : ""}`)
    .join(" ");
}

describe("while there is room", () => {
  test.each<[string, Newcomer, string, string]>([
    ["A:LL", "peer", "A", "A:LL+"],
    ["A:LL", "offer", "A", "A:LL+"],
    // However much more than its share one holds: nobody else needs it.
    ["a:LLLLLL b:oo C:n", "offer", "b", "a:LLLLLL b:oo+ C:n"],
  ])("%s, %s of %s: %s", (drawn, newcomer, name, left) => {
    expect(after(drawn, newcomer, name)).toBe(left);
  });
});

describe("with as many links as a torrent may have", () => {
  test.each<[string, Newcomer, string]>([
    ["A:LLLLLL", "peer", "A:LLLLLL"],
    ["A:LLuLLL", "peer", "A:LLLLL+"],
    // Nobody is there yet that would be worth it.
    ["A:LLuLLL", "offer", "A:LLuLLL"],
    ["A:LLLLoo", "offer", "A:LLLLoo"],
    ["A:LLLLoo", "peer", "A:LLLLoo+"],
  ])("%s, %s: %s", (drawn, newcomer, left) => {
    expect(after(drawn, newcomer, "A")).toBe(left);
  });
});

describe("when all are held, a torrent that has less than its share", () => {
  test.each<[string, string, Newcomer, string, string]>([
    ["what is of no use goes first", "a:LuooL b:LooLL C:", "peer", "C", "a:LooL b:LooLL C:+"],
    ["of whoever has most beyond its share", "a:uL b:LuuuLLLL C:", "peer", "C", "a:uL b:LuuLLLL C:+"],
    ["then an offer that waits", "a:LlooL b:LLLLL C:", "peer", "C", "a:LloL b:LLLLL C:+"],
    ["then a lane", "a:LLll b:LLLLLL C:", "peer", "C", "a:LLl b:LLLLLL C:+"],
    ["then where least moves", "a:LSLL b:LLLLLL C:", "peer", "C", "a:LLL b:LLLLLL C:+"],
    ["for its offers as well", "a:LLSL b:LLLLLL C:", "offer", "C", "a:LLL b:LLLLLL C:+"],
    ["a seed, too, gets its share", "A:LLLLSo B:nLLL c:", "peer", "c", "A:LLLLS B:nLLL c:+"],
    ["but nothing that has just come", "a:nnnn b:nnnnnn C:", "peer", "C", "a:nnnn b:nnnnnn C:"],
    ["nor what others have by right", "a:LLLL B:SLLLL c:S", "peer", "c", "a:LLL B:SLLLL c:S+"],
  ])("%s: %s, %s of %s: %s", (_, drawn, newcomer, name, left) => {
    expect(after(drawn, newcomer, name)).toBe(left);
  });
});

describe("when all are held, a torrent that has its share", () => {
  test.each<[string, string, Newcomer, string, string]>([
    ["gets nothing within another's share", "a:LLuLL B:LLLLL", "peer", "B", "a:LLuLL B:LLLLL"],
    ["what is of no use beyond it", "a:LLuLLL b:LL B:LL", "peer", "b", "a:LLLLL b:LL+ B:LL"],
    ["or its own", "a:LLLLL B:LLLLu", "peer", "B", "a:LLLLL B:LLLL+"],
    ["or the place of its own offer", "a:LLLLL B:LLLLo", "peer", "B", "a:LLLLL B:LLLL+"],
    ["or of its own lane", "a:LLLLL B:LLLLl", "peer", "B", "a:LLLLL B:LLLL+"],
    ["no link that is of use", "A:LLSLL B:LLLLL", "peer", "A", "A:LLSLL B:LLLLL"],
    ["nothing for an offer", "a:LLLuL B:LLLuo", "offer", "B", "a:LLLuL B:LLLuo"],
  ])("%s: %s, %s of %s: %s", (_, drawn, newcomer, name, left) => {
    expect(after(drawn, newcomer, name)).toBe(left);
  });
});

describe("shares", () => {
  test("ten seeds and one that downloads: it gets half of all, one newcomer after the other, and no more", () => {
    const node = new Node({ node: 100, torrent: 60 });
    const seeds = Array.from({ length: 10 }, () => new Torrent(node, false, "LLLLLLLLLL"));
    const downloading = new Torrent(node, true, "");
    let granted = 0;
    while (node.budget.makeRoom(downloading, "peer", granted, 0)) {
      node.connections.add(downloading, "link");
      granted++;
    }
    expect(granted).toBe(50);
    expect(seeds.map(({ picture }) => picture.length)).toEqual(Array(10).fill(5));
  });

  test("a torrent that holds nothing has none", () => {
    expect(after("a: b: c: D:LLLL e:LLLLLL", "peer", "D")).toBe("a: b: c: D:LLLL+ e:LLLLL");
  });
});

describe("lanes", () => {
  test.each([
    ["A:L", true],
    ["A:Lll", true],
    // A third of all that there may be.
    ["A:Lll b:l", false],
    ["A:LLLLLL b:LLLL", false],
  ])("%s: room for one more is %s", (drawn, room) => {
    const node = new Node(LIMITS);
    for (const each of drawn.split(" ")) new Torrent(node, true, each.split(":")[1]!);
    expect(node.budget.hasRoomForLane()).toBe(room);
  });
});
