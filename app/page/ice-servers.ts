/**
 * The ICE servers that connections are made with. Keeps the server's answer for as long as its credentials hold;
 * without one, connections are made with none, which is enough on one network, and it is asked again later.
 */

import { ICE_SERVERS_LIFETIME, ICE_SERVERS_RETRY, ICE_SERVERS_TIMEOUT } from "./constants.ts";
import { log } from "./log.ts";

/** Asks the page's own server. */
async function fetchIceServers(): Promise<RTCIceServer[]> {
  const response = await fetch("/api/ice", { signal: AbortSignal.timeout(ICE_SERVERS_TIMEOUT) });
  if (!response.ok) throw new Error(`/api/ice: ${response.status}`);
  const body: { iceServers?: unknown } = await response.json();
  if (!Array.isArray(body.iceServers)) throw new Error("/api/ice: iceServers");
  return isUsable(body.iceServers) ? body.iceServers : body.iceServers.flatMap(usablePart);
}

/** A server with those of its addresses that the browser takes: with one that it does not take, it connects to nobody. */
function usablePart(server: unknown): RTCIceServer[] {
  if (typeof server !== "object" || server === null || !("urls" in server)) return [];
  const urls = [server.urls].flat().filter((url) => isUsable([{ ...server, urls: url as string }]));
  return urls.length === 0 ? [] : [{ ...server, urls: urls as string[] }];
}

function isUsable(iceServers: RTCIceServer[]): boolean {
  try {
    new RTCPeerConnection({ iceServers }).close();
    return true;
  } catch (error) {
    // Where there are too many connections already, this says nothing of the servers.
    if (error instanceof DOMException && error.name === "UnknownError") return true;
    log("ice-server-refused", { error: String(error) });
    return false;
  }
}

/** Whether any of them passes bytes on, for networks that let nothing through directly. */
export function hasRelay(iceServers: readonly RTCIceServer[]): boolean {
  return iceServers.flatMap((server) => server.urls).some((url) => /^turns?:/.test(url));
}

export class IceServers {
  readonly #fetch: () => Promise<RTCIceServer[]>;
  #servers: Promise<RTCIceServer[]> | null;
  #until: number;

  constructor(fetch: () => Promise<RTCIceServer[]> = fetchIceServers) {
    this.#fetch = fetch;
    this.#servers = null;
    this.#until = 0;
  }

  /** Never fails: an empty list where the server cannot be reached. */
  get(): Promise<RTCIceServer[]> {
    if (this.#servers === null || performance.now() >= this.#until) {
      this.#until = performance.now() + ICE_SERVERS_LIFETIME;
      this.#servers = this.#fetch().catch((error) => {
        this.#until = performance.now() + ICE_SERVERS_RETRY;
        log("ice-servers-missing", { error: String(error) });
        return [];
      });
    }
    return this.#servers;
  }
}
