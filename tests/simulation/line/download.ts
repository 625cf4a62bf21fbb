/**
 * A download over one or more connections in the way of the engine (app/engine/swarm/downloads.ts): blocks are asked for while
 * the window allows, the sender (upload.ts) answers each request, and the window is told of each block. Pieces, picking
 * and storage are left out. Keeps the requests under way.
 */
import { BLOCK_LENGTH } from "../../../app/engine/constants.ts";
import { BLOCK_TIME, REQUEST_TIMEOUT_MIN } from "../../../app/engine/swarm/download/constants.ts";
import { reorderedBytes } from "../../../app/engine/swarm/download/reordered-requests.ts";
import { RateMeter } from "../../../app/engine/swarm/flow/rate-meter.ts";
import type { Uplink } from "../../../app/engine/swarm/flow/uplink.ts";
import type { VirtualClock } from "../../support/virtual-clock.ts";
import { BLOCK_MOST, METER_TIME } from "./constants.ts";
import type { Link } from "./link.ts";
import { Upload } from "./upload.ts";

/** What bounds the bytes under way: the engine's RequestWindow, or something to compare it with. */
export interface Window {
  readonly limit: number;
  readonly refillBelow: number;
  readonly base: number | null;
  readonly isProbingBase: boolean;
  handleBlock(delay: number, bytes: number, underWay: number, now: number): void;
  handleTimeout(now: number): void;
}

/** Always the same. A large one has the sender fill its buffer, as pages without a window do. */
export class FixedWindow implements Window {
  readonly limit: number;
  readonly refillBelow: number;
  readonly base = null;
  readonly isProbingBase = false;

  constructor(limit: number) {
    this.limit = limit;
    this.refillBelow = limit;
  }

  handleBlock(): void {}
  handleTimeout(): void {}
}

interface Request {
  readonly length: number;
  readonly sentAt: number;
  readonly underWay: number;
}

export class Download {
  readonly window: Window;
  readonly upload: Upload;
  /** Milliseconds that a ping took as it began. */
  readonly roundTrip: number;
  readonly #clock: VirtualClock;
  readonly #back: Link;
  readonly #requests: Request[];
  readonly #meter: RateMeter;
  #underWay: number;
  #lateAt: number;
  #latestAnswered: number;
  /** Blocks that came and that the sender was not told of. */
  readonly #untold: number[];
  /** Bytes. */
  received: number;

  /** `there` leads from the sender to the one who downloads, `back` the other way. */
  constructor(
    uplink: Uplink<Upload>,
    clock: VirtualClock,
    { there, back }: { there: Link; back: Link },
    window: Window,
    connections: number,
  ) {
    this.window = window;
    this.upload = new Upload(uplink, clock, there, back, connections);
    this.roundTrip = there.wait + there.shape.delay + back.wait + back.shape.delay;
    this.#clock = clock;
    this.#back = back;
    this.#requests = [];
    this.#meter = new RateMeter(clock.now, METER_TIME);
    this.#underWay = 0;
    this.#lateAt = -Infinity;
    this.#latestAnswered = -Infinity;
    this.#untold = [];
    this.received = 0;
  }

  /** Asks for as much as the window allows. */
  fill(): void {
    const standing = this.#bytesStanding();
    if (this.#underWay - standing > this.window.refillBelow) return;
    while (this.#underWay - standing < this.window.limit) this.#ask();
  }

  /** Tells the window when nothing comes for too long. */
  handleTick(): void {
    const { now } = this.#clock;
    const oldest = this.#requests[0];
    if (oldest && now - Math.max(oldest.sentAt, this.#lateAt) >= REQUEST_TIMEOUT_MIN) {
      this.#lateAt = now;
      this.window.handleTimeout(now);
    }
    this.fill();
  }

  #bytesStanding(): number {
    const { base, isProbingBase } = this.window;
    if (this.upload.connections.length === 1 || !isProbingBase) return 0;
    return reorderedBytes(this.#requests, this.#latestAnswered, base ?? Infinity);
  }

  #ask(): void {
    const { now } = this.#clock;
    const wanted = (this.#meter.rate(now) * BLOCK_TIME) / 1000;
    const length = Math.min(
      BLOCK_MOST,
      Math.max(BLOCK_LENGTH, Math.floor(wanted / BLOCK_LENGTH) * BLOCK_LENGTH),
    );
    this.#underWay += length;
    const underWay = Math.min(this.#underWay, this.window.limit + length);
    const request = { length, sentAt: now, underWay };
    this.#requests.push(request);
    // Requests are small, and sent again at once where one is lost.
    const came = this.#untold.splice(0);
    this.#tell(() => {
      this.upload.handleReceived(came);
      this.upload.send(length, (key) => this.#handleBlock(request, key));
    });
  }

  /** Says which blocks came, unless that went with a request. */
  #tellReceived(): void {
    const came = this.#untold.splice(0);
    if (came.length > 0) this.#tell(() => this.upload.handleReceived(came));
  }

  /** Something is said to the sender. */
  #tell(hear: () => void): void {
    this.#clock.after(this.#back.wait + this.#back.shape.delay, hear);
  }

  #handleBlock(request: Request, key: number): void {
    const { now } = this.#clock;
    this.#untold.push(key);
    this.#requests.splice(this.#requests.indexOf(request), 1);
    this.#underWay -= request.length;
    this.received += request.length;
    this.#latestAnswered = Math.max(this.#latestAnswered, request.sentAt);
    this.#lateAt = now;
    this.#meter.add(request.length);
    this.window.handleBlock(now - request.sentAt, request.length, request.underWay, now);
    this.fill();
    this.#tellReceived();
  }
}
