import type { Cancel, Clock, Scheduler } from "@hybrid/kernel";
import { plus } from "@hybrid/kernel";
import { assign } from "../assignment.ts";
import type { GroupListener, WaitingPartition } from "../port.ts";
import { RequiredVersions } from "../required-versions.ts";

/** What a group needs to wait and to complain. */
export interface GroupContext {
  readonly clock: Clock | Scheduler;
  readonly warn: (fields: Readonly<Record<string, unknown>>, message: string) => void;
}

/** One place in a group of this process. */
export interface Member {
  readonly listener: GroupListener;
  readonly context: GroupContext;
  readonly version: number;
}

/** The members of one consumer group in this process, and who has which partition. */
export interface Group {
  readonly partitions: number;
  join(member: Member): void;
  /** Resolves when everything the member had was revoked. */
  leave(member: Member): Promise<void>;
  /** Whether the group gave the member the partition and has not begun to take it back. */
  owns(member: Member, partition: number): boolean;
  readonly members: ReadonlySet<Member>;
  /** What is known of the versions that partitions need; {@link rebalance} heeds it. */
  readonly needs: RequiredVersions;
  rebalance(): void;
  /** Another process has taken the group over (true), or gave it back (false). */
  displace(displaced: boolean): void;
  readonly displaced: boolean;
}

const revokeWaitMs = 10_000;

const after = (clock: Clock | Scheduler, ms: number, run: () => void): Cancel => {
  if ("at" in clock) return clock.at(plus(clock.now(), ms), run);
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
};

const revoke = async ({ listener, context }: Member, service: string, partition: number): Promise<void> => {
  let cancel: Cancel = () => undefined;
  const late = new Promise<"late">((resolve) => {
    cancel = after(context.clock, revokeWaitMs, () => resolve("late"));
  });
  try {
    const end = await Promise.race([listener.revoked(partition), late]);
    if (end === "late")
      context.warn(
        { service, partition },
        `partition was not given back within ${revokeWaitMs} ms; it is fenced`,
      );
  } catch (error) {
    context.warn(
      { service, partition, error },
      "a listener failed while it gave a partition back; it is fenced",
    );
  } finally {
    cancel();
  }
};

const versionOf = ({ version }: Member): number => version;

/** Partitions for which no member is new enough. */
export const waitingIn = ({ members, needs }: Group): readonly WaitingPartition[] =>
  needs.beyond(Math.max(0, ...[...members].map(versionOf)));

/** What a member without partitions waits for; null for one that has some. */
export const waitsFor = (group: Group, member: Member): string | null => {
  const partitions = Array.from({ length: group.partitions }, (_, partition) => partition);
  if (partitions.some((partition) => group.owns(member, partition))) return null;
  return group.displaced
    ? "the process that has taken its group over to end"
    : "other members of its group, which have all partitions or still give them back";
};

/** Makes a group without members. */
export const groupOf = (service: string, partitions: number): Group => {
  const members = new Set<Member>();
  const owners = new Map<number, Member>();
  const told = new Set<number>();
  const leaving = new Map<number, Promise<void>>();
  const needs = new RequiredVersions(partitions);
  let target = new Map<number, Member>();
  let displaced = false;

  const give = (partition: number, member: Member): void => {
    owners.set(partition, member);
    // Later than the promise of `join`, so that the listener has its membership when it hears of a partition.
    setImmediate(() => {
      if (owners.get(partition) !== member || leaving.has(partition) || told.has(partition)) return;
      told.add(partition);
      member.listener.assigned(partition);
    });
  };
  const take = async (partition: number, member: Member): Promise<void> => {
    if (told.has(partition)) await revoke(member, service, partition);
    for (const each of [told, owners, leaving]) each.delete(partition);
    settle(partition);
  };
  const settle = (partition: number): void => {
    const [owner, wanted] = [owners.get(partition), target.get(partition)];
    if (owner === wanted || leaving.has(partition)) return;
    if (owner === undefined) return wanted && give(partition, wanted);
    // Registered before it starts: `take` may run to its end before it returns.
    const { promise, resolve } = Promise.withResolvers<void>();
    leaving.set(partition, promise);
    void take(partition, owner).then(resolve);
  };
  const rebalance = (): void => {
    target = assign(partitions, displaced ? [] : [...members], owners, { of: needs.of, versionOf });
    for (let partition = 0; partition < partitions; partition++) settle(partition);
  };
  return {
    partitions,
    members,
    needs,
    rebalance,
    join(member) {
      members.add(member);
      rebalance();
    },
    async leave(member) {
      members.delete(member);
      rebalance();
      const own = [...leaving].filter(([partition]) => owners.get(partition) === member);
      await Promise.all(own.map(([, done]) => done));
    },
    owns: (member, partition) => owners.get(partition) === member && !leaving.has(partition),
    displace(now) {
      if (displaced === now) return;
      displaced = now;
      rebalance();
    },
    get displaced() {
      return displaced;
    },
  };
};
