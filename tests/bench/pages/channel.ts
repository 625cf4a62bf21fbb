/**
 * One end of a bare data channel, as fast as a browser carries bytes: transferred to a worker, without protocol,
 * verification or storage. The descriptions are passed by the one who drives the page.
 */
import type { Progress } from "../networks/progress.ts";
import type { Timing } from "../timing.ts";
import type { Flow, FromChannelWorker, ToChannelWorker } from "./channel-worker.ts";

const worker = new Worker(new URL("./channel-worker.ts", import.meta.url), { type: "module" });
const connection = new RTCPeerConnection({ iceServers: [] });
const channel = connection.createDataChannel("bare", { negotiated: true, id: 1 });

function post(message: ToChannelWorker, transfer: Transferable[] = []): void {
  worker.postMessage(message, transfer);
}

/** The first of the worker's messages from now on that is wanted. */
function told<T extends FromChannelWorker>(
  isWanted: (message: FromChannelWorker) => message is T,
): Promise<T> {
  return new Promise((resolve) => {
    const listen = ({ data }: MessageEvent<FromChannelWorker>) => {
      if (!isWanted(data)) return;
      worker.removeEventListener("message", listen);
      resolve(data);
    };
    worker.addEventListener("message", listen);
  });
}

const open = told((message) => message === "open");
// A channel can be handed over only in the task that made it.
post({ channel }, [channel]);

/** Sets the local description; resolves to it with all candidates. */
async function describe(): Promise<RTCSessionDescriptionInit> {
  const gathered = new Promise<void>((resolve) => {
    connection.addEventListener("icegatheringstatechange", () => {
      if (connection.iceGatheringState === "complete") resolve();
    });
  });
  await connection.setLocalDescription();
  await gathered;
  return connection.localDescription!.toJSON();
}

const channelPage = {
  offer: describe,
  async answer(offer: RTCSessionDescriptionInit): Promise<RTCSessionDescriptionInit> {
    await connection.setRemoteDescription(offer);
    return describe();
  },
  async accept(answer: RTCSessionDescriptionInit): Promise<void> {
    await connection.setRemoteDescription(answer);
  },
  async opened(): Promise<void> {
    await open;
  },
  /** Has the other end send. What comes is told in `window.progress` meanwhile. */
  fetch(flow: Flow): Promise<Timing> {
    const progress: Progress = [];
    Object.assign(window, { progress });
    worker.addEventListener("message", ({ data }: MessageEvent<FromChannelWorker>) => {
      if (data !== "open" && "sample" in data) progress.push(data.sample);
    });
    post({ fetch: flow });
    return told((message) => message !== "open" && "startedAt" in message);
  },
};

export type ChannelPage = typeof channelPage;

Object.assign(window, { channelPage });
