/**
 * `Swarms` is the interface of the part that keeps the swarms. The tracker gives it inputs: a client's checked
 * messages, and the end of a connection. The outcome of an input says what is to be delivered to which connection. It
 * may come at once or later. For one connection, the tracker gives each input only after the outcome of the input
 * before, and the connection's end last. Different connections do not wait for each other. In this process,
 * swarm-state.ts keeps the swarms.
 */
import type { TrackerMessage } from "../app/engine/discovery/tracker-messages.ts";
import type { Limits } from "./constants.ts";
import type { Announce, Answer, Scrape, Signal } from "./protocol.ts";
import type { RouteLimits } from "./routes.ts";

export interface Delivery<Connection> {
  readonly to: Connection;
  readonly message: TrackerMessage;
}

export interface Outcome<Connection> {
  readonly deliveries: readonly Delivery<Connection>[];
  /** A connection whose peer id someone else claimed: worth finding out whether it still lives. */
  readonly contested?: Connection | undefined;
  /** The connection that came into the announce's swarm. */
  readonly joined?: Connection | undefined;
  /** The connection that left it: its peer stopped, or goes on over another connection. */
  readonly left?: Connection | undefined;
}

export interface SwarmOptions<Connection> {
  readonly limits: RouteLimits &
    Pick<
      Limits,
      | "offersPerMinute"
      | "offerLifetime"
      | "announceInterval"
      | "announcesPerSecond"
      | "announceIntervalMost"
      | "absence"
    >;
  /** In [0, 1). */
  readonly random: () => number;
  /** Whether a connection can take offers now. */
  readonly acceptsOffers: (connection: Connection) => boolean;
}

type Later<Value> = Value | Promise<Value>;

/** `now` in milliseconds, from any fixed start. */
export interface Swarms<Connection> {
  /** Swarms that have peers. */
  readonly swarmCount: number;
  /** Connections that are in a swarm. */
  readonly connectionCount: number;
  handleAnnounce(connection: Connection, announce: Announce, now: number): Later<Outcome<Connection>>;
  /** Passes an answer on, once, to the peer whose offer it answers. */
  handleAnswer(connection: Connection, answer: Answer, now: number): Later<Outcome<Connection>>;
  /** Passes a signal from one end of an answered offer to the other. */
  handleSignal(connection: Connection, said: Signal, now: number): Later<Outcome<Connection>>;
  handleScrape(connection: Connection, scrape: Scrape): Later<Outcome<Connection>>;
  /** The connection ended: all its peers leave, and may be back soon on another. */
  handleLeave(connection: Connection, now: number): Later<void>;
}
