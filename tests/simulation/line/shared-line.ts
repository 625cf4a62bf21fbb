/**
 * A line that one or more downloads share, in virtual time: each has its own association and window, all go through
 * one link. Keeps, by sample, what each received and how long a packet waited before the link: what a ping beside them
 * would feel.
 */
import { BASE_PROBE_INTERVAL, BASE_PROBE_NEWCOMER } from "../../../app/engine/swarm/constants.ts";
import { RequestWindow } from "../../../app/engine/swarm/flow/request-window.ts";
import { Uplink } from "../../../app/engine/swarm/flow/uplink.ts";
import { Random } from "../../support/random.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";
import { TICK } from "./constants.ts";
import { Download, type Window } from "./download.ts";
import { Link, type Shape } from "./link.ts";
import type { Upload } from "./upload.ts";

export interface Sample {
  /** Milliseconds since the start. */
  readonly at: number;
  /** Bytes of each download so far. */
  readonly received: readonly number[];
  /** Milliseconds. */
  readonly wait: number;
}

export interface LineShape {
  readonly there: Shape;
  readonly back: Shape;
}

export class SharedLine {
  readonly clock: VirtualClock;
  readonly there: Link;
  readonly back: Link;
  readonly downloads: Download[];
  readonly samples: Sample[];
  readonly #random: Random;
  readonly #uplink: Uplink<Upload>;
  #toldAt: number;
  #joinedAt: number;

  constructor(shape: LineShape, seed = 1) {
    const random = new Random(seed);
    this.#random = random.child(2);
    this.clock = new VirtualClock();
    this.there = new Link(this.clock, random.child(0), shape.there);
    this.back = new Link(this.clock, random.child(1), shape.back);
    this.#uplink = new Uplink(0);
    this.downloads = [];
    this.samples = [];
    this.#toldAt = -Infinity;
    this.#joinedAt = 0;
    this.#tick();
  }

  /** Another download, from now on, over so many connections, by a path that is so many milliseconds longer. */
  add(window: Window = new RequestWindow(this.clock.now), connections = 1, farther = 0): Download {
    const { shape } = this.back;
    const back =
      farther === 0
        ? this.back
        : new Link(this.clock, this.#random, { ...shape, delay: shape.delay + farther });
    const line = { there: this.there, back };
    const download = new Download(this.#uplink, this.clock, line, window, connections);
    this.downloads.push(download);
    this.#joinedAt = this.clock.now;
    download.fill();
    return download;
  }

  /** Lets milliseconds pass. */
  run(milliseconds: number): void {
    this.clock.runUntil(this.clock.now + milliseconds);
  }

  #tick(): void {
    this.#uplink.handleTick(this.clock.now);
    this.#drain();
    for (const download of this.downloads) download.handleTick();
    const received = this.downloads.map((download) => download.received);
    this.samples.push({ at: this.clock.now, received, wait: this.there.wait });
    this.clock.after(TICK, () => this.#tick());
  }

  /** As base-probes.ts: who downloads looks for its own path's delay; a sender of several has them look together. */
  #drain(): void {
    const { now } = this.clock;
    const windows = this.downloads.flatMap(({ window }) => (window instanceof RequestWindow ? [window] : []));
    const isAlone = this.downloads.length === 1;
    for (const { window, roundTrip } of this.downloads) {
      if (!(window instanceof RequestWindow)) continue;
      if (window.wantsBaseProbe(now, isAlone ? roundTrip : Infinity)) window.probeBase(now);
    }
    const newcomer = this.#joinedAt > this.#toldAt && now - this.#joinedAt >= BASE_PROBE_NEWCOMER;
    const due = newcomer || now - this.#toldAt >= BASE_PROBE_INTERVAL;
    if (windows.length < 2 || !due) return;
    this.#toldAt = now;
    for (const window of windows) window.probeBase(now);
  }
}
