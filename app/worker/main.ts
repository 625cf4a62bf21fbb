/**
 * The worker's entry: hands the page's messages to the node, and every exception that nobody caught to the tabs.
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
  else node?.handleConnection(event);
};

self.addEventListener("error", (event) => node?.handleFault(event.error ?? event.message));
self.addEventListener("unhandledrejection", (event) => node?.handleFault(event.reason));
