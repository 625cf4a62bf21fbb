/**
 * The built app as it runs in a browser that asks the person before it reads what was shared in an earlier visit. No
 * automation answers that question in a headless browser. So handles of the origin's private file system, for which no
 * browser asks, stand in: a script at the worker's start and one in the page make them ask, and give the test's answer.
 * The dialog itself, in a browser with a window, is part of `npm run soak`.
 */
import { cp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ShoalPage } from "./shoal-page.ts";

/** At the worker's start nothing may be read. The page tells what the person answered, and waits until that is heard. */
const workerScript = `{
  const channel = new BroadcastChannel("asking");
  let state = "prompt";
  channel.onmessage = ({ data }) => {
    state = data.state;
    channel.postMessage({ heard: data.number });
  };
  const getFile = FileSystemFileHandle.prototype.getFile;
  FileSystemHandle.prototype.queryPermission = async () => state;
  FileSystemFileHandle.prototype.getFile = function () {
    return state === "granted" ? getFile.call(this) : Promise.reject(new DOMException("", "NotAllowedError"));
  };
}
`;

/** Copies the built app, so that its worker asks. Old compressed files would still be the worker's former script. */
export async function copyAskingApp(built: string, directory: string): Promise<void> {
  await cp(built, directory, { recursive: true });
  const assets = join(directory, "assets");
  const files = await readdir(assets);
  for (const name of files.filter((each) => /^worker-[^/]+\.js(?:\.br|\.gz)?$/.test(each))) {
    const path = join(assets, name);
    if (name.endsWith(".js")) await writeFile(path, workerScript + (await readFile(path, "utf8")));
    else await rm(path);
  }
}

/**
 * Prepares a page: its folder picker gives the folder of the origin's private file system, and each question is answered
 * as the test said last (`answer`). The questions are counted. After a refusal Chromium would ask again.
 */
export function prepareAskingPage(): void {
  const asking = { answer: "granted", questions: 0, state: "prompt" };
  const channel = new BroadcastChannel("asking");
  const methods = {
    queryPermission: async () => asking.state,
    requestPermission: async () => {
      if (!navigator.userActivation.isActive) throw new DOMException("", "SecurityError");
      const number = ++asking.questions;
      if (asking.answer === "granted") asking.state = "granted";
      const heard = new Promise<void>((resolve) => {
        channel.onmessage = ({ data }) => data.heard === number && resolve();
      });
      channel.postMessage({ state: asking.state, number });
      await heard;
      return asking.answer;
    },
  };
  Object.assign(FileSystemHandle.prototype, methods);
  const root = () => navigator.storage.getDirectory();
  const showDirectoryPicker = async () => (await root()).getDirectoryHandle("sea");
  Object.assign(window, { asking, showDirectoryPicker });
}

/** Puts files into the folder `sea` of the origin's private file system: their bytes by path. */
export async function writeOriginFolder({ page }: ShoalPage, files: Record<string, number>): Promise<void> {
  await page.evaluate(async (lengths) => {
    let folder = await (await navigator.storage.getDirectory()).getDirectoryHandle("sea", { create: true });
    const sea = folder;
    for (const [path, length] of Object.entries(lengths)) {
      const names = path.split("/");
      folder = sea;
      for (const name of names.slice(0, -1)) folder = await folder.getDirectoryHandle(name, { create: true });
      const file = await folder.getFileHandle(names.at(-1)!, { create: true });
      const bytes = Uint8Array.from({ length }, (_, at) => (at * 31 + length) % 251);
      const stream = await file.createWritable();
      await stream.write(bytes);
      await stream.close();
    }
  }, files);
}

/** The questions that the page asked so far; `answer`: what the person answers from now on. */
export function asking({ page }: ShoalPage, answer?: PermissionState): Promise<{ questions: number }> {
  return page.evaluate((next) => {
    const state = Reflect.get(window, "asking");
    if (next !== undefined) state.answer = next;
    return { questions: state.questions };
  }, answer);
}
