/**
 * Shares partitions 0 to count - 1 evenly among the members, in join order; sticky: a member keeps what it
 * has up to its share, so that a join or leave moves as few partitions as possible.
 */
export const assign = <Member>(
  count: number,
  members: readonly Member[],
  current: ReadonlyMap<number, Member>,
): Map<number, Member> => {
  const held = new Map<Member, number[]>(members.map((member) => [member, []]));
  const free: number[] = [];
  for (let partition = 0; partition < count; partition++) {
    const owner = current.get(partition);
    const list = owner === undefined ? undefined : held.get(owner);
    (list ?? free).push(partition);
  }
  const share = Math.floor(count / members.length);
  let larger = members.length === 0 ? 0 : count % members.length;
  // Whoever has most keeps the one more that not everybody can have.
  const byMost = [...members].sort((a, b) => (held.get(b)?.length ?? 0) - (held.get(a)?.length ?? 0));
  const quota = new Map(byMost.map((member) => [member, larger-- > 0 ? share + 1 : share]));
  for (const member of members) free.push(...(held.get(member)?.splice(quota.get(member) ?? 0) ?? []));
  free.sort((a, b) => a - b);
  for (const member of members) {
    const list = held.get(member) ?? [];
    list.push(...free.splice(0, (quota.get(member) ?? 0) - list.length));
  }
  return new Map(
    [...held].flatMap(([member, list]) => list.map((partition) => [partition, member] as const)),
  );
};
