/** Which members may have a partition; everybody may have all when it is left out. */
export interface Needs<Member> {
  /** The least version of a member that may have the partition. */
  readonly of: (partition: number) => number;
  readonly versionOf: (member: Member) => number;
}

const noNeeds: Needs<unknown> = { of: () => 0, versionOf: () => 0 };

interface Level<Member> {
  readonly partitions: readonly number[];
  readonly able: readonly Member[];
}

/** Partitions of one need each, the most demanding first, with those who may have them, in join order. */
const levelsOf = <Member>(
  count: number,
  members: readonly Member[],
  needs: Needs<Member>,
): readonly Level<Member>[] => {
  const byNeed = new Map<number, number[]>();
  for (let partition = 0; partition < count; partition++) {
    const need = needs.of(partition);
    const list = byNeed.get(need) ?? [];
    list.push(partition);
    byNeed.set(need, list);
  }
  return [...byNeed]
    .sort(([a], [b]) => b - a)
    .map(([need, partitions]) => ({
      partitions,
      able: members.filter((member) => needs.versionOf(member) >= need),
    }));
};

/**
 * How many partitions each member gets in the end: one after the other to the member that has fewest. Extra
 * partitions go to the members that already hold most.
 */
const quotasOf = <Member>(
  levels: readonly Level<Member>[],
  held: ReadonlyMap<Member, number>,
): Map<Member, number> => {
  const quotas = new Map<Member, number>();
  const quota = (member: Member): number => quotas.get(member) ?? 0;
  for (const { partitions, able } of levels) {
    const byMost = [...able].sort((a, b) => (held.get(b) ?? 0) - (held.get(a) ?? 0));
    const [first] = byMost;
    if (first === undefined) continue;
    for (const _partition of partitions) {
      const poorest = byMost.reduce((least, member) => (quota(member) < quota(least) ? member : least));
      quotas.set(poorest, quota(poorest) + 1);
    }
  }
  return quotas;
};

/**
 * Shares partitions 0 to count - 1 as evenly as their needs allow among the members, in join order; sticky: a
 * member keeps what it has up to its share, so that a join or leave moves as few partitions as possible. A
 * partition that no member is able to have is left out.
 */
export const assign = <Member>(
  count: number,
  members: readonly Member[],
  current: ReadonlyMap<number, Member>,
  needs: Needs<Member> = noNeeds,
): Map<number, Member> => {
  const levels = levelsOf(count, members, needs);
  const held = new Map<Member, number>();
  for (const { partitions, able } of levels)
    for (const partition of partitions) {
      const owner = current.get(partition);
      if (owner !== undefined && able.includes(owner)) held.set(owner, (held.get(owner) ?? 0) + 1);
    }
  const left = quotasOf(levels, held);
  const owners = new Map<number, Member>();
  const give = (partition: number, member: Member): void => {
    owners.set(partition, member);
    left.set(member, (left.get(member) ?? 0) - 1);
  };
  const isFree = (member: Member): boolean => (left.get(member) ?? 0) > 0;
  for (const { partitions, able } of levels) {
    for (const partition of partitions) {
      const owner = current.get(partition);
      if (owner !== undefined && able.includes(owner) && isFree(owner)) give(partition, owner);
    }
    const heirs = able.values();
    let heir = heirs.next();
    for (const partition of partitions.filter((each) => !owners.has(each))) {
      while (!heir.done && !isFree(heir.value)) heir = heirs.next();
      if (heir.done) break;
      give(partition, heir.value);
    }
  }
  return owners;
};
