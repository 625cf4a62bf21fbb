/**
 * The ICE servers are the STUN and TURN servers that connections are made with. The page's own server names them, and
 * its answer is used for ICE_SERVERS_LIFETIME. If it does not answer, connections are made without ICE servers, which
 * is enough on one network, and the server is asked again after ICE_SERVERS_RETRY.
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

/**
 * An ICE server with those of its URLs that the browser takes; none if it takes none. With a URL that it does not
 * take, a browser makes no connection at all.
 */
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
    // The browser has too many connections already, which says nothing of the servers.
    if (error instanceof DOMException && error.name === "UnknownError") return true;
    log("ice-server-refused", { error: String(error) });
    return false;
  }
}

/** Whether one of them is a relay (TURN), for networks that let nothing through directly. */
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
