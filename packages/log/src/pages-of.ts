import { LogUnavailableError, OffsetOutOfRangeError } from "./errors.ts";
import type { Log, LogRecord } from "./port.ts";

/** What of a partition is read, and how much of it at once. */
export interface PageBounds {
  /** The first offset wanted; the partition's first readable one when left out. */
  readonly from?: number;
  /** Records of a page, at most; 1,000 when left out. */
  readonly recordsMax?: number;
  /** Bytes of a page, at most, but always a whole record; 1 MiB when left out. */
  readonly bytesMax?: number;
}

interface Place {
  readonly topic: string;
  readonly partition: number;
}

const stuck = ({ topic, partition }: Place, offset: number, end: number): LogUnavailableError =>
  new LogUnavailableError(
    `topic ${topic}, partition ${partition}: reading does not move on from offset ${offset}, though the ` +
      `end is at ${end}. Read again in a minute; if it stays so, look for a transaction that hangs in the ` +
      "brokers, and whether the topic was recreated meanwhile.",
  );

const behindEnd = ({ topic, partition }: Place, offset: number, end: number): OffsetOutOfRangeError =>
  new OffsetOutOfRangeError(
    `topic ${topic}, partition ${partition}: offset ${offset} lies behind the end at ${end}. Ask for ` +
      "an offset that this partition has given; if it has given this one, records are missing.",
  );

/**
 * The records of a partition, oldest first, in pages of one or more. Ends where the partition ended when it
 * was first asked for a page, also while others append. Rejects with OffsetOutOfRangeError when `from` is not
 * in the log or when retention overtakes the reading (no silent skip), with LogUnavailableError when the log
 * does not give what lies before the end, and with whatever {@link Log.read} and {@link Log.offsets} do.
 */
export async function* pagesOf(
  log: Pick<Log, "read" | "offsets">,
  { topic, partition }: Place,
  bounds: PageBounds = {},
): AsyncGenerator<readonly LogRecord[], void, undefined> {
  const place = { topic, partition };
  const { start, end } = await log.offsets(topic, partition);
  const { from = start, recordsMax = 1_000, bytesMax = 1_024 * 1_024 } = bounds;
  // Not `from > end`: that would let NaN pass.
  if (!(from <= end)) throw behindEnd(place, from, end);
  for (let offset = from; offset < end; ) {
    const page = await log.read({ ...place, offset, recordsMax, bytesMax });
    const wanted = page.records.filter((record) => record.offset < end);
    if (wanted.length > 0) yield wanted;
    if (page.nextOffset <= offset) throw stuck(place, offset, end);
    offset = page.nextOffset;
  }
}
