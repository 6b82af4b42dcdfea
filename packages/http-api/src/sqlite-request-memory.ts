import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Clock } from "@hybrid/kernel";
import { leaseMs, type Place, type RequestMemory, rememberedMs, type Taken } from "./request-memory.ts";

/** Rows beyond these are forgotten, the oldest first: some 50 MB. */
const rowsMaxDefault = 200_000;

/** How many rows are written between two looks at what may go. */
const cleaningEvery = 64;

const tablesSql = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  CREATE TABLE IF NOT EXISTS requests (
    place TEXT PRIMARY KEY, digest TEXT NOT NULL, kept TEXT, lease_ends_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL
  ) WITHOUT ROWID, STRICT;
  CREATE INDEX IF NOT EXISTS requests_by_end ON requests (ends_at);`;

const findSql = "SELECT digest, kept, lease_ends_at, ends_at FROM requests WHERE place = ?";
const setSql = "INSERT OR REPLACE INTO requests VALUES (?, ?, ?, ?, ?)";
const deleteSql = "DELETE FROM requests WHERE place = ? AND digest = ?";
const expireSql = "DELETE FROM requests WHERE ends_at <= ?";
const boundSql =
  "DELETE FROM requests WHERE place IN (SELECT place FROM requests ORDER BY ends_at DESC LIMIT -1 OFFSET ?)";

/** Notes stand among requests, under names that no digest is. */
const noteOf = (name: string): string => `note ${name}`;

/**
 * The memory in a file of one process. What was under way when the process before ended may have been carried
 * out or not, and can be carried out again at once. Throws what SQLite throws.
 */
export const openSqliteRequestMemory = ({
  path,
  clock,
  rowsMax = rowsMaxDefault,
}: {
  readonly path: string;
  readonly clock: Clock;
  readonly rowsMax?: number;
}): RequestMemory => {
  mkdirSync(dirname(path), { recursive: true });
  const db = new DatabaseSync(path, { timeout: 5_000 });
  db.exec(tablesSql);
  db.exec("UPDATE requests SET lease_ends_at = 0 WHERE kept IS NULL");
  const find = db.prepare(findSql);
  const set = db.prepare(setSql);
  const remove = db.prepare(deleteSql);
  let written = 0;
  const clean = (): void => {
    if (written++ % cleaningEvery !== 0) return;
    db.prepare(expireSql).run(clock.now());
    db.prepare(boundSql).run(rowsMax);
  };
  const put = (place: string, digest: string, kept: string | null, leaseEndsAt: number): void => {
    clean();
    set.run(place, digest, kept, leaseEndsAt, clock.now() + rememberedMs);
  };
  const known = (place: string) => {
    const row = find.get(place);
    return row && Number(row["ends_at"]) > clock.now() ? row : undefined;
  };
  const takeNow = ({ place, digest }: Place): Taken => {
    const now = clock.now();
    const row = known(place);
    if (row === undefined) {
      put(place, digest, null, now + leaseMs);
      return { kind: "first" };
    }
    if (row["digest"] !== digest) return { kind: "other" };
    if (row["kept"] !== null) return { kind: "done", kept: String(row["kept"]) };
    if (Number(row["lease_ends_at"]) > now) return { kind: "busy" };
    put(place, digest, null, now + leaseMs);
    return { kind: "again" };
  };
  return {
    take: async (request) => takeNow(request),
    keep: async ({ place, digest }, kept) => put(place, digest, kept, 0),
    forget: async ({ place, digest }) => {
      remove.run(place, digest);
    },
    release: async ({ place, digest }) => put(place, digest, null, 0),
    note: async (name, text) => put(noteOf(name), "", text, 0),
    noted: async (name) => {
      const row = known(noteOf(name));
      return row === undefined ? null : String(row["kept"]);
    },
    close: async () => db.close(),
  };
};
