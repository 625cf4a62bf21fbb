/**
 * A piece request waits for pieces of a file that are still to come. It goes from an asker that reads the file from
 * storage, such as the service worker, to the worker that leads. The two talk over a BroadcastChannel that nothing
 * else uses. No bytes of files travel on it: once the pieces are stored, the asker reads them from storage.
 *
 * | message | from | says |
 * | --- | --- | --- |
 * | hello | the asker | is a worker there? |
 * | ready | the worker | a worker of this epoch is there |
 * | wait-for-pieces | the asker | these bytes of a file are needed in so many milliseconds |
 * | cancel | the asker | this request is no longer needed |
 * | answer | the worker | all pieces of this request are stored, or why they will not be |
 *
 * The asker keeps the requests that are not answered. When another tab's worker takes over, its `ready` has another
 * epoch, and the requests are sent again to it. A worker ignores requests for another epoch. The asker has the
 * channel open only while it waits for something.
 */

import { ShoalError } from "../engine/errors.ts";
import type { TorrentId } from "../engine/host.ts";
import { WORKER_PATIENCE } from "./constants.ts";
import { type Failure, failureOf } from "./failure.ts";

const CHANNEL = "shoal-pieces";

/** Bytes `start` up to, not including, `end` of a file, needed in so many milliseconds. */
export interface PieceRequest {
  readonly torrent: TorrentId;
  /** The file's place in the torrent. */
  readonly file: number;
  readonly start: number;
  readonly end: number;
  readonly milliseconds: number;
}

/** The name of a request. Each asker has numbers of its own. */
interface RequestName {
  readonly asker: string;
  readonly request: number;
}

interface WaitMessage extends RequestName, PieceRequest {
  readonly to: "worker";
  readonly type: "wait-for-pieces";
  readonly epoch: string;
}

interface CancelMessage extends RequestName {
  readonly to: "worker";
  readonly type: "cancel";
  readonly epoch: string;
}

interface AnswerMessage extends RequestName {
  readonly to: "asker";
  readonly type: "answer";
  readonly epoch: string;
  /** Null when every piece of the range is stored. */
  readonly failure: Failure | null;
}

type PieceMessage =
  /** Is a worker there? Answered with `ready`. */
  | { readonly to: "worker"; readonly type: "hello" }
  /** From the worker of that epoch, once it can answer requests. */
  | { readonly to: "asker"; readonly type: "ready"; readonly epoch: string }
  | WaitMessage
  | CancelMessage
  | AnswerMessage;

interface PendingRequest {
  readonly wanted: PieceRequest;
  /** When the bytes are needed, on this thread's clock. */
  readonly due: number;
  /** True: all is stored. False: there is no worker. */
  resolve(isStored: boolean): void;
  reject(error: unknown): void;
}

function openChannel(): BroadcastChannel | null {
  try {
    return new BroadcastChannel(CHANNEL);
  } catch {
    return null;
  }
}

/** The asker's end. */
export class PieceRequests {
  readonly #asker: string;
  readonly #pending: Map<number, PendingRequest>;
  #last: number;
  /** Null while nothing is waited for, and where the browser refuses storage and channels with it. */
  #channel: BroadcastChannel | null;
  /** The worker that leads; null while none has answered. */
  #epoch: string | null;
  /** Runs until no worker is expected to answer any more. */
  #patience: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    this.#asker = crypto.randomUUID();
    this.#pending = new Map();
    this.#last = 0;
    this.#channel = null;
    this.#epoch = null;
  }

  /**
   * Has pieces fetched before others, and waits until they are stored. True when they are, false when there is no
   * worker to ask. If the worker that was asked goes, it waits for the next one, until `signal` ends it.
   * @throws ShoalError share/unknown, save/incomplete when the file is not being downloaded, or what keeps pieces
   * from being stored; the signal's reason
   */
  wait(wanted: PieceRequest, signal?: AbortSignal): Promise<boolean> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const request = ++this.#last;
      const abort = () => {
        this.#cancel(request);
        this.#take(request)?.reject(signal!.reason);
      };
      signal?.addEventListener("abort", abort, { once: true });
      const settling =
        <Value>(settle: (value: Value) => void) =>
        (value: Value) => {
          signal?.removeEventListener("abort", abort);
          settle(value);
        };
      const due = performance.now() + wanted.milliseconds;
      const pending = { wanted, due, resolve: settling(resolve), reject: settling(reject) };
      this.#pending.set(request, pending);
      if (this.#channel === null) this.#open();
      else this.#ask(request, pending);
    });
  }

  #open(): void {
    this.#channel = openChannel();
    if (this.#channel === null) {
      this.#giveUp();
      return;
    }
    this.#channel.onmessage = (event: MessageEvent<PieceMessage | null>) => this.#handleMessage(event.data);
    this.#patience = setTimeout(() => this.#giveUp(), WORKER_PATIENCE);
    this.#post({ to: "worker", type: "hello" });
  }

  #handleMessage(message: PieceMessage | null): void {
    if (message?.to !== "asker") return;
    if (message.type === "ready") this.#handleReady(message.epoch);
    else if (message.epoch === this.#epoch && message.asker === this.#asker) this.#handleAnswer(message);
  }

  #handleReady(epoch: string): void {
    if (epoch === this.#epoch) return;
    clearTimeout(this.#patience);
    this.#epoch = epoch;
    for (const [request, pending] of this.#pending) this.#ask(request, pending);
  }

  #handleAnswer({ request, failure }: AnswerMessage): void {
    const pending = this.#take(request);
    if (failure === null) pending?.resolve(true);
    else pending?.reject(new ShoalError(failure.code, failure.detail));
  }

  #giveUp(): void {
    for (const request of [...this.#pending.keys()]) this.#take(request)?.resolve(false);
  }

  /** Takes out a request that is answered or given up. The channel closes with the last one. */
  #take(request: number): PendingRequest | undefined {
    const pending = this.#pending.get(request);
    this.#pending.delete(request);
    if (this.#pending.size === 0) {
      clearTimeout(this.#patience);
      this.#channel?.close();
      this.#channel = null;
      this.#epoch = null;
    }
    return pending;
  }

  #ask(request: number, { wanted, due }: PendingRequest): void {
    if (this.#epoch === null) return;
    const milliseconds = Math.max(0, due - performance.now());
    const to = { to: "worker", epoch: this.#epoch, asker: this.#asker, request } as const;
    this.#post({ ...to, type: "wait-for-pieces", ...wanted, milliseconds });
  }

  #cancel(request: number): void {
    if (this.#epoch === null) return;
    this.#post({ to: "worker", type: "cancel", epoch: this.#epoch, asker: this.#asker, request });
  }

  #post(message: PieceMessage): void {
    this.#channel?.postMessage(message);
  }
}

/** The leading worker's end. */
export class PieceAnswers {
  readonly #channel: BroadcastChannel;
  readonly #epoch: string;
  readonly #wait: (request: PieceRequest, signal: AbortSignal) => Promise<void>;
  /** The controllers that end the wait for each request, by asker and number. */
  readonly #waiting: Map<string, AbortController>;

  /**
   * Sends `ready` at once, so it is to be made when requests can be answered. `wait` resolves when all of a range is
   * stored, and rejects with the reason why it will not be. Its signal says that nobody waits any more.
   */
  constructor(epoch: string, wait: (request: PieceRequest, signal: AbortSignal) => Promise<void>) {
    this.#channel = new BroadcastChannel(CHANNEL);
    this.#epoch = epoch;
    this.#wait = wait;
    this.#waiting = new Map();
    this.#channel.onmessage = (event: MessageEvent<PieceMessage | null>) => this.#handleMessage(event.data);
    this.#ready();
  }

  /** Answers no further requests: what is waited for is asked of the next worker. */
  close(): void {
    this.#channel.close();
    for (const controller of this.#waiting.values()) controller.abort();
    this.#waiting.clear();
  }

  #handleMessage(message: PieceMessage | null): void {
    if (message?.to !== "worker") return;
    if (message.type === "hello") this.#ready();
    else if (message.epoch !== this.#epoch) return;
    else if (message.type === "wait-for-pieces") void this.#answer(message);
    else this.#handleCancel(message);
  }

  #ready(): void {
    this.#channel.postMessage({ to: "asker", type: "ready", epoch: this.#epoch } satisfies PieceMessage);
  }

  #handleCancel(message: CancelMessage): void {
    const key = keyOf(message);
    this.#waiting.get(key)?.abort();
    this.#waiting.delete(key);
  }

  async #answer(message: WaitMessage): Promise<void> {
    const { asker, request } = message;
    const key = keyOf(message);
    const controller = new AbortController();
    this.#waiting.set(key, controller);
    const failure = await this.#wait(message, controller.signal).then(() => null, failureOf);
    if (controller.signal.aborted) return;
    this.#waiting.delete(key);
    const answer: AnswerMessage = {
      to: "asker",
      type: "answer",
      epoch: this.#epoch,
      asker,
      request,
      failure,
    };
    this.#channel.postMessage(answer);
  }
}

function keyOf({ asker, request }: RequestName): string {
  return `${asker} ${request}`;
}
