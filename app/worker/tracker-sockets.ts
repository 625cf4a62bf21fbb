/**
 * The tracker sockets are one WebSocket for each tracker URL. The engine says when to open one and what to send. A
 * socket that fails, or does not open within TRACKER_TIMEOUT, is closed, and the engine is told.
 */

import { TRACKER_TIMEOUT } from "./constants.ts";

/** The engine's inputs for trackers. */
export interface TrackerInputs {
  handleTrackerOpened(url: string): void;
  handleTrackerMessage(url: string, text: string): void;
  handleTrackerClosed(url: string): void;
}

interface TrackerSocket {
  /** Null when the browser refused even to make it. */
  readonly socket: WebSocket | null;
  readonly timeout: ReturnType<typeof setTimeout>;
}

export class TrackerSockets {
  readonly #inputs: () => TrackerInputs;
  readonly #sockets: Map<string, TrackerSocket>;

  constructor(inputs: () => TrackerInputs) {
    this.#inputs = inputs;
    this.#sockets = new Map();
  }

  open(url: string): void {
    this.close(url);
    const socket = makeSocket(url);
    const timeout = setTimeout(() => this.#handleClosed(url), socket ? TRACKER_TIMEOUT : 0);
    this.#sockets.set(url, { socket, timeout });
    if (!socket) return;
    socket.onopen = () => {
      clearTimeout(timeout);
      this.#inputs().handleTrackerOpened(url);
    };
    socket.onmessage = (event: MessageEvent<unknown>) => {
      if (typeof event.data === "string") this.#inputs().handleTrackerMessage(url, event.data);
    };
    socket.onclose = () => this.#handleClosed(url);
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

  #handleClosed(url: string): void {
    this.close(url);
    this.#inputs().handleTrackerClosed(url);
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
