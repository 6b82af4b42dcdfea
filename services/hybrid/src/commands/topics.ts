import { systemScheduler } from "@hybrid/runtime";
import { partitionsByDefault, readPartitions } from "../config.ts";
import { openLog, placeText } from "../log-place.ts";
import { catalog } from "../service-list.ts";
import { table } from "../tables.ts";
import { type Difference, type PresentTopic, remedyTexts } from "../topics/differences.ts";
import { writeSchemas } from "../topics/schema-files.ts";
import { type TopicKeeper, withTopicKeeper } from "../topics/topic-keeper.ts";
import { placeOf, withOpenLog } from "../with-log.ts";

/** The flags of `hybrid topics ...`. */
export interface TopicsFlags {
  readonly data: string;
  readonly json: boolean;
  readonly apply?: boolean;
}

const { allTopics } = catalog;

const write = (text: string): void => void process.stdout.write(`${text}\n`);

const withKeeper = async (
  flags: TopicsFlags,
  use: (keeper: TopicKeeper, place: string) => Promise<void>,
  { mayCreateLog = false } = {},
): Promise<void> => {
  const place = placeOf(flags.data);
  const options = {
    place,
    partitions: readPartitions(process.env),
    partitionsByDefault: partitionsByDefault(place.kind),
  };
  const run = (log: Awaited<ReturnType<typeof openLog>>): Promise<void> =>
    withTopicKeeper({ ...options, log }, (keeper) => use(keeper, placeText(place)));
  if (!mayCreateLog) return withOpenLog(place, run);
  const log = await openLog(place, { clock: systemScheduler() });
  try {
    await run(log);
  } finally {
    await log.close();
  }
};

/** `hybrid topics create`: what is missing, and nothing else. */
export const topicsCreateCommand = (flags: TopicsFlags): Promise<void> =>
  withKeeper(
    flags,
    async (keeper, place) => {
      const created = await keeper.create();
      if (flags.json) write(JSON.stringify({ created }));
      else
        write(
          created.length === 0
            ? `all ${allTopics.length} topics are there (${place})`
            : `created ${created.length} of ${allTopics.length} topics (${place}): ${created.join(", ")}`,
        );
    },
    { mayCreateLog: true },
  );

const differenceTable = (differences: readonly Difference[]): string =>
  table(
    ["topic", "what", "is", "should be", "what to do"],
    differences.map(({ topic, what, is, wanted, remedy }) => [
      topic,
      what,
      is ?? "missing",
      wanted,
      remedyTexts[remedy],
    ]),
  );

/** `hybrid topics check`: exit code 1 when anything differs, or still differs after `--apply`. */
export const topicsCheckCommand = (flags: TopicsFlags): Promise<void> =>
  withKeeper(flags, async (keeper, place) => {
    const applied = flags.apply ? await keeper.apply() : [];
    const differences = await keeper.differences();
    if (flags.json) write(JSON.stringify({ applied, differences }));
    else {
      for (const { topic, what, is, wanted } of applied)
        write(`applied: ${topic} ${what} ${is ?? "missing"} -> ${wanted}`);
      write(
        differences.length === 0
          ? `all ${allTopics.length} topics are as the contracts want them (${place})`
          : differenceTable(differences),
      );
    }
    if (differences.length > 0) process.exitCode = 1;
  });

const retentionText = ({ config }: PresentTopic): string => {
  if (config["cleanup.policy"]?.includes("compact")) return "for ever";
  const ms = Number(config["retention.ms"] ?? -1);
  return ms < 0 ? "for ever" : `${ms / 86_400_000} days`;
};

/** `hybrid topics list`. */
export const topicsListCommand = (flags: TopicsFlags): Promise<void> =>
  withKeeper(flags, async (keeper) => {
    const writers = new Map(allTopics.map(({ name, writers }) => [name, writers]));
    const rows = [...(await keeper.present())].map(([topic, present]) => ({
      topic,
      ...present,
      writers: writers.get(topic) ?? null,
    }));
    rows.sort((a, b) => (a.topic < b.topic ? -1 : 1));
    if (flags.json) write(JSON.stringify(rows));
    else
      write(
        table(
          ["topic", "partitions", "cleanup", "keeps", "copies", "written by"],
          rows.map((row) => [
            row.topic,
            row.partitions,
            row.config["cleanup.policy"] ?? "",
            retentionText(row),
            row.replicas ?? 1,
            row.writers?.join(", ") ?? "not one of ours",
          ]),
        ),
      );
  });

/** `hybrid topics schemas`: the published schemas as files, for other programs. */
export const topicsSchemasCommand = async (flags: { readonly out: string }): Promise<void> => {
  const { schemas } = await writeSchemas(flags.out);
  write(`wrote ${Object.keys(schemas).length} schemas and index.json into ${flags.out}`);
};
