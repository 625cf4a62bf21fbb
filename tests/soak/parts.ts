/** The parts of the soak, in the order in which they run. A further part is a file of its own and a line here. */
import { largeFile } from "./large-file.ts";
import { leaderClosed } from "./leader-closed.ts";
import type { SoakPart } from "./part.ts";
import { permission } from "./permission.ts";
import { receiverKilled } from "./receiver-killed.ts";
import { senderKilled } from "./sender-killed.ts";

export const parts: readonly SoakPart[] = [receiverKilled, senderKilled, leaderClosed, permission, largeFile];
