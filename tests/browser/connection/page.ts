/** Runs the app's own Connections for the connection test, and keeps what they tell of each link. */

import type { ConnectionCommand, ConnectionEvent } from "../../../app/bridge/connections.ts";
import type { LinkFingerprints } from "../../../app/engine/link.ts";
import { Connections } from "../../../app/page/connections.ts";
import { IceServers } from "../../../app/page/ice-servers.ts";
import type { ConnectionTest, FromWorker, LinkReport } from "./messages.ts";

const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
const reports = new Map<number, LinkReport>();

function report(link: number): LinkReport {
  const known = reports.get(link) ?? {};
  reports.set(link, known);
  return known;
}

function boundOf(fingerprints: LinkFingerprints | null, so: LinkReport): NonNullable<LinkReport["bound"]> {
  const inTime = so.relayOpen === undefined && so.bulkOpen === undefined;
  const told = (bytes: Uint8Array | undefined) =>
    bytes === undefined ? "nothing" : bytes.slice(0, 8).join(" ");
  return { own: told(fingerprints?.own), remote: told(fingerprints?.remote), inTime };
}

function note(event: ConnectionEvent | FromWorker): void {
  if (!("link" in event)) return;
  const so = report(event.link);
  if (event.type === "offer") so.offer = event.sdp;
  else if (event.type === "answer") so.answer = event.sdp;
  else if (event.type === "signal") so.signals = [...(so.signals ?? []), event.signal];
  else if (event.type === "bound") so.bound = boundOf(event.fingerprints, so);
  else if (event.type === "bulk-open") so.bulkOpen = true;
  else if (event.type === "relay-open") so.relayOpen = event.maxMessageLength;
  else if (event.type === "route") so.route = event.route;
  else if (event.type === "closed") so.closed = event.reason;
  else if (event.type === "received") so[event.carrier] = { length: event.length, wrong: event.wrong };
  else if (event.type === "relay-buffered") so.mostBuffered = Math.max(so.mostBuffered ?? 0, event.bytes);
}

const connections = new Connections(
  (event, transfer = []) => {
    note(event);
    worker.postMessage(event, transfer);
  },
  new IceServers(async () => []),
);

worker.onmessage = ({ data }: MessageEvent<FromWorker | ConnectionCommand>) => {
  if (data.type === "bulk-open" || data.type === "received") note(data);
  else connections.handle(data);
};

const test: ConnectionTest = {
  command: (command) => connections.handle(command),
  send: (link, carrier, length) => worker.postMessage({ type: "send", link, carrier, length }),
  report,
  networkChanged: () => connections.handleNetworkChanged(),
  live: () => connections.size,
};
Object.assign(window, { connectionTest: test });
