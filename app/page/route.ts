/** A route is how a connected peer is reached, directly or over a relay. It is read from the browser's statistics. */
import type { Route } from "../bridge/connections.ts";

interface Statistic {
  readonly id: string;
  readonly type: string;
  readonly selectedCandidatePairId?: string;
  readonly selected?: boolean;
  readonly localCandidateId?: string;
  readonly remoteCandidateId?: string;
  readonly candidateType?: string;
}

/** The pair in use: named by the transport, or in Firefox marked as selected. */
function selectedPair(statistics: ReadonlyMap<string, Statistic>): Statistic | undefined {
  for (const statistic of statistics.values()) {
    if (statistic.type === "transport" && statistic.selectedCandidatePairId)
      return statistics.get(statistic.selectedCandidatePairId);
    if (statistic.type === "candidate-pair" && statistic.selected) return statistic;
  }
  return undefined;
}

/** Relayed when the candidate of either end is a TURN server's; unknown without a pair in use. */
export function routeOf(statistics: Iterable<Statistic>): Route {
  const byId = new Map<string, Statistic>();
  for (const statistic of statistics) byId.set(statistic.id, statistic);
  const pair = selectedPair(byId);
  const local = byId.get(pair?.localCandidateId ?? "")?.candidateType;
  const remote = byId.get(pair?.remoteCandidateId ?? "")?.candidateType;
  if (local === undefined || remote === undefined) return "unknown";
  return local === "relay" || remote === "relay" ? "relayed" : "direct";
}

/** @throws DOMException when the connection is closed */
export async function readRoute(connection: RTCPeerConnection): Promise<Route> {
  const statistics: Statistic[] = [];
  (await connection.getStats()).forEach((statistic) => {
    statistics.push(statistic);
  });
  return routeOf(statistics);
}
