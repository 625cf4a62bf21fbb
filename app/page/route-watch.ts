/**
 * A route watch tells by which route a connected peer is reached, and again when the route changes. ICE connects by
 * the first path that works, which may be a relay, and moves to a better one a moment later. After a restart, it may
 * move to any path.
 *
 * Reading the route takes the browser's statistics, so it is read only when it may have changed. Chromium tells when
 * ICE moves. Firefox 153 does not tell, but moves only soon after an event that is noticed here. So each such event
 * is followed by several looks (ROUTE_LOOKS).
 */

import type { Route } from "../bridge/connections.ts";
import { ROUTE_LOOKS } from "./constants.ts";
import { errorKind, log } from "./log.ts";
import { readRoute } from "./route.ts";

export class RouteWatch {
  readonly #connection: RTCPeerConnection;
  /** Tells when ICE moves to another pair of addresses, in browsers that tell it. */
  readonly #transport: RTCIceTransport | undefined;
  readonly #tell: (route: Route) => void;
  /** The route that was told last. */
  #route: Route | null;
  #next: ReturnType<typeof setTimeout> | undefined;
  #stopped: boolean;

  /** `connection`: one that is connected. */
  constructor(connection: RTCPeerConnection, tell: (route: Route) => void) {
    this.#connection = connection;
    this.#transport = connection.sctp?.transport.iceTransport;
    this.#tell = tell;
    this.#route = null;
    this.#next = undefined;
    this.#stopped = false;
    this.#transport?.addEventListener("selectedcandidatepairchange", this.#handleMoved);
    this.handleChange();
  }

  /** The path may be another now, or soon. */
  handleChange(): void {
    if (this.#stopped) return;
    this.#plan(0);
    this.#read();
  }

  /** The path may be another soon. */
  expectChange(): void {
    if (!this.#stopped) this.#plan(0);
  }

  readonly #handleMoved = () => this.handleChange();

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#next);
    this.#transport?.removeEventListener("selectedcandidatepairchange", this.#handleMoved);
  }

  /** Plans the next look. `looks`: how many there were since the latest event. */
  #plan(looks: number): void {
    clearTimeout(this.#next);
    const pause = ROUTE_LOOKS[looks];
    if (pause === undefined) return;
    this.#next = setTimeout(() => {
      this.#plan(looks + 1);
      this.#read();
    }, pause);
  }

  #read(): void {
    readRoute(this.#connection).then(
      (route) => this.#handleRead(route),
      (error) => log("connection-route-unread", { error: errorKind(error) }),
    );
  }

  #handleRead(route: Route): void {
    if (this.#stopped || route === this.#route) return;
    this.#route = route;
    this.#tell(route);
  }
}
