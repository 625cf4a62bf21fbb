/**
 * A paired client is one of two clients of a share, without a browser: it says to the tracker what the app says, by the
 * app's own constants. The even one is a leecher, the odd one a seed.
 */
import { get } from "node:http";
import WebSocket from "ws";
import { backoff } from "../../app/engine/discovery/backoff.ts";
import {
  OFFERS_PER_ANNOUNCE,
  SERVER_RETRY_MAX,
  TRACKER_RETRY_FIRST,
} from "../../app/engine/discovery/constants.ts";

/** As long as an offer of a data channel with some candidates. */
const SDP = "v=0".padEnd(1_200, ".");

export class PairedClient {
  readonly #name: string;
  readonly #hashes: readonly string[];
  readonly #isSeed: boolean;
  readonly #port: number;
  #socket: WebSocket | null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #failures: number;
  #answered: number;
  #stopped: boolean;
  /** When both announces were answered, and when the other of the pair was met; null until then. */
  announcedAt: number | null;
  metAt: number | null;
  /** Sockets that were refused, or closed without being stopped. */
  cutOff: number;

  constructor(number: number, port: number) {
    const pair = number >> 1;
    this.#name = `-SH0100-${number}`.padEnd(20, "_");
    this.#hashes = ["v1", "v2"].map((version) => `${version} ${pair}`.padEnd(20, "_"));
    this.#isSeed = number % 2 === 1;
    this.#port = port;
    this.#socket = null;
    this.#timer = undefined;
    this.#failures = 0;
    this.#answered = 0;
    this.#stopped = false;
    this.announcedAt = null;
    this.metAt = null;
    this.cutOff = 0;
  }

  start(): void {
    this.#wait();
  }

  /** A state that was reached is to be reached again. */
  reset(): void {
    this.announcedAt = null;
    this.metAt = null;
    this.cutOff = 0;
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#socket?.terminate();
  }

  #wait(): void {
    if (this.#stopped) return;
    const pause = backoff(Math.random(), this.#failures++, TRACKER_RETRY_FIRST, SERVER_RETRY_MAX);
    this.#timer = setTimeout(() => this.#probe(), pause);
  }

  #probe(): void {
    const request = get(
      { host: "127.0.0.1", port: this.#port, path: "/healthz", agent: false },
      (response) => {
        response.resume();
        this.#open();
      },
    );
    request.once("error", () => this.#wait());
  }

  #open(): void {
    const socket = new WebSocket(`ws://127.0.0.1:${this.#port}/announce`);
    this.#socket = socket;
    this.#answered = 0;
    socket.on("error", () => {});
    socket.once("open", () => {
      this.#failures = 0;
      for (const hash of this.#hashes) this.#announce(hash, !this.#isSeed);
    });
    socket.on("message", (data) => this.#handle(JSON.parse(String(data))));
    socket.once("close", () => {
      if (this.announcedAt === null) this.cutOff++;
      this.#wait();
    });
  }

  #send(message: object): void {
    this.#socket?.send(JSON.stringify({ action: "announce", peer_id: this.#name, ...message }));
  }

  #announce(hash: string, withOffers: boolean): void {
    const offers = Array.from({ length: withOffers ? OFFERS_PER_ANNOUNCE : 0 }, (_, at) => ({
      offer_id: `${at} of ${this.#name.trim()}`.padEnd(20, "_").slice(0, 20),
      offer: { type: "offer", sdp: SDP },
    }));
    this.#send({ info_hash: hash, left: this.#isSeed ? 0 : 1, numwant: offers.length, offers });
  }

  #handle(message: Record<string, unknown>): void {
    const { info_hash: hash, offer_id, peer_id } = message;
    if (message.offer !== undefined) {
      this.#send({ info_hash: hash, to_peer_id: peer_id, offer_id, answer: { type: "answer", sdp: SDP } });
      this.metAt ??= performance.now();
    } else if (message.answer !== undefined) {
      this.metAt ??= performance.now();
    } else if (message.interval !== undefined) {
      if (++this.#answered === this.#hashes.length) this.announcedAt ??= performance.now();
      // As announced-swarm.ts does: once, when the first reply tells of a leecher.
      if (
        this.#isSeed &&
        this.#answered <= this.#hashes.length &&
        message.incomplete !== 0 &&
        this.metAt === null
      )
        this.#announce(String(hash), true);
    }
  }
}
