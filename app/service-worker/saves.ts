/**
 * The saves are the downloads that this service worker streams now. The tabs are told when a save begins and how it
 * ends. All saves share one open database. Pieces that are still to come are asked for over bridge/piece-requests.ts.
 * The bytes of a save are left to save.ts.
 */

import { SAVE_DEADLINE } from "../bridge/constants.ts";
import { PieceRequests } from "../bridge/piece-requests.ts";
import type { SaveEvent, SaveOutcome, SaveRequest } from "../bridge/service-worker.ts";
import { ShoalError } from "../engine/errors.ts";
import { openDatabase } from "../storage/database.ts";
import type { ShoalDatabase } from "../storage/schema.ts";
import { type Download, downloadResponse, openDownload, type WaitForFile } from "./save.ts";

/** An error of any kind, as the tab is told of it. */
function failure(error: unknown): Extract<SaveOutcome, { end: "failed" }> {
  if (error instanceof ShoalError) return { end: "failed", code: error.code, detail: error.detail };
  return { end: "failed", code: "save/failed", detail: String(error) };
}

export class Saves {
  readonly #tell: (event: SaveEvent) => void;
  readonly #running: Set<string>;
  readonly #requests: PieceRequests;
  #database: Promise<ShoalDatabase> | null;

  constructor(tell: (event: SaveEvent) => void) {
    this.#tell = tell;
    this.#running = new Set();
    this.#requests = new PieceRequests();
    this.#database = null;
  }

  /**
   * Answers a save with its download.
   * @returns the response, and a promise that settles when its last byte is read or it ended otherwise
   */
  start(request: SaveRequest): { response: Promise<Response>; ended: Promise<void> } {
    let resolve = () => {};
    const ended = new Promise<void>((settle) => {
      resolve = settle;
    });
    const nobodyWaits = new AbortController();
    const end = (outcome: SaveOutcome) => {
      // A save that was cancelled while it waited for a piece fails of that as well.
      if (nobodyWaits.signal.aborted) return;
      nobodyWaits.abort();
      this.#running.delete(request.save);
      this.#tell({ type: "save-ended", save: request.save, outcome });
      resolve();
    };
    const wait: WaitForFile = (torrent, file, start, end) =>
      this.#requests.wait({ torrent, file, start, end, milliseconds: SAVE_DEADLINE }, nobodyWaits.signal);
    return { response: this.#respond(request, wait, end), ended };
  }

  /** A tab still waits for `save`: one that this service worker knows nothing of was lost when it was stopped. */
  handleKeepAlive(save: string): void {
    if (this.#running.has(save)) return;
    this.#tell({ type: "save-ended", save, outcome: { end: "failed", code: "save/stopped", detail: "" } });
  }

  async #respond(
    request: SaveRequest,
    wait: WaitForFile,
    end: (outcome: SaveOutcome) => void,
  ): Promise<Response> {
    try {
      const download = await openDownload(await this.#openDatabase(), request, wait);
      this.#running.add(request.save);
      this.#tell({ type: "save-started", save: request.save });
      return downloadResponse(download, streamOf(download, end));
    } catch (error) {
      const outcome = failure(error);
      end(outcome);
      return new Response(outcome.code, { status: 404 });
    }
  }

  #openDatabase(): Promise<ShoalDatabase> {
    const forget = () => {
      this.#database = null;
    };
    this.#database ??= openDatabase({ blocked: () => {}, lost: forget }).catch((error) => {
      forget();
      throw error;
    });
    return this.#database;
  }
}

/** Reads on only when the browser has room; an error is the stream's, so that the download is seen to fail. */
function streamOf(
  { bytes }: Download,
  end: (outcome: SaveOutcome) => void,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    async pull(controller) {
      try {
        const part = await bytes.next();
        if (!part.done) {
          controller.enqueue(part.value);
          return;
        }
        controller.close();
        end({ end: "saved" });
      } catch (error) {
        controller.error(error);
        end(failure(error));
      }
    },
    async cancel() {
      end({ end: "cancelled" });
      await bytes.return?.();
    },
  });
}
