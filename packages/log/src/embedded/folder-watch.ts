import { watch } from "node:fs";
import { basename, dirname } from "node:path";
import { type Core, orWarn } from "./core.ts";

/** Looks when another process, or another log of this one, may have committed. Returns what ends it. */
export const watchFolder = (core: Core): (() => void) => {
  if (core.file === ":memory:") return () => undefined;
  const failed = (error: unknown): void =>
    core.warn({ error }, "the log's folder cannot be watched: commits of other processes are seen late");
  const sign = `${basename(core.file)}-shm`;
  try {
    const watcher = watch(dirname(core.file), { persistent: false }, (_event, name) => {
      if (name === sign && !core.closed) orWarn(core.warn, () => core.refresh());
    });
    watcher.on("error", failed);
    return () => watcher.close();
  } catch (error) {
    failed(error);
    return () => undefined;
  }
};
