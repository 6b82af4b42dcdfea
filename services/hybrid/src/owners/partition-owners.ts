import type { ActorServiceTopics } from "@hybrid/contracts";
import { embeddedOwners, type GroupSettings, type KafkaAdmin, type Log, openKafkaAdmin } from "@hybrid/log";
import { systemScheduler } from "@hybrid/runtime";
import type { LogPlace } from "../log-place.ts";
import { catalog } from "../service-list.ts";
import { silence, whyNobody } from "./why-nobody.ts";

/** Who owns one partition of one service, and how it stands. */
export interface PartitionOwner {
  readonly service: string;
  readonly partition: number;
  /**
   * As its worker says, where that could be asked: assigned, fencing, restoring, running, draining, closed.
   * Else what the log knows: owned, unowned, or rebalancing while the group is being arranged again; silent
   * when somebody has it, other workers of the service were asked, and none of them says that it is the one.
   */
  readonly state: string;
  /** When it came into this state, as its worker says; null where no worker could be asked. */
  readonly since: number | null;
  /** Why it does not run, as its worker says or the log knows. */
  readonly reason: string | null;
  /** Grows with every owner; 0: there never was one. */
  readonly epoch: number;
  /** Null: nobody. */
  readonly worker: string | null;
  readonly host: string | null;
  /** Records of its sources that are not applied. */
  readonly lag: number;
  /** The time of its latest step; null: there was none. */
  readonly lastStepAt: number | null;
}

/** What a worker's health address says of one of its partitions. */
export interface WorkerStatus {
  readonly service: string;
  readonly partition: number;
  readonly state: string;
  readonly since: number;
  readonly reason: string | null;
}

/** What the log itself knows of one partition. */
interface Known {
  readonly state: string;
  readonly reason: string | null;
  readonly epoch: number;
  readonly worker: string | null;
  readonly host: string | null;
  readonly lastStepAt: number | null;
}

type KnownOf = (group: GroupSettings) => Promise<(partition: number) => Known>;

const groupOf = (
  service: string,
  { sources, journal, checkpoint, control, post }: ActorServiceTopics,
  topics: ReadonlyMap<string, number>,
): GroupSettings | undefined => {
  const partitions = topics.get(journal.name);
  if (partitions === undefined) return undefined;
  const names = [...sources, control, post].map(({ name }) => name);
  const group = { service, sources: names, journal: journal.name, checkpoint: checkpoint.name, partitions };
  return [...names, group.journal, group.checkpoint].every((name) => topics.has(name)) ? group : undefined;
};

/** A membership's name ends with a UUID, of which the beginning tells enough. */
const shortName = (memberId: string): string => memberId.replace(/-([0-9a-f]{8})-[0-9a-f-]{27}$/, "-$1");

const onKafka =
  (admin: KafkaAdmin): KnownOf =>
  async (group) => {
    const [described, positions] = await Promise.all([
      admin.describeGroup(group.service),
      admin.positions(group),
    ]);
    const { state, workers } = described;
    return (partition) => {
      const worker = workers.find((each) => each.partitions.includes(partition));
      const isArranged = state === "Stable" || workers.length === 0;
      return {
        state: isArranged ? (worker ? "owned" : "unowned") : "rebalancing",
        reason: whyNobody(described, worker !== undefined, partition),
        epoch: positions[partition]?.epoch ?? 0,
        worker: worker ? shortName(worker.memberId) : null,
        host: worker?.host ?? null,
        lastStepAt: positions[partition]?.position?.at ?? null,
      };
    };
  };

const embedded =
  (path: string): KnownOf =>
  async ({ service }) => {
    const owners = embeddedOwners(path).filter((owner) => owner.service === service);
    return (partition) => {
      const owner = owners.find((each) => each.partition === partition);
      const holder = owner?.holder ?? null;
      return {
        state: holder === null ? "unowned" : "owned",
        reason: null,
        epoch: owner?.epoch ?? 0,
        worker: holder?.slice(0, 8) ?? null,
        host: null,
        lastStepAt: owner?.position?.at ?? null,
      };
    };
  };

const ownersOf = async (
  log: Log,
  knownOf: KnownOf,
  statuses: readonly WorkerStatus[],
): Promise<readonly PartitionOwner[]> => {
  const topics = new Map((await log.topics()).map(({ name, partitions }) => [name, partitions]));
  const rows: PartitionOwner[] = [];
  for (const [service, own] of catalog.actorServices) {
    const group = groupOf(service, own, topics);
    if (!group) continue;
    const [known, lags] = await Promise.all([knownOf(group), log.lag(group)]);
    for (let partition = 0; partition < group.partitions; partition++) {
      const said = statuses.find((each) => each.service === service && each.partition === partition);
      const lag = lags
        .filter((each) => each.partition === partition)
        .reduce((sum, each) => sum + each.lag, 0);
      const { state, reason, ...rest } = known(partition);
      const isSilent = !said && state === "owned" && statuses.some((each) => each.service === service);
      rows.push({
        service,
        partition,
        state: said?.state ?? (isSilent ? "silent" : state),
        since: said?.since ?? null,
        reason: said ? said.reason : isSilent ? silence : reason,
        lag,
        ...rest,
      });
    }
  }
  return rows;
};

/** Every partition of every service that has its topics, in order. */
export const partitionOwners = async (
  place: LogPlace,
  log: Log,
  statuses: readonly WorkerStatus[],
): Promise<readonly PartitionOwner[]> => {
  if (place.kind === "embedded") return ownersOf(log, embedded(place.path), statuses);
  const admin = await openKafkaAdmin({ ...place, clock: systemScheduler() });
  try {
    return await ownersOf(log, onKafka(admin), statuses);
  } finally {
    await admin.close();
  }
};
