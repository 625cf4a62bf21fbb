/** Begins a thread of a run: threads do not take over the main thread's way to read TypeScript on Node.js 20. */
import { tsImport } from "tsx/esm/api";

await tsImport("./thread.ts", import.meta.url);
