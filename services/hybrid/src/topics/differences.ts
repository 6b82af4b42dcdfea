import type { TopicSettings } from "@hybrid/log";

/** A topic as it is in a log. */
export interface PresentTopic {
  readonly partitions: number;
  /** Null where a log knows no copies. */
  readonly replicas: number | null;
  readonly config: Readonly<Record<string, string>>;
}

/** A topic as the contracts want it. */
export interface WantedTopic {
  readonly settings: TopicSettings;
  /** By the log's own names. */
  readonly config: Readonly<Record<string, string>>;
}

/** What can be done about a difference: `copy`, `reassign` and `grant` are work for a person. */
export type Remedy = "create" | "alter" | "copy" | "reassign" | "grant";

/** One thing that is not as it should be. */
export interface Difference {
  readonly topic: string;
  /** `topic`, `partitions`, `replicas`, or a setting's own name. */
  readonly what: string;
  /** Null: it is missing. */
  readonly is: string | null;
  readonly wanted: string;
  readonly remedy: Remedy;
}

/** What each remedy means for a person. */
export const remedyTexts: Readonly<Record<Remedy, string>> = {
  create: "hybrid topics create, or check --apply",
  alter: "hybrid topics check --apply",
  copy:
    "cannot be changed in place: set LOG_PARTITIONS to what is there, or copy the log into new topics " +
    "(docs/KAFKA.md, Partitions)",
  grant: "may be there: give this user the rights of docs/ACCESS.md, and check again",
  reassign: "kafka-reassign-partitions, with the brokers' own tools",
};

const differencesOf = (
  { settings, config }: WantedTopic,
  present: PresentTopic | "hidden" | undefined,
  replicas: number | null,
): readonly Difference[] => {
  const topic = settings.name;
  const count = String(settings.partitions);
  if (present === "hidden")
    return [{ topic, what: "topic", is: "hidden", wanted: `${count} partitions`, remedy: "grant" }];
  if (!present) return [{ topic, what: "topic", is: null, wanted: `${count} partitions`, remedy: "create" }];
  const counted: readonly (readonly [string, number, number, Remedy])[] = [
    ["partitions", present.partitions, settings.partitions, "copy"],
    [
      "replicas",
      present.replicas ?? 0,
      present.replicas === null ? 0 : (replicas ?? present.replicas),
      "reassign",
    ],
  ];
  return [
    ...counted
      .filter(([, is, wanted]) => is !== wanted)
      .map(([what, is, wanted, remedy]) => ({ topic, what, is: String(is), wanted: String(wanted), remedy })),
    ...Object.entries(config)
      .filter(([name, wanted]) => present.config[name] !== wanted)
      .map(
        ([what, wanted]): Difference => ({
          topic,
          what,
          is: present.config[what] ?? null,
          wanted,
          remedy: "alter",
        }),
      ),
  ];
};

/**
 * Everything in which the topics of a log differ from the contracts. `hidden` topics may be there, and this
 * user may not see them. `replicas` null: any number will do.
 */
export const topicDifferences = (
  wanted: readonly WantedTopic[],
  present: ReadonlyMap<string, PresentTopic | "hidden">,
  replicas: number | null,
): readonly Difference[] =>
  wanted.flatMap((each) => differencesOf(each, present.get(each.settings.name), replicas));

/** The partition count that most topics have; undefined when there is none. */
export const usualPartitions = (present: Iterable<Pick<PresentTopic, "partitions">>): number | undefined => {
  const counts = new Map<number, number>();
  for (const { partitions } of present) counts.set(partitions, (counts.get(partitions) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
};
