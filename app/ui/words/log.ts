/**
 * The words of a log entry say what happened, for a person who looks for a fault. engine/log.ts says what the data of
 * each code is.
 */

import type { LinkEnd, LinkId } from "../../engine/link.ts";
import type { LogCode, LogData, LogEntry } from "../../engine/log.ts";
import { countInWords, plural } from "./quantities.ts";

/** Why a connection ended, as a clause behind a colon. */
const ends: Readonly<Record<LinkEnd | "given-up", string>> = {
  "remote-closed": "the other side closed it",
  lost: "its path broke, and no other was found in time",
  silent: "nothing came any more, though a sign of life was asked for",
  "connect-failed": "it could not be made",
  "no-route": "the two networks let nothing through, and no relay is known",
  "connect-timeout": "it was not made in time",
  "no-room": "there are as many as this browser bears",
  "webrtc-unavailable": "this browser makes none",
  "not-needed": "it was not needed",
  duplicate: "there is another one to the same peer",
  self: "it led back here",
  "not-trusted": "somebody else was to take the other side's place",
  "wrong-peer-id": "another peer answered than was introduced",
  "torrent-removed": "its share was removed",
  "members-only": "its share is members-only, and this peer was not met through its own trackers",
  "protocol-error": "the other side broke the protocol",
  "bad-piece": "the other side sent bad data",
  "unrequested-data": "the other side sent what nobody had asked for",
  idle: "nothing has come over it for long",
  useless: "its place is worth more to somebody else",
  "handshake-timeout": "the other side did not introduce itself in time",
  banned: "the other side is banned",
  "given-up": "it was given up",
};

const routes: Readonly<Record<LogData["connection-route"]["route"], string>> = {
  direct: "directly",
  relayed: "through a relay",
  unknown: "in a way that the browser does not tell",
};

const texts: { readonly [Code in LogCode]: (data: LogData[Code]) => string } = {
  "tracker-connected": ({ tracker }) => `${tracker} introduces peers from now on.`,
  "tracker-unreachable": ({ tracker, failures }) =>
    `${tracker} cannot be reached, ${failures === 1 ? "for the first time" : `${plural(failures, "time")} in a row`}.`,
  "tracker-refused": ({ tracker, reason }) => `${tracker} refused something: “${reason}”.`,
  "tracker-warned": ({ tracker, reason }) => `${tracker} warned: “${reason}”.`,
  "tracker-undelivered": ({ tracker, reason }) => `${tracker} did not pass a message on: “${reason}”.`,
  "link-closed": ({ link, reason }) => `${connection(link)} was closed from here: ${ends[reason]}.`,
  "link-ended": ({ link, reason }) => `${connection(link)} ended: ${ends[reason]}.`,
  "peer-banned": ({ link, reason }) => `The peer behind connection ${link} was banned: ${ends[reason]}.`,
  "peer-broke-protocol": ({ link, error, detail }) =>
    `The peer behind connection ${link} broke the protocol (${error}, ${detail}).`,
  "lane-broke-protocol": ({ link }) => `${connection(link)} carried something else than blocks.`,
  "piece-failed": ({ piece, senders }) =>
    `Piece ${countInWords(piece)} arrived damaged, from ${plural(senders, "peer")}.`,
  "about-unreadable": ({ reason }) =>
    `What the sender tells of a share cannot be read, so its files have no times and no note (${reason}).`,
  "share-stopped": ({ error }) => `A share was stopped by an error (${error}).`,
  "share-members-only": () =>
    "A share turned out to be members-only: trackers that are not its own were left, and the peers from there.",
  "piece-lost": ({ piece }) =>
    `This browser's storage lost or damaged piece ${countInWords(piece)} of a share. It is fetched again.`,
  "piece-unread": ({ piece, error }) =>
    `This browser's storage did not give piece ${countInWords(piece)} of a share for now (${error}).`,
  "share-unreadable": ({ error }) => `Some files of a share can no longer be read (${error}).`,
  "link-mending": ({ link }) => `Another path is looked for, for connection ${link}.`,
  "link-given-up": ({ link, reason }) => `${connection(link)} is given up: ${ends[reason]}.`,
  "share-damaged": ({ reason }) => `What was kept of a share is damaged (${reason}).`,
  "worker-replaced": () => "Another tab does the work by now, so the engine of this one ends.",
  "fault-began": ({ error, detail }) => `Something concerns all shares (${error}): ${detail}.`,
  "command-failed": ({ command, error, detail }) => `The command “${command}” failed (${error}): ${detail}.`,
  "tab-leads": () => "This tab does the work of all tabs from now on.",
  "worker-silent": () => "The engine gave no sign of life, so another one is started.",
  "tab-replaced": () => "Another tab took the work over, as this one gave no sign of life.",
  "tab-frozen": () => "The browser freezes this tab, so another one may do the work.",
  "network-changed": () => "The device is on another network, or back on one.",
  "worker-not-loaded": () => "The engine could not be loaded.",
  "worker-failed": ({ message, at }) => `Something failed in the engine: ${message} (${at}).`,
  "service-worker-refused": ({ error }) => `The browser takes no service worker (${error}).`,
  "update-failed": ({ error }) => `A newer version could not be brought in (${error}).`,
  "storage-persistent": () => "The browser keeps what is stored.",
  "storage-evictable": () => "The browser may remove what is stored when it is short of room.",
  "storage-not-asked": ({ error }) => `The browser could not be asked to keep what is stored (${error}).`,
  "ice-servers-missing": ({ error }) => `The server named no servers for connecting (${error}).`,
  "ice-server-refused": ({ error }) => `The browser refuses a server for connecting (${error}).`,
  "connection-not-made": ({ link, reason, error }) =>
    `${connection(link)} was not made: ${ends[reason]}${error === "" ? "" : ` (${error})`}.`,
  "connection-state": ({ link, state }) => `${connection(link)} is in the state “${state}”.`,
  "connection-ice": ({ link, state }) => `The path of connection ${link} is in the state “${state}”.`,
  "connection-route": ({ link, route }) => `${connection(link)} leads to its peer ${routes[route]}.`,
  "connection-route-unread": ({ error }) => `How a peer is reached could not be read (${error}).`,
  "connection-candidate-refused": ({ link, error }) =>
    `The browser did not take an address for connection ${link} (${error}).`,
  "connection-error": ({ link, error }) => `${connection(link)} met an error (${error}).`,
  "connection-closed": ({ link, reason }) => `${connection(link)} is closed: ${ends[reason]}.`,
};

function connection(link: LinkId): string {
  return `Connection ${link}`;
}

/** The text of an entry. The text of a code of another version is the code itself. */
export function logText({ code, data }: LogEntry): string {
  if (!Object.hasOwn(texts, code)) return code;
  const text = texts[code] as (data: LogEntry["data"]) => string;
  return text(data);
}
