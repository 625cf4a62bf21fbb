/**
 * A big file and a small one, each between two fresh browsers running Shoal: the SHA-256 of what was saved, and the
 * peak memory of both renderers. Memory that grows with the file shows as the difference between the two sizes.
 */
import { basename } from "node:path";
import { sha256OfFile } from "../support/files.ts";
import { SMALL_FILE_MB } from "./constants.ts";
import { type Memory, watchMemory } from "./processes.ts";
import { ShoalPeer } from "./shoal-peer.ts";
import type { Stage } from "./stage.ts";
import { formatTable } from "./table.ts";
import { rateOf } from "./timing.ts";

/** Peaks in MB: VmRSS and of that RssAnon. */
interface Peak {
  residentMb: number;
  anonymousMb: number;
}

interface Run {
  sizeMb: number;
  /** MB/s. */
  rate: number;
  equal: boolean;
  /** While the file is hashed and sent. */
  sender: Peak;
  /** While the file is downloaded, and then while it is saved. */
  receiver: Peak;
  saving: Peak;
}

export interface BigResult {
  small: Run;
  big: Run;
  /** VmRSS, MB: big less small. */
  senderDifferenceMb: number;
  receiverDifferenceMb: number;
}

function inMegabytes({ resident, anonymous }: Memory): Peak {
  return { residentMb: resident / 1e6, anonymousMb: anonymous / 1e6 };
}

async function transfer(stage: Stage, sizeMb: number): Promise<Run> {
  const file = await stage.file(sizeMb * 1e6, "big");
  const downloads = `${stage.directory}/saved-${sizeMb}`;
  return stage.withBrowsers(
    2,
    async ([sending, receiving]) => {
      const sender = await ShoalPeer.start(sending!, stage.server.url);
      const receiver = await ShoalPeer.start(receiving!, stage.server.url);
      const stopSender = await watchMemory(sending!);
      await receiver.open(await sender.seed(file.path));
      const stopReceiver = await watchMemory(receiving!);
      const rate = rateOf(file.bytes, await receiver.download());
      const peaks = { sender: inMegabytes(await stopSender()), receiver: inMegabytes(await stopReceiver()) };
      const stopSaving = await watchMemory(receiving!);
      const saved = await receiver.save(downloads, basename(file.path), file.bytes);
      const saving = inMegabytes(await stopSaving());
      return { sizeMb, rate, equal: (await sha256OfFile(saved)) === file.sha256, ...peaks, saving };
    },
    { downloads },
  );
}

export async function benchBig(
  stage: Stage,
  sizeMb: number,
  say: (line: string) => void,
): Promise<BigResult> {
  const small = await transfer(stage, SMALL_FILE_MB);
  say(`big: ${SMALL_FILE_MB} MB at ${small.rate.toFixed(1)} MB/s`);
  const big = await transfer(stage, sizeMb);
  say(`big: ${sizeMb} MB at ${big.rate.toFixed(1)} MB/s`);
  return {
    small,
    big,
    senderDifferenceMb: big.sender.residentMb - small.sender.residentMb,
    receiverDifferenceMb: big.receiver.residentMb - small.receiver.residentMb,
  };
}

export function formatBig({ small, big }: BigResult): string {
  const peak = ({ residentMb, anonymousMb }: Peak) => `${residentMb.toFixed(0)} / ${anonymousMb.toFixed(0)}`;
  const row = ({ sizeMb, rate, equal, sender, receiver, saving }: Run) => [
    `${sizeMb} MB`,
    rate.toFixed(1),
    equal ? "equal" : "DIFFERENT",
    ...[sender, receiver, saving].map(peak),
  ];
  const more = (key: "sender" | "receiver" | "saving") =>
    peak({
      residentMb: big[key].residentMb - small[key].residentMb,
      anonymousMb: big[key].anonymousMb - small[key].anonymousMb,
    });
  return formatTable([
    ["Peak VmRSS / RssAnon, MB", "MB/s", "SHA-256", "sender", "receiver", "receiver saving"],
    row(small),
    row(big),
    ["difference", "", "", more("sender"), more("receiver"), more("saving")],
  ]);
}
