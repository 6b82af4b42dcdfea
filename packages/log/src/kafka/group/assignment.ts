import { assign as share } from "../../assignment.ts";
import { RequiredVersions } from "../../required-versions.ts";

/** What a member said of itself when it joined. */
export interface Claimant {
  readonly memberId: string;
  /** The partitions that it has or is giving back, with the generation that gave each of them to it last. */
  readonly claims: ReadonlyMap<number, number>;
  /** Tells which life of which worker this is; null when the member does not say. */
  readonly life: Life | null;
  /** The newest version of states that it can read. */
  readonly version: number;
  /** The least version of a worker that may have a partition, as far as this member knows of any. */
  readonly needs: ReadonlyMap<number, number>;
}

/**
 * A worker whose first join got no answer joins again, and the coordinator keeps both members until the
 * session of the first ends. Of one instance only the highest attempt is alive.
 */
export interface Life {
  readonly instance: string;
  readonly attempt: number;
}

/** Everybody who takes part in a generation. */
export interface GroupClaims {
  /** Partitions of every topic of the group: one number, because the topics are co-partitioned. */
  readonly partitions: number;
  readonly members: readonly Claimant[];
}

/** Partitions of each member, in ascending order; every member is there. */
export type Assignment = ReadonlyMap<string, readonly number[]>;

/** What a leader decides. */
export interface Plan {
  /** What holds in this generation: nothing that anybody else still claims. */
  readonly assignment: Assignment;
  /** Where all partitions are to be in the end. */
  readonly target: Assignment;
  /** Partitions that nobody gets before their present owner has given them back, in another generation. */
  readonly moving: readonly number[];
  /** What all members together know of the versions that partitions need. */
  readonly needs: ReadonlyMap<number, number>;
  /** The highest version among the members; partitions that need a higher one are given to nobody. */
  readonly newest: number;
}

const withoutGhosts = (members: readonly Claimant[]): readonly Claimant[] => {
  const latest = new Map<string, number>();
  for (const { life } of members)
    if (life) latest.set(life.instance, Math.max(life.attempt, latest.get(life.instance) ?? 0));
  return members
    .filter(({ life }) => life === null || life.attempt === latest.get(life.instance))
    .sort((a, b) => (a.memberId < b.memberId ? -1 : 1));
};

/** Whose claim counts: the one of the highest generation, for its owner has fenced all the others. */
const ownersOf = (partitions: number, members: readonly Claimant[]): ReadonlyMap<number, string> => {
  const best = new Map<number, { readonly memberId: string; readonly generation: number }>();
  for (const { memberId, claims } of members)
    for (const [partition, generation] of claims)
      if (partition < partitions && generation > (best.get(partition)?.generation ?? -1))
        best.set(partition, { memberId, generation });
  return new Map([...best].map(([partition, { memberId }]) => [partition, memberId]));
};

const byMember = (members: readonly Claimant[], owners: ReadonlyMap<number, string>): Assignment => {
  const lists = new Map<string, number[]>(members.map(({ memberId }) => [memberId, []]));
  for (const partition of [...owners.keys()].sort((a, b) => a - b))
    lists.get(owners.get(partition) ?? "")?.push(partition);
  return lists;
};

const needsOf = (partitions: number, members: readonly Claimant[]): ReadonlyMap<number, number> => {
  const known = new RequiredVersions(partitions);
  for (const { needs } of members) known.learn(needs);
  return known.all();
};

/**
 * Shares the partitions of a group: balanced within one as far as every member is new enough for every
 * partition, moving as few as possible, the same for any order of the members. A partition that moves is
 * given to nobody as long as its owner claims it (the idea of KIP-429), so that two members never have it in
 * one generation.
 */
export const plan = ({ partitions, members }: GroupClaims): Plan => {
  const alive = withoutGhosts(members);
  const owners = ownersOf(partitions, alive);
  const needs = needsOf(partitions, members);
  const versions = new Map(alive.map(({ memberId, version }) => [memberId, version]));
  const versionOf = (memberId: string): number => versions.get(memberId) ?? 0;
  const target = share(partitions, [...versions.keys()], owners, {
    of: (partition) => needs.get(partition) ?? 0,
    versionOf,
  });
  const isMoving = ([partition, owner]: readonly [number, string]): boolean =>
    owner !== target.get(partition);
  const moving = [...owners].filter(isMoving).map(([partition]) => partition);
  const given = new Map([...target].filter(([partition]) => !moving.includes(partition)));
  return {
    assignment: byMember(members, given),
    target: byMember(members, target),
    moving: moving.sort((a, b) => a - b),
    needs,
    newest: Math.max(0, ...versions.values()),
  };
};
