/** The page's side of the service worker registers it, brings a waiting update in, and exchanges messages with it. */

import type { SaveEvent, ServiceWorkerMessage } from "../bridge/service-worker.ts";
import { log } from "./log.ts";

const URL_OF_BUILD = "/service-worker.js";

/** Registers it. Only a build has one; while developing there is none and saves are done without. */
export async function registerServiceWorker(): Promise<void> {
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return;
  try {
    await navigator.serviceWorker.register(URL_OF_BUILD);
  } catch (error) {
    log("service-worker-refused", { error: String(error) });
  }
}

/**
 * An update waits while any tab runs the older version. When this tab is the only one and has just been opened,
 * nothing is lost by bringing it in at once.
 */
export async function activateWaitingUpdate(): Promise<void> {
  const waiting = (await navigator.serviceWorker?.getRegistration())?.waiting;
  if (!waiting) return;
  const { held = [], pending = [] } = await navigator.locks.query();
  if (held.length + pending.length > 0) return;
  navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
  const message: ServiceWorkerMessage = { type: "activate" };
  waiting.postMessage(message);
}

/** The one that answers this page's addresses now; null when there is none. */
export async function activeServiceWorker(): Promise<ServiceWorker | null> {
  return (await navigator.serviceWorker?.getRegistration())?.active ?? null;
}

/** Calls `listener` for each event of a save until the returned function is called. */
export function onSaveEvent(listener: (event: SaveEvent) => void): () => void {
  const handle = (event: MessageEvent<SaveEvent>) => listener(event.data);
  navigator.serviceWorker.addEventListener("message", handle);
  navigator.serviceWorker.startMessages();
  return () => navigator.serviceWorker.removeEventListener("message", handle);
}
