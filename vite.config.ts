/**
 * How the app is built: one page, its engine's worker, its service worker, every text compressed beforehand.
 * `npm run dev` serves the sources instead and passes what belongs to the signaling server on to one.
 */
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import { defineConfig, type Plugin } from "vite";
import { VitePWA } from "vite-plugin-pwa";

const root = resolve(import.meta.dirname, "app");
const outDir = resolve(import.meta.dirname, "dist/app");

/** The oldest browsers that can hand a data channel to a worker. */
const target = ["chrome130", "firefox144", "safari17"];

/** Where `npm run dev` finds a signaling server (`npm start` in another terminal). */
const signaling = process.env.SHOAL_SIGNALING ?? "http://127.0.0.1:8080";

/** Writes FILE.br and FILE.gz beside every text file of the build, where they are smaller than the file. */
function compressBuild(): Plugin {
  const text = /\.(?:css|html|js|json|svg|txt|webmanifest)$/;
  return {
    name: "shoal:compress-build",
    apply: "build",
    enforce: "post",
    closeBundle: {
      sequential: true,
      order: "post",
      async handler() {
        for (const entry of await readdir(outDir, { recursive: true, withFileTypes: true })) {
          if (!entry.isFile() || !text.test(entry.name)) continue;
          const path = join(entry.parentPath, entry.name);
          const bytes = await readFile(path);
          const brotli = await promisify(brotliCompress)(bytes, {
            params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
          });
          const gzipped = await promisify(gzip)(bytes, { level: constants.Z_BEST_COMPRESSION });
          if (brotli.length < bytes.length) await writeFile(`${path}.br`, brotli);
          if (gzipped.length < bytes.length) await writeFile(`${path}.gz`, gzipped);
        }
      },
    },
  };
}

export default defineConfig({
  root,
  publicDir: resolve(import.meta.dirname, "public"),
  resolve: {
    // The package itself is CommonJS on Node's own modules; its prebuilt file brings what it needs of them.
    alias: [{ find: /^simple-peer$/, replacement: "simple-peer/simplepeer.min.js" }],
  },
  build: {
    target,
    outDir,
    emptyOutDir: true,
    // The content security policy allows no data: scripts or styles.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  worker: {
    format: "es",
    rolldownOptions: { output: { entryFileNames: "assets/worker-[hash].js" } },
  },
  server: {
    proxy: {
      "/announce": { target: signaling, ws: true },
      "/api": { target: signaling },
      "/healthz": { target: signaling },
    },
  },
  plugins: [
    VitePWA({
      strategies: "injectManifest",
      srcDir: "service-worker",
      filename: "main.ts",
      // The page registers it itself: no inline script, and only once it is useful.
      injectRegister: false,
      // The pattern below takes them already.
      includeManifestIcons: false,
      injectManifest: {
        rollupFormat: "iife",
        target,
        globPatterns: ["**/*.{js,css,html,svg,png}"],
        globIgnores: ["screenshots/**", "og.png"],
      },
      integration: {
        // Its URL is /service-worker.js: at the top, so that its scope is the whole app.
        beforeBuildServiceWorker(options) {
          options.swDest = join(outDir, "service-worker.js");
          options.injectManifest.swDest = options.swDest;
        },
      },
      manifest: {
        id: "/",
        name: "Shoal",
        short_name: "Shoal",
        description: "Shares files straight from one browser to others.",
        start_url: "/",
        scope: "/",
        display: "standalone",
        background_color: "#0b1720",
        theme_color: "#0b1720",
        icons: [
          { src: "/icon.svg", sizes: "any", type: "image/svg+xml" },
          { src: "/icon-192.png", sizes: "192x192", type: "image/png" },
          { src: "/icon-512.png", sizes: "512x512", type: "image/png" },
          { src: "/icon-maskable.png", sizes: "512x512", type: "image/png", purpose: "maskable" },
        ],
        screenshots: [
          { src: "/screenshots/share.png", sizes: "1100x860", type: "image/png", form_factor: "wide" },
        ],
      },
    }),
    compressBuild(),
  ],
});
