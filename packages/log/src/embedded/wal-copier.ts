import type { DatabaseSync } from "node:sqlite";
import { Worker } from "node:worker_threads";
import type { LogLogger } from "../log-logger.ts";
import type { Copied, CopierSettings } from "./wal-copier-thread.ts";

/**
 * Copies the write-ahead log into the main file ("checkpoint", https://sqlite.org/wal.html) on a thread of
 * its own. The connection that writes would do it within a commit, and hold the event loop for a tenth of a
 * second each time (ADR 9). The thread starts with the first copy; most processes never need one.
 */
export interface WalCopier {
  /** Looks whether there is enough to copy; to be called after each commit. */
  committed(): void;
  /** Waits for a copy that is on its way. To be called before the connection is closed. */
  close(): Promise<void>;
}

/** What a copier needs from its surroundings. */
export interface CopierContext {
  readonly db: DatabaseSync;
  readonly file: string;
  /** Pages of the write-ahead log at which copying begins. */
  readonly pagesMax: number;
  readonly warn: LogLogger["warn"];
}

const threadFile = new URL("./wal-copier-thread.ts", import.meta.url);

/** The connection copies by itself when the thread does not keep up: then writers must wait for it. */
const behindFactor = 2;

const copyWithin = (db: DatabaseSync, pages: number): void => db.exec(`PRAGMA wal_autocheckpoint = ${pages}`);

/** Whether the write-ahead log has that number of pages, and any that is not copied. */
const fullnessOf = ({ db, pagesMax }: CopierContext): (() => boolean) => {
  // "NOOP" copies nothing and tells how much there is: [busy, pages, pages copied].
  const look = db.prepare("PRAGMA wal_checkpoint(NOOP)");
  look.setReturnArrays(true);
  return () => {
    const [, pages, copied] = look.get() as unknown as readonly [number, number, number];
    return pages >= pagesMax && pages > copied;
  };
};

type Order = "copy" | "close";

const order = (thread: Worker, what: Order): void =>
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origin.
  thread.postMessage(what);

const onFile = (context: CopierContext): WalCopier => {
  const { db, file, pagesMax, warn } = context;
  const isFull = fullnessOf(context);
  copyWithin(db, behindFactor * pagesMax);
  let thread: { readonly worker: Worker; readonly ended: Promise<unknown> } | undefined;
  let copying = false;
  let closed = false;
  let failed = false;
  const giveUp = (error: unknown): void => {
    if (failed || closed) return;
    failed = true;
    copyWithin(db, pagesMax);
    warn({ error }, "the WAL cannot be copied beside the event loop; commits do it, and some take longer");
  };
  const start = () => {
    const settings: CopierSettings = { file };
    const worker = new Worker(threadFile, { name: "wal-copier", workerData: settings });
    worker.unref();
    worker.on("error", giveUp);
    worker.on("message", (copied: Copied) => {
      copying = false;
      if (copied.kind === "failed") giveUp(copied.reason);
    });
    return { worker, ended: new Promise((resolve) => worker.once("exit", resolve)) };
  };
  return {
    committed() {
      if (copying || failed || closed) return;
      try {
        if (!isFull()) return;
        copying = true;
        thread ??= start();
        order(thread.worker, "copy");
      } catch (error) {
        // The commit stands, whatever becomes of the copy.
        giveUp(error);
      }
    },
    async close() {
      closed = true;
      if (thread === undefined) return;
      thread.worker.ref();
      order(thread.worker, "close");
      await thread.ended;
    },
  };
};

/** Opens the copier of a connection; one in memory has nothing to copy. */
export const walCopier = (context: CopierContext): WalCopier =>
  context.file === ":memory:"
    ? { committed: () => undefined, close: () => Promise.resolve() }
    : onFile(context);
