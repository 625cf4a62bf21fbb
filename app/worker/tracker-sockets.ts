/**
 * The tracker sockets are one WebSocket for each tracker URL. The engine says when to open one and what to send. A
 * socket that fails, or does not open within TRACKER_TIMEOUT, is closed, and the engine is told.
 *
 * The page's own server is asked by HTTP whether it is there, before a socket to it is opened that failed the last time.
 * Browsers put sockets off whose server failed a few times in a row, as that is what they see of stampedes: Firefox up
 * to a minute, Chromium some seconds. They put no requests off. So the engine may try often, and hears of the server's
 * return at once.
 */

import { PROBE_TIMEOUT, TRACKER_TIMEOUT } from "./constants.ts";

/** The engine's inputs for trackers. */
export interface TrackerInputs {
  handleTrackerOpened(url: string): void;
  handleTrackerMessage(url: string, text: string): void;
  /** `isBusy`: the tracker's server is there, but took no socket. */
  handleTrackerClosed(url: string, isBusy: boolean): void;
}

/** The page's own server. */
export interface OwnServer {
  /** The URL of its tracker. */
  readonly tracker: string;
  /** An address of it that answers as long as it is there. */
  readonly probe: string;
}

interface TrackerSocket {
  /** Null when the browser refused even to make it, and while the server is being asked whether it is there. */
  readonly socket: WebSocket | null;
  readonly timeout: ReturnType<typeof setTimeout>;
}

/** HTTP statuses by which a proxy says that the server behind it is not there, or not yet. */
const AWAY: ReadonlySet<number> = new Set([502, 503, 504]);

export class TrackerSockets {
  readonly #inputs: TrackerInputs;
  readonly #own: OwnServer;
  readonly #sockets: Map<string, TrackerSocket>;
  /** The latest socket to the page's own server failed, or was closed by it. */
  #ownFailed: boolean;

  constructor(inputs: TrackerInputs, own: OwnServer) {
    this.#inputs = inputs;
    this.#own = own;
    this.#sockets = new Map();
    this.#ownFailed = false;
  }

  open(url: string): void {
    this.close(url);
    if (url === this.#own.tracker && this.#ownFailed) this.#probe(url);
    else this.#open(url);
  }

  /** Opens a socket once the page's own server answers. */
  #probe(url: string): void {
    const timeout = setTimeout(() => this.#handleClosed(url), PROBE_TIMEOUT);
    const entry = { socket: null, timeout };
    this.#sockets.set(url, entry);
    void isThere(this.#own.probe).then((there) => {
      if (this.#sockets.get(url) !== entry) return;
      clearTimeout(timeout);
      if (there) this.#open(url, true);
      else this.#handleClosed(url);
    });
  }

  /** `isThere`: the server has just answered. */
  #open(url: string, isThere = false): void {
    const socket = makeSocket(url);
    let isBusy = isThere;
    const timeout = setTimeout(() => this.#handleClosed(url, isBusy), socket ? TRACKER_TIMEOUT : 0);
    this.#sockets.set(url, { socket, timeout });
    if (!socket) return;
    socket.onopen = () => {
      clearTimeout(timeout);
      isBusy = false;
      if (url === this.#own.tracker) this.#ownFailed = false;
      this.#inputs.handleTrackerOpened(url);
    };
    socket.onmessage = (event: MessageEvent<unknown>) => {
      if (typeof event.data === "string") this.#inputs.handleTrackerMessage(url, event.data);
    };
    socket.onclose = () => this.#handleClosed(url, isBusy);
  }

  send(url: string, text: string): void {
    const socket = this.#sockets.get(url)?.socket;
    if (socket?.readyState === WebSocket.OPEN) socket.send(text);
  }

  /** Closes the socket without an input to the engine. Texts that were sent before still leave. */
  close(url: string): void {
    const entry = this.#sockets.get(url);
    if (!entry) return;
    this.#sockets.delete(url);
    clearTimeout(entry.timeout);
    if (!entry.socket) return;
    entry.socket.onopen = null;
    entry.socket.onmessage = null;
    entry.socket.onclose = null;
    entry.socket.close();
  }

  #handleClosed(url: string, isBusy = false): void {
    this.close(url);
    if (url === this.#own.tracker) this.#ownFailed = true;
    this.#inputs.handleTrackerClosed(url, isBusy);
  }
}

/** Whether the server at an address answers. */
async function isThere(address: string): Promise<boolean> {
  try {
    const { status } = await fetch(address, {
      cache: "no-store",
      signal: AbortSignal.timeout(PROBE_TIMEOUT),
    });
    return !AWAY.has(status);
  } catch {
    return false;
  }
}

/** Null for an address that the browser refuses: malformed, or ws: from an https: page. */
function makeSocket(url: string): WebSocket | null {
  try {
    return new WebSocket(url);
  } catch {
    return null;
  }
}
