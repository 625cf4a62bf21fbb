/**
 * The saves of a tab are the downloads that the service worker streams for it. A hidden frame starts a save by
 * navigating to its address. Messages to the service worker keep the save alive until it has ended. Only the number
 * of running saves is kept.
 */

import {
  type SaveOutcome,
  type SaveRequest,
  type ServiceWorkerMessage,
  savePath,
} from "../bridge/service-worker.ts";
import { ShoalError } from "../engine/errors.ts";
import { DOWNLOAD_GRACE, KEEP_ALIVE_INTERVAL, SAVE_START_TIMEOUT } from "./constants.ts";
import { activeServiceWorker, onSaveEvent } from "./service-worker.ts";

let running = 0;

/** Whether closing this tab would stop a save. */
export function savesUnderWay(): boolean {
  return running > 0;
}

/**
 * Saves as one of the browser's own downloads.
 * @returns false when no service worker took it up, so that nothing was saved
 * @throws ShoalError as the save failed; a save that the person cancelled is no error
 */
export async function streamSave(request: Omit<SaveRequest, "save">): Promise<boolean> {
  const worker = await activeServiceWorker();
  if (!worker) return false;
  running++;
  try {
    const outcome = await runSave(worker, { ...request, save: crypto.randomUUID() });
    if (outcome?.end === "failed") throw new ShoalError(outcome.code, outcome.detail);
    return outcome !== null;
  } finally {
    running--;
  }
}

/** Resolves with how the save ended, or with null when it did not begin in time. */
function runSave(worker: ServiceWorker, request: SaveRequest): Promise<SaveOutcome | null> {
  const { save } = request;
  const frame = document.createElement("iframe");
  frame.hidden = true;
  return new Promise((resolve) => {
    let keepAlive: ReturnType<typeof setInterval> | undefined;
    const finish = (outcome: SaveOutcome | null) => {
      clearTimeout(start);
      clearInterval(keepAlive);
      stopListening();
      setTimeout(() => frame.remove(), DOWNLOAD_GRACE);
      resolve(outcome);
    };
    const start = setTimeout(() => finish(null), SAVE_START_TIMEOUT);
    const stopListening = onSaveEvent((event) => {
      if (event.save !== save) return;
      if (event.type === "save-ended") return finish(event.outcome);
      if (event.type !== "save-started" || keepAlive !== undefined) return;
      clearTimeout(start);
      const message: ServiceWorkerMessage = { type: "keep-alive", save };
      keepAlive = setInterval(() => worker.postMessage(message), KEEP_ALIVE_INTERVAL);
    });
    frame.src = savePath(request);
    document.body.append(frame);
  });
}
