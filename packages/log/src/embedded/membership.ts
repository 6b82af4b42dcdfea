import { ConfigError, type EpochMs } from "@hybrid/kernel";
import { FencedError, LogUnavailableError } from "../errors.ts";
import type { GroupSettings, Log, Membership } from "../port.ts";
import { versionOf } from "../required-versions.ts";
import type { Core } from "./core.ts";
import { type Group, groupOf, type Member, waitingIn, waitsFor } from "./group.ts";
import { ownedPartition } from "./owned-partition.ts";
import type { Owner } from "./owner-table.ts";

/** Memberships of one log, to be left when it closes. */
export interface Memberships {
  readonly join: Log["join"];
  /** Looks whether another process took a group over, or gave one back. */
  checkHolders(): void;
  leaveAll(): Promise<void>;
}

const holderTable = ({ db, coordinator }: Core) => {
  const select = db.prepare("SELECT holder FROM group_holder WHERE service = ?");
  const upsert = db.prepare("INSERT OR REPLACE INTO group_holder (service, holder) VALUES (?, ?)");
  const holder = (service: string): unknown => select.get(service)?.["holder"] ?? null;
  return {
    holder,
    isOurs: (service: string): boolean => holder(service) === coordinator.holder,
    claim: (service: string): void => {
      if (holder(service) !== coordinator.holder) upsert.run(service, coordinator.holder);
    },
    release: (service: string): void => {
      if (holder(service) === coordinator.holder) upsert.run(service, null);
    },
  };
};

type Holders = ReturnType<typeof holderTable>;

/**
 * A service keeps its journal and checkpoint for ever, and to itself: with another checkpoint every state
 * would be empty while the position stands (I1), and two services in one journal would not be told apart.
 */
const keepingFaults = ({ owners, topics }: Core, settings: GroupSettings): readonly string[] => {
  const { service, journal, checkpoint, partitions } = settings;
  const [journals, checkpoints] = [journal, checkpoint].map((name) => topics.slot(name, 0)) as [
    number,
    number,
  ];
  const isIn = (slot: number, first: number): boolean => slot >= first && slot < first + partitions;
  const faults = owners.all().flatMap((owner) => {
    const isSame = isIn(owner.journalSlot, journals) && isIn(owner.checkpointSlot, checkpoints);
    const touches = isIn(owner.journalSlot, journals) || isIn(owner.checkpointSlot, checkpoints);
    if (owner.service === service ? isSame : !touches) return [];
    const kept = [owner.journalSlot, owner.checkpointSlot].map(topics.nameOf).join(" and ");
    return [
      `service ${owner.service} keeps its journal and states in ${kept}: name others for one of the two`,
    ];
  });
  return faults.slice(0, 3);
};

const groupFor = (core: Core, settings: GroupSettings): Group => {
  const { service, partitions, sources, journal, checkpoint } = settings;
  const faults = [...sources, journal, checkpoint]
    .map((name) => core.topics.topic(name))
    .filter((topic) => topic.partitions !== partitions)
    .map(
      (topic) => `topic ${topic.name} has ${topic.partitions} partitions, but the group has ${partitions}`,
    );
  const { groups } = core.coordinator;
  const group = groups.get(service) ?? groupOf(service, partitions);
  if (group.partitions !== partitions)
    faults.push(`its members of this process use ${group.partitions} partitions, not ${partitions}`);
  if (faults.length === 0) faults.push(...keepingFaults(core, settings));
  if (faults.length > 0) throw new ConfigError(`consumer group ${service}`, faults);
  groups.set(service, group);
  return group;
};

const write = <Result>(core: Core, run: () => Result): Promise<Result> =>
  core.writer.submit({ records: 1, bytes: 100, run });

/** Shuts out every earlier owner by a higher epoch, in one transaction with the check that we may. */
const takeOwnership = (core: Core, settings: GroupSettings, partition: number): Owner => {
  const { service } = settings;
  const before = core.owners.find(service, partition);
  const journalSlot = core.topics.slot(settings.journal, partition);
  const owner: Owner = {
    service,
    partition,
    epoch: (before?.epoch ?? 0) + 1,
    position: before?.position,
    journalSlot,
    checkpointSlot: core.topics.slot(settings.checkpoint, partition),
    journalNext: before?.journalNext ?? core.topics.bounds(journalSlot).next,
  };
  core.checkpoints.create(owner.checkpointSlot);
  core.owners.put(owner);
  return owner;
};

interface Place {
  readonly core: Core;
  readonly holders: Holders;
  readonly group: Group;
  readonly settings: GroupSettings;
  readonly member: Member;
}

const fence = async (place: Place, partition: number) => {
  const { core, holders, group, settings, member } = place;
  const mustOwn = (): void => {
    if (!group.owns(member, partition))
      throw new FencedError(
        `${settings.service}, partition ${partition}: the group did not give it to us, or took it back`,
      );
  };
  mustOwn();
  const owner = await write(core, () => {
    mustOwn();
    if (!holders.isOurs(settings.service))
      throw new FencedError(
        `${settings.service}, partition ${partition}: another process has taken the group over`,
      );
    return takeOwnership(core, settings, partition);
  });
  mustOwn();
  return ownedPartition(core, settings, owner);
};

const membership = (place: Place, left: () => void): Membership => {
  const { core, holders, group, settings, member } = place;
  const { service } = settings;
  let leaving: Promise<void> | undefined;
  let lastAt: EpochMs = core.settings.clock.now();
  // Asked, not remembered: after a pause of this process the sign of a takeover may still be on its way.
  const isConfirmed = (): boolean => {
    if (leaving !== undefined || group.displaced || core.closed) return false;
    try {
      return core.snapshot(() => holders.isOurs(service));
    } catch (error) {
      core.warn(
        { service, error },
        "the log cannot say whether the group still holds; calls wait until it can",
      );
      return false;
    }
  };
  const leave = async (): Promise<void> => {
    await group.leave(member);
    left();
    const { groups, joining } = core.coordinator;
    if (group.members.size === 0 && groups.get(service) === group) groups.delete(service);
    const isDeserted = (): boolean =>
      (groups.get(service)?.members.size ?? 0) + (joining.get(service) ?? 0) === 0;
    if (isDeserted()) await write(core, () => isDeserted() && holders.release(service));
  };
  return {
    fence: (partition) => fence(place, partition),
    lastHeartbeatAt() {
      if (isConfirmed()) lastAt = core.settings.clock.now();
      return lastAt;
    },
    requireVersion(partition, version) {
      group.needs.require(partition, version);
      group.rebalance();
    },
    waiting: () => waitingIn(group),
    waitsFor: () => (leaving === undefined ? waitsFor(group, member) : null),
    leave() {
      leaving ??= leave();
      return leaving;
    },
  };
};

const entrance = (core: Core, holders: Holders, joined: Set<Membership>): Memberships["join"] => {
  const { coordinator } = core;
  return async (settings, listener, worker = {}) => {
    const { service } = settings;
    const version = versionOf(service, worker);
    core.snapshot(() => groupFor(core, settings));
    const { joining } = coordinator;
    joining.set(service, (joining.get(service) ?? 0) + 1);
    try {
      await write(core, () => holders.claim(service));
    } finally {
      joining.set(service, (joining.get(service) ?? 1) - 1);
    }
    // Not the group of before: its last member may have left meanwhile.
    const group = core.snapshot(() => groupFor(core, settings));
    const member: Member = { listener, version, context: { clock: core.settings.clock, warn: core.warn } };
    group.displace(false);
    group.join(member);
    const place: Place = { core, holders, group, settings, member };
    const made: Membership = membership(place, () => joined.delete(made));
    joined.add(made);
    return made;
  };
};

/** Opens the memberships of a log. */
export const openMemberships = (core: Core): Memberships => {
  const { coordinator } = core;
  const holders = holderTable(core);
  const joined = new Set<Membership>();
  const arriving = new Set<Promise<Membership>>();
  let isClosing = false;
  const reclaim = async (service: string, group: Group): Promise<void> => {
    const ours = await write(core, () => {
      if (holders.holder(service) === null) holders.claim(service);
      return holders.isOurs(service);
    });
    if (ours) group.displace(false);
  };
  const enter = entrance(core, holders, joined);
  return {
    async join(...given) {
      if (isClosing)
        throw new LogUnavailableError(
          `log file ${core.file} is being closed; nobody can join a group any more`,
        );
      const arrival = enter(...given);
      arriving.add(arrival);
      try {
        return await arrival;
      } finally {
        arriving.delete(arrival);
      }
    },
    checkHolders() {
      for (const [service, group] of coordinator.groups) {
        if (group.members.size === 0) continue;
        const holder = core.snapshot(() => holders.holder(service));
        if (holder === coordinator.holder) continue;
        if (holder !== null) group.displace(true);
        else
          reclaim(service, group).catch((error: unknown) =>
            core.warn({ service, error }, "the consumer group could not be taken back"),
          );
      }
    },
    async leaveAll() {
      isClosing = true;
      // A member that is about to join would stay in the group for ever, with partitions that nobody serves.
      await Promise.allSettled(arriving);
      for (const end of await Promise.allSettled([...joined].map((each) => each.leave())))
        if (end.status === "rejected")
          core.warn(
            { error: end.reason },
            "a consumer group could not be left; the next process to join takes it over",
          );
    },
  };
};
