/**
 * The bus is the BroadcastChannel between all tabs and the worker that leads. Each start of a worker is an epoch.
 *
 * | message | from | to | says |
 * | --- | --- | --- | --- |
 * | hello | a tab | the worker | tell me everything: I am new, or missed an update |
 * | ready | the worker | all tabs | a worker is here, of this epoch, which speaks this protocol |
 * | ping | a tab | the worker of one epoch | are you there? |
 * | alive | the worker | all tabs | I am, and so is the tab that hosts me |
 * | frozen | the tab that leads | all tabs | the browser is about to freeze me |
 * | restarting | the tab that leads | all tabs | I am starting another worker |
 * | command | a tab | the worker of one epoch | do this |
 * | reply | the worker | the tab that asked | this came of it |
 * | update | the worker | all tabs | this changed in the node |
 *
 * A worker that speaks another protocol belongs to another version of Shoal. The tab understands nothing but its `ready`.
 *
 * A tab's end keeps the calls that are not answered yet. When another worker takes over, these calls are sent again,
 * to the new epoch. A worker carries out only the calls for its own epoch, so two workers never carry out the same
 * message. But a call may be carried out a second time if the first worker died before its reply.
 *
 * worker/commands.ts carries out the calls.
 */

import { type ErrorCode, ShoalError } from "../engine/errors.ts";
import type { CommandMessage, CommandName, Commands, ReplyMessage } from "./commands.ts";
import { PROTOCOL } from "./constants.ts";
import { failureOf } from "./failure.ts";
import type { Broadcast, Hello, NodeUpdate, Ping } from "./updates.ts";

const CHANNEL = "shoal";

type BusMessage = CommandMessage | ReplyMessage | Broadcast | Hello | Ping;

export interface TabListener {
  /** A worker is there: told at its first `ready`, and again whenever another worker takes over. */
  ready(epoch: string): void;
  update(update: NodeUpdate): void;
  /** That worker and its tab are there. */
  alive(): void;
  /** That worker's tab is about to be frozen. */
  frozen(): void;
  /** That worker's tab starts another one in its place. */
  restarting(): void;
  /** The worker that leads is of another version of Shoal, and cannot be understood. */
  foreign(version: "older" | "newer"): void;
}

interface PendingCall {
  readonly name: CommandName;
  readonly request: unknown;
  resolve(value: unknown): void;
  reject(error: ShoalError): void;
}

function openChannel(): BroadcastChannel | null {
  try {
    return new BroadcastChannel(CHANNEL);
  } catch {
    return null;
  }
}

/** A tab's end of the bus. */
export class TabBus {
  /** Null where the browser refuses storage, and channels between tabs with it. */
  readonly #channel: BroadcastChannel | null;
  readonly #listener: TabListener;
  readonly #pending: Map<string, PendingCall>;
  #epoch: string | null;

  constructor(listener: TabListener) {
    this.#channel = openChannel();
    this.#listener = listener;
    this.#pending = new Map();
    this.#epoch = null;
    this.#channel?.addEventListener("message", (event: MessageEvent<BusMessage | null>) =>
      this.#handleMessage(event.data),
    );
    this.hello();
  }

  /** Asks the worker to tell everything again. */
  hello(): void {
    this.#post({ to: "worker", name: "hello" });
  }

  /** Asks the worker whether it is there. */
  ping(): void {
    if (this.#epoch !== null) this.#post({ to: "worker", name: "ping", epoch: this.#epoch });
  }

  /** Tells the other tabs that this one leads, and what becomes of it. */
  tell(type: "frozen" | "restarting"): void {
    if (this.#epoch !== null) this.#post({ to: "all", type, epoch: this.#epoch });
  }

  /** The worker that leads now; null while none has answered. */
  get epoch(): string | null {
    return this.#epoch;
  }

  /**
   * Sends a command to the leading worker, as soon as there is one.
   * @throws ShoalError as the command failed, or connection/worker-failed when the bus is closed or failed
   */
  call<K extends CommandName>(name: K, request: Commands[K]["request"]): Promise<Commands[K]["reply"]> {
    return new Promise((resolve, reject) => {
      const call = crypto.randomUUID();
      const pending: PendingCall = { name, request, resolve: resolve as (value: unknown) => void, reject };
      this.#pending.set(call, pending);
      if (this.#epoch !== null) this.#send(call, pending, this.#epoch);
    });
  }

  /** The worker died: every call under way is answered with this error. Later calls wait for the next worker. */
  fail(code: ErrorCode, detail: string): void {
    this.#epoch = null;
    const failed = [...this.#pending.values()];
    this.#pending.clear();
    for (const pending of failed) pending.reject(new ShoalError(code, detail));
  }

  close(): void {
    this.#channel?.close();
    this.fail("connection/worker-failed", "");
  }

  #handleMessage(message: BusMessage | null): void {
    if (message?.to === "tab") this.#handleReply(message);
    else if (message?.to === "all") this.#handleBroadcast(message);
  }

  #handleReply(message: ReplyMessage): void {
    const pending = this.#pending.get(message.call);
    if (!pending) return;
    this.#pending.delete(message.call);
    if (message.result.ok) pending.resolve(message.result.value);
    else pending.reject(new ShoalError(message.result.code, message.result.detail));
  }

  #handleBroadcast(message: Broadcast): void {
    if (message.type === "ready") this.#handleReady(message);
    else if (message.epoch !== this.#epoch) return;
    else if (message.type === "update") this.#listener.update(message.update);
    else if (message.type === "alive") this.#listener.alive();
    else if (message.type === "frozen") this.#listener.frozen();
    else if (message.type === "restarting") this.#listener.restarting();
    else this.#listener.foreign("older");
  }

  #handleReady({ epoch, protocol }: Extract<Broadcast, { type: "ready" }>): void {
    if (protocol !== PROTOCOL) {
      this.#epoch = null;
      // Before there were numbers, there was none.
      this.#listener.foreign(protocol > PROTOCOL ? "newer" : "older");
      return;
    }
    if (epoch === this.#epoch) return;
    this.#epoch = epoch;
    const unanswered = [...this.#pending];
    // The tab's first words to a new worker go before: the calls may be about what it opens there.
    this.#listener.ready(epoch);
    for (const [call, pending] of unanswered) this.#send(call, pending, epoch);
  }

  #send(call: string, pending: PendingCall, epoch: string): void {
    try {
      this.#post({
        to: "worker",
        call,
        epoch,
        name: pending.name,
        request: pending.request,
      } as CommandMessage);
    } catch (cause) {
      this.#pending.delete(call);
      pending.reject(new ShoalError("connection/worker-failed", String(cause), { cause }));
    }
  }

  #post(message: BusMessage): void {
    this.#channel?.postMessage(message);
  }
}

/** The handlers of a worker for what it receives. */
export interface WorkerListener {
  /** A tab asks to be told everything. `ready` is already sent; the rest is the listener's to send. */
  hello(): void;
  /** A tab asks whether the worker is there. `alive` is the listener's to send. */
  ping(): void;
  /** Another worker says that it is there, too: one of the two has been replaced by the other. */
  rival(): void;
  /** Answers a call. A ShoalError reaches the tab with its code, anything else as connection/worker-failed. */
  command(message: CommandMessage): Promise<unknown>;
}

/** The leading worker's end of the bus. */
export class WorkerBus {
  readonly #channel: BroadcastChannel;
  readonly #epoch: string;
  readonly #listener: WorkerListener;

  /** Sends `ready` at once, so it is to be made when commands can be taken. */
  constructor(epoch: string, listener: WorkerListener) {
    this.#channel = new BroadcastChannel(CHANNEL);
    this.#epoch = epoch;
    this.#listener = listener;
    this.#channel.onmessage = (event: MessageEvent<BusMessage | null>) => this.#handleMessage(event.data);
    this.ready();
  }

  /** Tells all tabs that this worker is the one that leads. */
  ready(): void {
    this.#post({ to: "all", type: "ready", epoch: this.#epoch, protocol: PROTOCOL });
  }

  alive(): void {
    this.#post({ to: "all", type: "alive", epoch: this.#epoch });
  }

  broadcast(update: NodeUpdate): void {
    this.#post({ to: "all", type: "update", epoch: this.#epoch, update });
  }

  close(): void {
    this.#channel.close();
  }

  #handleMessage(message: BusMessage | null): void {
    if (message?.to === "all" && message.type === "ready" && message.epoch !== this.#epoch)
      this.#listener.rival();
    if (message?.to !== "worker") return;
    if (message.name === "hello") {
      this.ready();
      this.#listener.hello();
    } else if (message.epoch !== this.#epoch) {
      return;
    } else if (message.name === "ping") {
      this.#listener.ping();
    } else {
      void this.#answer(message);
    }
  }

  async #answer(message: CommandMessage): Promise<void> {
    const { call } = message;
    try {
      const value = await this.#listener.command(message);
      this.#post({ to: "tab", call, result: { ok: true, value } });
    } catch (error) {
      this.#post({ to: "tab", call, result: { ok: false, ...failureOf(error) } });
    }
  }

  #post(message: BusMessage): void {
    this.#channel.postMessage(message);
  }
}
