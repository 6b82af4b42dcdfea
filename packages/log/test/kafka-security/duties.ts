import {
  type AccessRule,
  organisationKeys,
  schemas,
  topicSettings,
  topicsOfService,
  userKeys,
} from "@hybrid/contracts";
import type { GroupSettings, Log, Membership, OutgoingRecord, OwnedPartition } from "../../src/index.ts";
import { batch, plenty, record, restored, user } from "../../testing/contract/fixture.ts";
import { catalog } from "./sample-services.ts";

/** What a service was doing when it was refused. */
export class DutyError extends Error {
  override readonly name = "DutyError";
  readonly step: string;

  constructor(step: string, cause: unknown) {
    super(`${step}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.step = step;
  }
}

/** Does one thing; DutyError names it when it fails. */
export const step = async <Result>(name: string, run: () => Promise<Result>): Promise<Result> => {
  try {
    return await run();
  } catch (error) {
    throw new DutyError(name, error);
  }
};

/** The group of a service of actors, on topics of one partition. */
export const groupOf = (service: string): GroupSettings => {
  const own = catalog.actorServices.get(service);
  if (!own) throw new Error(`${service} has no machine`);
  const { sources, control, post, journal, checkpoint } = own;
  return {
    service,
    sources: [...sources, control, post].map(({ name }) => name),
    journal: journal.name,
    checkpoint: checkpoint.name,
    partitions: 1,
  };
};

const writtenBy = ({ service, bindings }: AccessRule): readonly string[] => {
  const own = catalog.actorServices.has(service) ? groupOf(service) : undefined;
  return bindings
    .filter(({ resource, operation }) => resource === "TOPIC" && operation === "WRITE")
    .map(({ name }) => name)
    .filter((name) => name !== own?.journal && name !== own?.checkpoint);
};

const outputsOf = (rule: AccessRule): readonly OutgoingRecord[] =>
  writtenBy(rule).map((topic) => record(topic, "said"));

/** Joins and waits for partition 0, or for the end of the membership. */
export const joined = (log: Log, group: GroupSettings): Promise<Membership> =>
  new Promise((resolve, reject) => {
    const joining = log.join(group, {
      assigned: () => void joining.then(resolve),
      revoked: () => Promise.resolve(),
      ended: (error) => reject(error instanceof Error ? error : new Error(String(error))),
    });
    joining.catch(reject);
  });

/** Polls until every source has given a record; the position stays on it, so that it comes again. */
const pollAll = async (
  owned: OwnedPartition,
  names: readonly string[],
): Promise<Readonly<Record<string, number>>> => {
  const at: Record<string, number> = {};
  const signal = AbortSignal.timeout(10_000);
  while (names.some((name) => at[name] === undefined)) {
    for (const { topic, offset } of await owned.poll(plenty, signal)) at[topic] = offset;
    signal.throwIfAborted();
  }
  return at;
};

/** The topics of keys, which those who seal read and write. */
export const keyTopics: ReadonlySet<string> = new Set([organisationKeys.name, userKeys.name]);

const readKeys = async (log: Log, { bindings }: AccessRule): Promise<void> => {
  for (const { operation, name } of bindings)
    if (operation === "READ" && keyTopics.has(name))
      await log.read({ topic: name, partition: 0, offset: 0, ...plenty });
};

/** What a service reads of its own output, to seal what an earlier release has left in clear. */
export const resealedBy = ({ service, bindings }: AccessRule): readonly string[] => {
  const group = groupOf(service);
  const own = new Set([...group.sources, group.journal, group.checkpoint, schemas.name, ...keyTopics]);
  const names = (operation: string): readonly string[] =>
    bindings
      .filter((each) => each.resource === "TOPIC" && each.operation === operation)
      .map(({ name }) => name);
  const written = new Set(names("WRITE"));
  return names("READ").filter((name) => written.has(name) && !own.has(name));
};

/** Everything that a worker of a service of actors does on its log, once; DutyError names what failed. */
export const actorDuty = async (log: Log, rule: AccessRule): Promise<void> => {
  const { service } = rule;
  const group = groupOf(service);
  await step("create", () =>
    log.createTopics(topicsOfService(catalog, service).map((topic) => topicSettings(topic, 1))),
  );
  await step("schemas", () => log.read({ topic: schemas.name, partition: 0, offset: 0, ...plenty }));
  await step("keys", () => readKeys(log, rule));
  await step("lag", () => log.lag(group));
  const membership = await step("join", () => joined(log, group));
  try {
    const owned = await step("fence", () => membership.fence(0));
    await step("restore", () => restored(owned));
    for (const topic of resealedBy(rule))
      await step("reseal", () => log.read({ topic, partition: 0, offset: 0, ...plenty }));
    const sources = await step("poll", () => pollAll(owned, group.sources));
    await step("commit", () =>
      owned.commit(batch([[user(1), "grown"]], sources, { outputs: outputsOf(rule) })),
    );
  } finally {
    await membership.leave();
  }
};

/** What the intake and others do who only append. */
export const writerDuty = async (log: Log, rule: AccessRule): Promise<void> => {
  for (const output of outputsOf(rule)) await step("append", () => log.append([output]));
  if (rule.bindings.some(({ operation }) => operation === "DESCRIBE_CONFIGS"))
    await step("list", () => log.topics());
  for (const { operation, resource, name } of rule.bindings)
    if (operation === "READ" && resource === "TOPIC")
      await step("read", () => log.read({ topic: name, partition: 0, offset: 0, ...plenty }));
};
