import { CorruptLogError } from "../errors.ts";
import { checkpointTable } from "./checkpoint-table.ts";
import type { OpenedDatabase } from "./database.ts";
import { scalar } from "./database.ts";
import { ownerTable } from "./owner-table.ts";
import { checkpointOf, recordsOf } from "./slot-tables.ts";
import { logErrorOf } from "./sqlite-errors.ts";
import { topicTable } from "./topic-table.ts";

const damaged = (file: string, what: string): CorruptLogError =>
  new CorruptLogError(
    `log file ${file} is damaged: ${what}. Stop every process that uses it and restore it from a backup.`,
  );

const checkPages = ({ db, file }: OpenedDatabase, pragma: string): void => {
  const verdict = String(scalar(db, `PRAGMA ${pragma}`));
  if (verdict !== "ok") throw damaged(file, verdict.replaceAll("\n", " "));
};

/** Reads from one moment: another process may write meanwhile. */
const atOneMoment = ({ db }: OpenedDatabase, check: () => void): void => {
  db.exec("BEGIN");
  try {
    check();
  } finally {
    if (db.isTransaction) db.exec("COMMIT");
  }
};

/** After a crash nothing may be ahead of, or behind, the offsets: parts of different ages would be. */
const checkAges = ({ db, file }: OpenedDatabase): void => {
  const topics = topicTable(db, file);
  const checkpoints = checkpointTable(db, topics.nameOf);
  for (const topic of topics.all())
    for (let slot = topic.firstSlot; slot < topic.firstSlot + topic.partitions; slot++) {
      const { start, next } = topics.bounds(slot);
      const row = db.prepare(`SELECT count(*) AS count, max(id) AS last FROM ${recordsOf(slot)}`).get();
      const end = row?.["last"] === null ? start : Number(row?.["last"]) + 1;
      const whole =
        topic.cleanup === "compact" ? end <= next : end === next && Number(row?.["count"]) === next - start;
      if (!whole)
        throw damaged(file, `${topics.nameOf(slot)} does not hold the records from ${start} to ${next}`);
    }
  for (const owner of ownerTable(db, file).all()) {
    const journal = topics.bounds(owner.journalSlot).next;
    if (owner.journalNext === journal && checkpoints.newest(owner.checkpointSlot) <= journal) continue;
    throw damaged(
      file,
      `journal and checkpoint of ${owner.service}, partition ${owner.partition}, differ in age`,
    );
  }
};

/**
 * Checks what can be checked at opening: always the small tables and the checkpoints with their indexes; all
 * when `thorough`, which reads the whole file. Throws CorruptLogError naming the place.
 */
export const checkWhole = (opened: OpenedDatabase, { thorough }: { readonly thorough: boolean }): void => {
  try {
    if (thorough) checkPages(opened, "quick_check(1)");
    topicTable(opened.db, opened.file).check();
    for (const { checkpointSlot } of ownerTable(opened.db, opened.file).all())
      checkPages(opened, `integrity_check(${checkpointOf(checkpointSlot)})`);
    if (thorough) atOneMoment(opened, () => checkAges(opened));
  } catch (error) {
    throw logErrorOf(error, opened.file);
  }
};
