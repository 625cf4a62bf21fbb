/** The server is built as one module for Node, with its dependencies left in node_modules. */
import { resolve } from "node:path";
import { defineConfig } from "vite";

// biome-ignore lint/style/noDefaultExport: what Vite looks for
export default defineConfig({
  root: resolve(import.meta.dirname, ".."),
  publicDir: false,
  build: {
    ssr: "signaling/main.ts",
    target: "node20",
    outDir: "dist/server",
    emptyOutDir: true,
    sourcemap: true,
  },
});
