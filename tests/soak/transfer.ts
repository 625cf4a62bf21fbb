/**
 * A transfer as the soak watches it from one of its ends: what came over each link, the most that was asked for and not
 * there at once, and whether the share waited for a person. Pages and browsers come and go meanwhile.
 */
import type { ShareSnapshot } from "../../app/bridge/commands.ts";
import type { ShoalPage } from "../support/shoal-page.ts";
import { BATCH_LENGTH, BATCHES_UNDER_WAY, BLOCK_LENGTH } from "./constants.ts";

export class WatchedTransfer {
  /** Payload bytes that came, by link. */
  readonly #came: Map<number, number>;
  #window: number;
  #waits: number;

  constructor() {
    this.#came = new Map();
    this.#window = 0;
    this.#waits = 0;
  }

  /** Payload bytes that came over all links, for as long as one page watched. */
  get came(): number {
    return [...this.#came.values()].reduce((sum, bytes) => sum + bytes, 0);
  }

  /** Looks that found the share waiting for a person. */
  get waits(): number {
    return this.#waits;
  }

  /** Bytes that each kill may cost: what was on its way to the disk, and what was asked for. */
  get costOfKill(): number {
    return BATCHES_UNDER_WAY * BATCH_LENGTH + this.#window;
  }

  /** Looks at the share now. Answers it. */
  async look(page: ShoalPage): Promise<ShareSnapshot | undefined> {
    const share = await page.share();
    if (share === undefined) return undefined;
    for (const { link, downloaded } of share.peers)
      this.#came.set(link, Math.max(downloaded, this.#came.get(link) ?? 0));
    const asked = share.peers.reduce((sum, { requestsOut }) => sum + requestsOut * BLOCK_LENGTH, 0);
    this.#window = Math.max(this.#window, asked);
    if (share.phase === "ready" || share.phase === "paused" || share.needsFiles) this.#waits++;
    return share;
  }
}
