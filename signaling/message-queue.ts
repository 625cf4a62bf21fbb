/**
 * A message queue hands the messages of one client to a handler that may take its time. A message is handled once the
 * message before it has been handled. If no message waits and the handler answers at once, a message is handled
 * within `push`. The queue keeps the messages that wait, up to a bound. The handler decides what is done with a
 * message.
 */

export class MessageQueue<Message> {
  readonly #handle: (message: Message) => void | Promise<void>;
  readonly #failed: (error: unknown) => void;
  readonly #capacity: number;
  readonly #waiting: Message[];
  /** Settles when the message being handled is, and all that came to wait behind it are. Null: none is. */
  #handling: Promise<void> | null;
  #ended: boolean;

  /**
   * `capacity`: messages that may wait beside the one being handled. A promise of `handle` that is rejected ends the
   * queue, and `failed` hears why.
   */
  constructor(
    capacity: number,
    handle: (message: Message) => void | Promise<void>,
    failed: (error: unknown) => void,
  ) {
    this.#capacity = capacity;
    this.#handle = handle;
    this.#failed = failed;
    this.#waiting = [];
    this.#handling = null;
    this.#ended = false;
  }

  /** No further message may wait. */
  get isFull(): boolean {
    return this.#handling !== null && this.#waiting.length >= this.#capacity;
  }

  /** Has a message handled in its turn; false, and nothing is done with it, where the queue is full or has ended. */
  push(message: Message): boolean {
    if (this.#ended || this.isFull) return false;
    if (this.#handling !== null) {
      this.#waiting.push(message);
      return true;
    }
    const handling = this.#handle(message);
    if (handling !== undefined) this.#handling = this.#handleWaiting(handling);
    return true;
  }

  /** Drops what waits, and takes no more. The message being handled is handled to its end. */
  end(): void {
    this.#ended = true;
    this.#waiting.length = 0;
  }

  /** Calls `listener` once no message is being handled: at once where none is. */
  whenIdle(listener: () => void): void {
    if (this.#handling === null) listener();
    else void this.#handling.then(listener);
  }

  /** Never rejects. */
  async #handleWaiting(handling: Promise<void>): Promise<void> {
    try {
      await handling;
      while (this.#waiting.length > 0) {
        const next = this.#handle(this.#waiting.shift()!);
        // Waiting for nothing would cost each message a turn of the microtasks.
        if (next !== undefined) await next;
      }
    } catch (error) {
      this.end();
      this.#failed(error);
    } finally {
      this.#handling = null;
    }
  }
}
