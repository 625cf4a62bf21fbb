/**
 * One end of a bare data channel, as fast as a browser carries bytes: transferred to a worker, without protocol,
 * verification or storage. The descriptions are passed by the one who drives the page.
 */
import type { Timing } from "../timing.ts";
import type { FromChannelWorker, ToChannelWorker } from "./channel-worker.ts";

const worker = new Worker(new URL("./channel-worker.ts", import.meta.url), { type: "module" });
const connection = new RTCPeerConnection({ iceServers: [] });
const channel = connection.createDataChannel("bare", { negotiated: true, id: 1 });

function post(message: ToChannelWorker, transfer: Transferable[] = []): void {
  worker.postMessage(message, transfer);
}

/** The next message of the worker's. */
function told(): Promise<FromChannelWorker> {
  return new Promise((resolve) => {
    worker.addEventListener("message", ({ data }: MessageEvent<FromChannelWorker>) => resolve(data), {
      once: true,
    });
  });
}

const open = told();
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
  /** Has the other end send so many bytes. */
  async fetch(bytes: number): Promise<Timing> {
    post({ fetch: bytes });
    return (await told()) as Timing;
  },
};

export type ChannelPage = typeof channelPage;

Object.assign(window, { channelPage });
