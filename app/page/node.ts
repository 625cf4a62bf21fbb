/**
 * The node of a tab is opened here: the client that the interface uses, and all that stands behind it in a window.
 */

import { Leader } from "./leader.ts";
import { log } from "./log.ts";
import { NodeClient } from "./node-client.ts";
import { activateWaitingUpdate, registerServiceWorker } from "./service-worker.ts";
import { holdTabLock } from "./tab.ts";
import { startWindowDuties } from "./window-duties.ts";

/**
 * Opens the node. To be called once, when the page starts. A hindrance is told as the client's `fault`. `beat`:
 * milliseconds between two beats of the heartbeat; its own when left out.
 */
export async function openNode(beat?: number): Promise<NodeClient> {
  const node = new NodeClient();
  startWindowDuties(node);
  if (!isSecureContext) {
    node.handleFault("page/insecure", location.host);
    return node;
  }
  await activateWaitingUpdate().catch((error) => log("update-failed", { error: String(error) }));
  // Before the worker hears of this tab: it waits for the lock, to know when the tab is gone.
  // Where locks are refused, the leader tells it.
  await holdTabLock(node.tab).catch(() => {});
  new Leader(node, beat).start();
  void registerServiceWorker();
  return node;
}
