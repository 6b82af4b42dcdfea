import type { AnyTopicContract } from "@hybrid/contracts";
import { DecodeError } from "@hybrid/kernel";
import { embeddedStates, pagesOf } from "@hybrid/log";
import { closedOpener } from "../keys/opener.ts";
import type { LogPlace } from "../log-place.ts";
import { catalog } from "../service-list.ts";
import type { OpenedLog } from "../with-log.ts";

/** A record of the log, or a state, with what is sealed in it open as far as it can be. */
export interface StoredRecord {
  readonly topic: string;
  readonly partition: number;
  /** Null: a state of an embedded log, which stands in no topic. */
  readonly offset: number | null;
  readonly key: string | null;
  readonly value: unknown;
}

/** JSON that stands in a text, and bytes that are text: read, so that nothing hides in them. */
const unfolded = (value: unknown): unknown => {
  if (value instanceof Uint8Array) return unfolded(Buffer.from(value).toString("utf8"));
  if (Array.isArray(value)) return value.map(unfolded);
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, unfolded(part)]));
  if (typeof value !== "string" || !/^[[{]/.test(value)) return value;
  try {
    return unfolded(JSON.parse(value));
  } catch {
    // It begins like JSON and is none: a text.
    return value;
  }
};

const decoded = (topic: AnyTopicContract | undefined, bytes: Uint8Array): unknown => {
  try {
    return unfolded(topic ? topic.decode(bytes) : bytes);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return unfolded(bytes);
  }
};

const contractOf = (name: string): AnyTopicContract | undefined =>
  catalog.allTopics.find((topic) => topic.name === name);

type Closed = Omit<StoredRecord, "value"> & { readonly bytes: Uint8Array };

type Wanted = (topic: string) => boolean;

async function* recordPages({ log }: OpenedLog, isWanted: Wanted): AsyncGenerator<readonly Closed[]> {
  const all = await log.topics();
  for (const { name: topic, partitions } of all.filter(({ name }) => isWanted(name)))
    for (let partition = 0; partition < partitions; partition++)
      for await (const page of pagesOf(log, { topic, partition }))
        yield page.flatMap(({ offset, key, value }) =>
          value === null ? [] : [{ topic, partition, offset, key, bytes: value }],
        );
}

function* statePages(place: LogPlace, isWanted: Wanted): Generator<readonly Closed[]> {
  if (place.kind !== "embedded") return;
  let page: Closed[] = [];
  for (const { topic, partition, key, value } of embeddedStates(place.path)) {
    if (!isWanted(topic)) continue;
    page.push({ topic, partition, offset: null, key, bytes: value });
    if (page.length < 1_000) continue;
    yield page;
    page = [];
  }
  yield page;
}

/**
 * Everything that stands in a log: records of all topics, journals and dead letters among them, and states.
 * It reads the whole log, or the topics that are wanted.
 */
export async function* storedRecords(
  opened: OpenedLog,
  place: LogPlace,
  isWanted: Wanted = () => true,
): AsyncGenerator<StoredRecord> {
  const { opener = closedOpener() } = opened;
  const open = (page: readonly Closed[]): Promise<readonly StoredRecord[]> =>
    opener.open(
      page.map(({ bytes, ...where }) => ({ ...where, value: decoded(contractOf(where.topic), bytes) })),
    );
  for await (const page of recordPages(opened, isWanted)) yield* await open(page);
  for (const page of statePages(place, isWanted)) yield* await open(page);
}
