import { BytePermits } from "./byte-permits.ts";
import type { FilledSettings } from "./settings.ts";
import { SharedBytes } from "./shared-bytes.ts";

/** What all partitions of a process may hold together, each kind by itself. */
export interface LogMemory {
  /** Records of sources that are fetched and not polled yet. */
  readonly sources: SharedBytes;
  /** Actors whose latest stands in the journal only. */
  readonly dirty: SharedBytes;
  /** What restores are reading. */
  readonly restores: BytePermits;
}

/** The memory of one log, as the settings bound it. */
export const logMemory = ({
  sourceBytesMax,
  dirtyBytesMax,
  restoreBytesMax,
}: Pick<FilledSettings, "sourceBytesMax" | "dirtyBytesMax" | "restoreBytesMax">): LogMemory => ({
  sources: new SharedBytes(sourceBytesMax),
  dirty: new SharedBytes(dirtyBytesMax),
  restores: new BytePermits(restoreBytesMax),
});
