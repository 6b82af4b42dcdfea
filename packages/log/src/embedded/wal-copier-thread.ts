import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { parentPort, workerData } from "node:worker_threads";

/** What the thread is told at its start. */
export interface CopierSettings {
  readonly file: string;
}

/** What it tells after each copy. */
export type Copied = { readonly kind: "copied" } | { readonly kind: "failed"; readonly reason: string };

const lockWaitMs = 5_000;
/** What is written during one round is copied in the next one, so that the file's pages can be used again. */
const roundsMax = 4;

const { file } = workerData as CopierSettings;
const location = pathToFileURL(file);
// A file that is gone must not be created (https://sqlite.org/uri.html).
location.searchParams.set("mode", "rw");
const db = new DatabaseSync(location, { timeout: lockWaitMs });
db.exec("PRAGMA synchronous = FULL");
const checkpoint = db.prepare("PRAGMA wal_checkpoint(PASSIVE)");
checkpoint.setReturnArrays(true);

const copy = (): void => {
  for (let round = 0; round < roundsMax; round++) {
    const [busy, pages, copied] = checkpoint.get() as unknown as readonly [number, number, number];
    // Busy: another connection copies just now, or a reader needs what would be overwritten.
    if (busy !== 0 || pages === copied) return;
  }
};

const tryToCopy = (): Copied => {
  try {
    copy();
    return { kind: "copied" };
  } catch (error) {
    return { kind: "failed", reason: error instanceof Error ? error.message : String(error) };
  }
};

parentPort?.on("message", (order: "copy" | "close") => {
  if (order === "copy") {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origin.
    parentPort?.postMessage(tryToCopy());
    return;
  }
  db.close();
  parentPort?.close();
});
