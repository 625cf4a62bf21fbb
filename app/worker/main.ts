/**
 * The worker's entry point starts the node and hands the page's messages to it. Exceptions that nothing caught are
 * handed to it as well, for the tabs to be told.
 */

import type { ConnectionCommand, ConnectionEvent } from "../bridge/connections.ts";
import { Node } from "./node.ts";

declare const self: DedicatedWorkerGlobalScope;

let node: Node | null = null;

function post(command: ConnectionCommand, transfer: Transferable[] = []): void {
  self.postMessage(command, transfer);
}

self.onmessage = ({ data: event }: MessageEvent<ConnectionEvent>) => {
  if (event.type === "start") node = new Node(event, post);
  else if (event.type === "stop") node?.stop();
  else if (event.type === "network-changed") node?.handleNetworkChanged();
  else if (event.type === "here") node?.handleHere();
  else node?.handleConnection(event);
};

self.addEventListener("error", (event) => node?.handleException(event.error ?? event.message));
self.addEventListener("unhandledrejection", (event) => node?.handleException(event.reason));
