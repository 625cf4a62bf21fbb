/**
 * The service worker gives the browser the app without the server, and downloads that are streamed from the database.
 * This file only hands events on, to precache.ts and saves.ts. An update of the service worker waits until no tab
 * runs the older version, or until a tab asks for it.
 */

import { parseSavePath, type SaveEvent, type ServiceWorkerMessage } from "../bridge/service-worker.ts";
import { Precache, type PrecacheEntry } from "./precache.ts";
import { Saves } from "./saves.ts";

declare const self: ServiceWorkerGlobalScope & { readonly __WB_MANIFEST: readonly PrecacheEntry[] };

const precache = new Precache(self.__WB_MANIFEST);
const saves = new Saves(tellTabs);

function tellTabs(event: SaveEvent): void {
  void self.clients.matchAll({ type: "window", includeUncontrolled: true }).then((tabs) => {
    for (const tab of tabs) tab.postMessage(event);
  });
}

self.addEventListener("install", (event) => event.waitUntil(precache.install()));

self.addEventListener("activate", (event) => {
  event.waitUntil(Promise.all([precache.deleteOthers(), self.clients.claim()]));
});

self.addEventListener("message", (event) => {
  const message: ServiceWorkerMessage = event.data;
  if (message.type === "activate") event.waitUntil(self.skipWaiting());
  else if (message.type === "keep-alive") saves.handleKeepAlive(message.save);
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  const save = parseSavePath(url);
  if (save) {
    const { response, ended } = saves.start(save);
    event.respondWith(response);
    event.waitUntil(ended);
  } else if (precache.covers(request)) {
    event.respondWith(precache.respond(request));
  }
});
