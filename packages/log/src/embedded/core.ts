import { utimesSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { LogUnavailableError } from "../errors.ts";
import { type CheckpointTable, checkpointTable } from "./checkpoint-table.ts";
import type { Coordinator } from "./coordinator.ts";
import type { OpenedDatabase } from "./database.ts";
import { type OwnerTable, ownerTable } from "./owner-table.ts";
import { type RecordTable, recordTable } from "./record-table.ts";
import type { EmbeddedLogSettings } from "./settings.ts";
import { logErrorOf } from "./sqlite-errors.ts";
import { type TopicTable, topicTable } from "./topic-table.ts";
import { type WalCopier, walCopier } from "./wal-copier.ts";
import { openWriter, type Writer } from "./writer.ts";

/** The parts of an open embedded log. */
export interface Core {
  readonly settings: EmbeddedLogSettings;
  readonly file: string;
  readonly db: DatabaseSync;
  readonly topics: TopicTable;
  readonly records: RecordTable;
  readonly checkpoints: CheckpointTable;
  readonly owners: OwnerTable;
  readonly writer: Writer;
  readonly copier: WalCopier;
  readonly coordinator: Coordinator;
  /** Reads from one snapshot of the file; maps SQLite's errors. Throws LogUnavailableError once closed. */
  readonly snapshot: <Result>(read: () => Result) => Result;
  /** Notices what others wrote; {@link Core.noticed} then tells everybody who waits. */
  refresh(): void;
  /** Called in a later turn after somebody else's commit was noticed, by whichever read or write that was. */
  noticed: () => void;
  readonly warn: (fields: Readonly<Record<string, unknown>>, message: string) => void;
  closed: boolean;
}

// Few, large copies: a checkpoint row that is hot is copied once, not often.
const walPagesMax = 10_000;

/**
 * Notices commits of other connections, in this process or another
 * (https://sqlite.org/pragma.html#pragma_data_version). A change shows once only, to the first that looks: that
 * may be any read, so `changed` must wake all that wait.
 */
const changeDetector = (db: DatabaseSync, changed: () => void): (() => void) => {
  const select = db.prepare("PRAGMA data_version");
  select.setReturnArrays(true);
  const version = (): unknown => (select.get() as unknown as readonly unknown[] | undefined)?.[0];
  let seen = version();
  return () => {
    const now = version();
    if (now === seen) return;
    seen = now;
    changed();
  };
};

/**
 * Tells other processes that a commit is visible: they watch the folder. The write to the WAL itself is no
 * sign, for it comes before the commit can be seen.
 */
const announcer = (file: string, warn: Core["warn"]): (() => void) => {
  let count = 0;
  let failed = false;
  return () => {
    if (file === ":memory:" || failed) return;
    count = (count + 1) % 1_000_000;
    try {
      utimesSync(`${file}-shm`, count, count);
    } catch (error) {
      failed = true;
      warn(
        { error },
        "other processes cannot be told about new records of this log; they see them when they look",
      );
    }
  };
};

/** Looks at what others wrote, at a time when nobody asked: an error may end nothing. */
export const orWarn = (warn: Core["warn"], look: () => void): void => {
  try {
    look();
  } catch (error) {
    warn({ error }, "what another process wrote could not be read; the next reader hears why");
  }
};

const snapshotter = (
  { db, file }: OpenedDatabase,
  isClosed: () => boolean,
  refresh: () => void,
): Core["snapshot"] => {
  const begin = db.prepare("BEGIN");
  const commit = db.prepare("COMMIT");
  return (read) => {
    if (isClosed()) throw new LogUnavailableError(`log file ${file} was closed`);
    try {
      begin.run();
      try {
        refresh();
        return read();
      } finally {
        // An error of the disk may have ended the transaction by itself.
        if (db.isTransaction) commit.run();
      }
    } catch (error) {
      throw logErrorOf(error, file);
    }
  };
};

/** Calls in a later turn, once for all that ask until then: they may be in the middle of a transaction. */
const inLaterTurn = (call: () => void): (() => void) => {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    setImmediate(() => {
      asked = false;
      call();
    });
  };
};

/** Puts an opened file together with its coordinator. */
export const openCore = (
  opened: OpenedDatabase,
  settings: EmbeddedLogSettings,
  coordinator: Coordinator,
): Core => {
  const { db, file } = opened;
  const topics = topicTable(db, file);
  const owners = ownerTable(db, file);
  const checkpoints = checkpointTable(db, topics.nameOf);
  const forget = (): void => {
    topics.forget();
    checkpoints.forget();
    owners.forget();
  };
  const tell = inLaterTurn(() => {
    if (!core.closed) orWarn(warn, core.noticed);
  });
  const refresh = changeDetector(db, () => {
    forget();
    tell();
  });
  const warn: Core["warn"] = (fields, message) => settings.logger?.warn({ file, ...fields }, message);
  const announce = announcer(file, warn);
  const copier = walCopier({ db, file, pagesMax: settings.walPagesMax ?? walPagesMax, warn });
  let changed: readonly number[] = [];
  const writer = openWriter({
    db,
    file,
    pendingRecordsMax: settings.pendingRecordsMax ?? 100_000,
    pendingBytesMax: settings.pendingBytesMax ?? 64_000_000,
    begun: refresh,
    finishing: () => {
      changed = topics.writeBounds();
    },
    committed: () => {
      announce();
      copier.committed();
      coordinator.waiters.wake(changed);
    },
    rolledBack: forget,
  });
  const core: Core = {
    settings,
    file,
    db,
    topics,
    records: recordTable(db, topics),
    checkpoints,
    owners,
    writer,
    copier,
    coordinator,
    refresh,
    noticed: () => undefined,
    warn,
    closed: false,
    snapshot: snapshotter(opened, () => core.closed, refresh),
  };
  return core;
};
