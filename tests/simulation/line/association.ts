/** Messages from one end of a line to the other, through an SCTP association: what a data channel is on the wire. */
import type { Action, VirtualClock } from "../../support/virtual-clock.ts";
import { HEADERS, SACK_LENGTH } from "./constants.ts";
import type { Link } from "./link.ts";
import { SctpReceiver } from "./sctp-receiver.ts";
import { SctpSender } from "./sctp-sender.ts";

export class Association {
  readonly sender: SctpSender;
  readonly #receiver: SctpReceiver;
  /** Messages not delivered yet, with the number of the last packet of each. */
  readonly #messages: { last: number; deliver: Action }[];

  /**
   * `there` carries the packets, `back` the acknowledgements; others may share both. `sent` is told when packets have
   * left.
   */
  constructor(clock: VirtualClock, there: Link, back: Link, sent: Action) {
    this.#messages = [];
    const send = (number: number, length: number) =>
      there.send(length + HEADERS, () => this.#handlePacket(number));
    this.sender = new SctpSender(clock, send, sent);
    this.#receiver = new SctpReceiver(clock, (sack) =>
      back.send(SACK_LENGTH, () => this.sender.handleSack(sack)),
    );
  }

  /** Bytes that have not left yet. */
  get unsent(): number {
    return this.sender.unsent;
  }

  /** Messages arrive in order. */
  send(bytes: number, deliver: Action): void {
    this.#messages.push({ last: this.sender.send(bytes), deliver });
  }

  #handlePacket(number: number): void {
    this.#receiver.handlePacket(number);
    while (this.#messages.length > 0 && this.#messages[0]!.last <= this.#receiver.upTo)
      this.#messages.shift()!.deliver();
  }
}
