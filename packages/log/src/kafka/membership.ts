import { ConfigError, type EpochMs, instant } from "@hybrid/kernel";
import { FencedError } from "../errors.ts";
import type {
  GroupListener,
  GroupSettings,
  HeldBytes,
  Membership,
  OwnedPartition,
  Position,
  WaitingPartition,
} from "../port.ts";
import type { Cluster } from "./client/cluster.ts";
import { groupRequests } from "./client/kafkajs.ts";
import { pause } from "./client/pause.ts";
import { isPassing } from "./client/protocol-errors.ts";
import type { CoordinatorWire } from "./group/coordinator-wire.ts";
import { type GroupMember, startGroupMember } from "./group/group-member.ts";
import { type CoordinatorCall, kafkajsWire } from "./group/kafkajs-wire.ts";
import { monotonicScheduler } from "./group/monotonic-scheduler.ts";
import type { LogMemory } from "./log-memory.ts";
import type { CommitTurns } from "./partition/commit-turns.ts";
import { fencePartition } from "./partition/fence.ts";
import { KafkaOwnedPartition } from "./partition/owned-partition.ts";
import { FetchLoop } from "./reading/fetch-loop.ts";
import type { OffsetReader } from "./reading/offsets.ts";
import type { Reader } from "./reading/reader.ts";
import type { TopicCatalog } from "./topics/topic-catalog.ts";

/** What all memberships of one log share. */
export interface MembershipParts {
  readonly cluster: Cluster;
  readonly reader: Reader;
  readonly offsets: OffsetReader;
  readonly topics: TopicCatalog;
  /** Shared by all who commit over the same connections. */
  readonly turns: CommitTurns;
  readonly memory: LogMemory;
}

/** Where and as what a membership begins. */
export interface Place {
  readonly group: GroupSettings;
  /** A connection of its own. */
  readonly lane: string;
  /** The newest version of states that this worker can read. */
  readonly version: number;
}

/** The connection of a member's heartbeats. */
const asideOf = (lane: string): string => `${lane}-heartbeat`;

/** How often the group's offsets are committed, for monitoring and autoscaling alone. */
const offsetsIntervalMs = 5_000;

/** The longest time that the last of them may hold up a member that leaves. */
const lastOffsetsMs = 1_000;

/** A member gives up waiting for a listener that hangs before the group would lose patience. */
const revokeShare = 0.75;

const checkTopics = async ({ cluster }: MembershipParts, group: GroupSettings): Promise<void> => {
  const faults: string[] = [];
  for (const topic of [...group.sources, group.journal, group.checkpoint]) {
    const { length } = await cluster.leaders(topic);
    if (length !== group.partitions)
      faults.push(`topic ${topic} has ${length} partitions, but the group has ${group.partitions}`);
  }
  if (faults.length > 0) throw new ConfigError(`consumer group ${group.service}`, faults);
};

/** One member of a consumer group, with the partitions that it has fenced. */
export class KafkaMembership implements Membership {
  readonly #parts: MembershipParts;
  readonly #group: GroupSettings;
  readonly #lane: string;
  readonly #fetchLoop: FetchLoop;
  readonly #owned = new Map<number, KafkaOwnedPartition>();
  readonly #fencing = new Map<number, Promise<undefined>>();
  readonly #left: (membership: KafkaMembership) => void;
  #member: GroupMember | undefined;
  #offsetsTimer: NodeJS.Timeout | undefined;
  #heardAt = instant(0);
  #leaving: Promise<void> | undefined;

  private constructor(parts: MembershipParts, place: Place, left: (membership: KafkaMembership) => void) {
    this.#parts = parts;
    this.#group = place.group;
    this.#lane = place.lane;
    this.#left = left;
    this.#fetchLoop = new FetchLoop(parts, `${place.lane}-fetch`);
  }

  /** Joins; see {@link Log.join}. */
  static async join(
    parts: MembershipParts,
    place: Place,
    ends: { readonly listener: GroupListener; readonly left: (membership: KafkaMembership) => void },
  ): Promise<KafkaMembership> {
    const { cluster } = parts;
    await cluster.persist(`joining group ${place.group.service}`, () => checkTopics(parts, place.group), {
      forMs: cluster.settings.requestTimeoutMs,
    });
    const membership = new KafkaMembership(parts, place, ends.left);
    await membership.#start(ends.listener, place.version);
    return membership;
  }

  get service(): string {
    return this.#group.service;
  }

  /** What was committed last in a partition that we own; null: nothing yet; undefined: it is not ours. */
  committed(partition: number): Position | null | undefined {
    return this.#owned.get(partition)?.committed;
  }

  /** One after the other: two at once would shut each other out before either has handed over. */
  fence(partition: number): Promise<OwnedPartition> {
    const before = this.#fencing.get(partition) ?? Promise.resolve();
    const fencing = before.then(() => this.#fence(partition));
    const settled = Promise.allSettled([fencing]).then(() => {
      if (this.#fencing.get(partition) === settled) this.#fencing.delete(partition);
      return undefined;
    });
    this.#fencing.set(partition, settled);
    return fencing;
  }

  async #fence(partition: number): Promise<OwnedPartition> {
    this.#mustOwn(partition);
    const { cluster, reader, offsets, topics, turns, memory } = this.#parts;
    const fenced = await fencePartition({ cluster, reader, offsets, group: this.#group }, partition);
    this.#mustOwn(partition);
    const { tailRecordsMax, idleFlushMs } = cluster.settings;
    const owned = new KafkaOwnedPartition({
      ...fenced,
      group: this.#group,
      partition,
      reader,
      offsets,
      topics,
      turns,
      memory,
      fetchLoop: this.#fetchLoop,
      partitionsOf: async (topic) => (await cluster.leaders(topic)).length,
      tailRecordsMax,
      idleFlushMs,
      isLatest: (owner) => this.#owned.get(partition) === owner,
      isOurs: (owner) =>
        this.#owned.get(partition) === owner && !this.#fencing.has(partition) && this.#owns(partition),
      closed: (owner) => {
        if (this.#owned.get(partition) === owner) this.#owned.delete(partition);
      },
      warn: (fields, message) => cluster.settings.logger?.warn(fields, message),
    });
    this.#owned.set(partition, owned);
    return owned;
  }

  /** In the service's own time, which may be virtual or jump: as long ago as it is by the monotonic clock. */
  lastHeartbeatAt(): EpochMs {
    const { clock } = this.#parts.cluster.settings;
    const now = monotonicScheduler.now();
    const ageMs = this.#leaving ? now : now - (this.#member?.lastHeartbeatAt() ?? now);
    const present = clock.now();
    const at = instant(Math.round(present - ageMs));
    // Two clocks do not tick together to the millisecond: it must not seem to go back.
    if (at > this.#heardAt || this.#heardAt > present) this.#heardAt = at;
    return this.#heardAt;
  }

  stableOffsetAgeMs(): number {
    return this.#fetchLoop.stableOffsetAgeMs();
  }

  heldBytes(): HeldBytes {
    const held = { sources: 0, restores: 0, dirty: 0 };
    for (const { held: each } of this.#owned.values()) {
      held.sources += each.sources;
      held.restores += each.restores;
      held.dirty += each.dirty;
    }
    return held;
  }

  requireVersion(partition: number, version: number): void {
    this.#member?.requireVersion(partition, version);
  }

  waiting(): readonly WaitingPartition[] {
    return this.#member?.waiting() ?? [];
  }

  waitsFor(): string | null {
    return this.#member?.waitsFor() ?? null;
  }

  leave(): Promise<void> {
    this.#leaving ??= this.#leave();
    return this.#leaving;
  }

  async #start(listener: GroupListener, version: number): Promise<void> {
    const { cluster } = this.#parts;
    const { sessionTimeoutMs, heartbeatIntervalMs, rebalanceTimeoutMs, instanceId, logger } =
      cluster.settings;
    this.#member = await startGroupMember({
      group: this.#group,
      topics: [...this.#group.sources, this.#group.journal, this.#group.checkpoint],
      version,
      instanceId,
      wire: this.#wire(),
      scheduler: monotonicScheduler,
      listener: {
        assigned: (partition) => listener.assigned(partition),
        revoked: (partition) => listener.revoked(partition),
        failed: (error) => listener.ended?.(error),
      },
      settings: {
        sessionTimeoutMs,
        heartbeatIntervalMs,
        rebalanceTimeoutMs,
        revokeTimeoutMs: rebalanceTimeoutMs * revokeShare,
      },
      logger: {
        info: () => undefined,
        warn: (fields, message) => logger?.warn(fields, message),
      },
    });
    this.#offsetsTimer = setInterval(() => void this.#commitOffsets(), offsetsIntervalMs);
    this.#offsetsTimer.unref();
  }

  #wire(): CoordinatorWire {
    const { cluster } = this.#parts;
    const { sessionTimeoutMs, rebalanceTimeoutMs, instanceId } = cluster.settings;
    const { service } = this.#group;
    const over =
      (lane: string): CoordinatorCall =>
      (run) =>
        cluster.callCoordinator({ kind: "group", id: service, lane }, (link) => run(groupRequests(link)));
    const lanes = [this.#lane, asideOf(this.#lane)];
    const close = async (): Promise<void> => {
      await Promise.all(lanes.map((lane) => cluster.closeLane(lane)));
    };
    return kafkajsWire({
      groupId: service,
      instanceId,
      sessionTimeoutMs,
      rebalanceTimeoutMs,
      call: over(this.#lane),
      callAside: over(asideOf(this.#lane)),
      forget: () => {
        cluster.forgetCoordinator("group", service);
        void close();
      },
      close,
    });
  }

  /** A process that was stopped for longer than its session has lost all, though nobody told it yet. */
  #owns(partition: number): boolean {
    const { sessionTimeoutMs } = this.#parts.cluster.settings;
    const heardMs = monotonicScheduler.now() - (this.#member?.lastHeartbeatAt() ?? 0);
    return !this.#leaving && this.#member?.owns(partition) === true && heardMs < sessionTimeoutMs;
  }

  #mustOwn(partition: number): void {
    if (this.#owns(partition)) return;
    throw new FencedError(
      `${this.#group.service}, partition ${partition}: the group did not give it to us, or took it back`,
    );
  }

  /** Nothing resumes from them: what is wrong with them may wait for the next time. */
  async #commitOffsets(): Promise<void> {
    const seat = this.#member?.generation();
    const topics = this.#group.sources.map((topic) => ({
      topic,
      partitions: [...this.#owned].flatMap(([partition, owned]) => {
        const offset = owned.committed?.sources[topic];
        return offset === undefined ? [] : [{ partition, offset: String(offset) }];
      }),
    }));
    const some = topics.filter(({ partitions }) => partitions.length > 0);
    if (!seat || some.length === 0) return;
    const { service } = this.#group;
    const { cluster } = this.#parts;
    try {
      await cluster.callCoordinator({ kind: "group", id: service, lane: this.#lane }, ({ broker }) =>
        broker.offsetCommit({
          groupId: service,
          groupGenerationId: seat.generationId,
          memberId: seat.memberId,
          topics: some,
        }),
      );
    } catch (error) {
      const { type } = error as { type?: string };
      const isRebalance = type !== undefined && /REBALANCE|GENERATION|MEMBER/.test(type);
      if (!isPassing(error) && !isRebalance)
        cluster.settings.logger?.warn({ service, error: type }, "the group's offsets could not be committed");
    }
  }

  async #leave(): Promise<void> {
    clearInterval(this.#offsetsTimer);
    // Nobody resumes from them, so a member that leaves does not wait for a broker that does not answer.
    await Promise.race([this.#commitOffsets(), pause(lastOffsetsMs)]);
    await this.#member?.leave();
    await Promise.all([...this.#owned.values()].map((owned) => owned.close()));
    await this.#fetchLoop.close();
    this.#left(this);
  }
}
