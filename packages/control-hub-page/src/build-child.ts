// Builds the page into the folder that is named: run by built-page.ts, and by who wants it built beforehand.
import { join } from "node:path";
import { build } from "vite";

const [into] = process.argv.slice(2);
if (into === undefined) throw new TypeError("the folder to build into is missing");

// Who starts this may say otherwise for itself, tests for example; the page is always the same.
process.env["NODE_ENV"] = "production";
await build({
  root: join(import.meta.dirname, "../page"),
  configFile: false,
  logLevel: "warn",
  // The server puts a fresh nonce here with every answer.
  html: { cspNonce: "__CSP_NONCE__" },
  build: {
    outDir: into,
    emptyOutDir: true,
    target: "es2023",
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 900,
  },
});
