import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineTopic, schemas, type TopicContract, topicSettings } from "@hybrid/contracts";
import { partitionOfKey } from "@hybrid/kernel";
import { VirtualClock } from "@hybrid/kernel/testing";
import type { Log } from "@hybrid/log";
import { onTestFinished } from "vitest";
import { defineView, openView, type View, type ViewDefinition, viewTable } from "../src/index.ts";

/** What a person is. */
export interface Person {
  readonly name: string;
  readonly state: string;
}

/** Gives a log for a test; it ends with the test. */
export type OpenLog = () => Promise<Log>;

/** Partitions of the topics of these tests. */
export const partitions = 3;

const now = Date.UTC(2026, 0, 5, 8);

const personTopic = (name: string, cleanup: "compact" | "delete"): TopicContract<Person> =>
  defineTopic<Person>({
    name,
    doc: "A person.",
    keyDoc: "the person's id",
    partitioning: "entity",
    retention: cleanup === "compact" ? { cleanup } : { cleanup, retentionMs: 3_600_000 },
    writers: ["tests"],
    versions: [
      {
        type: "record",
        name: "Person",
        fields: [
          { name: "name", type: "string" },
          { name: "state", type: "string" },
        ],
      },
    ],
  });

/** Topics with names of their own on a log, a view of them, and what opens and writes. */
export const stage = async (openLog: OpenLog, cleanup: "compact" | "delete" = "compact") => {
  const log = await openLog();
  const end = randomUUID().slice(0, 8);
  const [people, notes] = [personTopic(`people-${end}`, cleanup), personTopic(`notes-${end}`, cleanup)];
  await log.createTopics([people, notes, schemas].map((topic) => topicSettings(topic, partitions)));
  const folder = await mkdtemp(join(tmpdir(), "hybrid-view-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const definition = defineView({
    name: "people",
    version: 1,
    tables: [
      viewTable({
        name: "people",
        topic: people,
        columns: { name: "text", state: "text", at: "integer" },
        indexes: [["state"]],
        counts: [["state"]],
        row: ({ name, state }, { timestamp }) => (state === "hidden" ? null : { name, state, at: timestamp }),
      }),
      viewTable({
        name: "notes",
        topic: notes,
        columns: { note: "text" },
        row: ({ name }) => ({ note: name }),
      }),
    ],
  });
  const path = join(folder, "people.view.sqlite");
  const warnings: string[] = [];
  const logger = {
    info: () => undefined,
    warn: (_fields: object, message: string) => void warnings.push(message),
    error: (_fields: object, message: string) => void warnings.push(message),
  };
  let opened: View | undefined;
  const scheduler = new VirtualClock(now as never);
  const open = (changed: Partial<ViewDefinition> = {}): View => {
    opened = openView({ definition: { ...definition, ...changed }, path, scheduler, logger });
    opened.follow(log, partitions);
    return opened;
  };
  const view = async (changed?: Partial<ViewDefinition>): Promise<View> => {
    const made = open(changed);
    await made.caughtUp();
    return made;
  };
  onTestFinished(() => opened?.close());
  const write = (topic: TopicContract<Person>, ...entries: readonly (readonly [string, Person | null])[]) =>
    log.append(
      entries.map(([key, value]) => ({
        topic: topic.name,
        partition: partitionOfKey(key, partitions),
        key,
        value: value && topic.encode(value),
        timestamp: now as never,
      })),
    );
  return { log, people, notes, definition, path, warnings, scheduler, open, view, write };
};

/** Resolves with the first batch of changes that `wanted` says is the one, and ends the reading. */
export const batchesUntil = async (
  view: View,
  token: string | null,
  wanted: (keys: readonly string[]) => boolean,
) => {
  const ending = new AbortController();
  const batches = [];
  for await (const batch of view.changes(token, ending.signal)) {
    batches.push(batch);
    if (wanted(batches.flatMap(({ changes }) => changes.map(({ key }) => key)))) break;
  }
  ending.abort();
  return batches;
};
