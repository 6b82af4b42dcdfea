import type { GroupChange, GroupRound } from "../groups/group-changes.ts";
import type { Groups } from "../groups/groups.ts";
import { badRequest, notSimulated } from "../http/graph-fault.ts";
import { roundToken } from "../odata/round-token.ts";
import { memberReaders, shownGroup } from "./group-shape.ts";
import type { Answer, Call, Operation } from "./operation.ts";

const idsMax = 50;
const linesDefault = 200;
const relations = ["members", "owners"] as const;

/** The ids in `id eq 'a' or id eq 'b'`, which is all that delta can filter by. */
const idsOf = (filter: string | undefined): readonly string[] | null => {
  if (filter === undefined) return null;
  const ids = filter.split(/\s+or\s+/i).map((part) => /^\s*id\s+eq\s+'([^']+)'\s*$/i.exec(part)?.[1]);
  if (ids.some((id) => id === undefined)) throw notSimulated(`'$filter=${filter}' of groups/delta`);
  if (ids.length > idsMax) throw badRequest(`At most ${idsMax} objects can be tracked by id.`);
  return ids.flatMap((id) => id?.toLowerCase() ?? []);
};

const roundOf = (groups: Groups, call: Call): GroupRound => {
  const { $deltatoken, $skiptoken, $select = null, $filter } = call.query;
  const { tenantId } = call.caller;
  if ($deltatoken === "latest") {
    const round = groups.changes.start(tenantId, $select, idsOf($filter));
    return { ...round, first: false, since: round.until };
  }
  const token = $deltatoken ?? $skiptoken;
  if (token === undefined) return groups.changes.start(tenantId, $select, idsOf($filter));
  return groups.changes.resume(tenantId, token, $deltatoken === undefined ? "page" : "round");
};

const selectedRelations = (select: string | null): readonly (typeof relations)[number][] => {
  const names = select?.split(",").map((name) => name.trim().toLowerCase()) ?? [];
  return relations.filter((relation) => names.includes(relation));
};

/** What a round has to tell: in a first one all that is there, later what changed. */
const changesOf = (groups: Groups, round: GroupRound): readonly GroupChange[] => {
  if (!round.first) return groups.changes.within(round);
  return groups
    .ofTenant(round.tenantId)
    .filter(({ id }) => round.ids === null || round.ids.includes(id))
    .flatMap((group): GroupChange[] => [
      { groupId: group.id, what: "group", userId: null },
      ...relations.flatMap((what) =>
        [...group[what]].map((userId): GroupChange => ({ groupId: group.id, what, userId })),
      ),
    ]);
};

/** The changes of one page as Graph tells them: one item per group, with the relations asked for. */
const itemsOf = (groups: Groups, round: GroupRound, page: readonly GroupChange[]): readonly object[] => {
  const asked = selectedRelations(round.select);
  const plain = round.select
    ?.split(",")
    .filter((name) => !relations.some((relation) => relation === name.trim().toLowerCase()));
  const select = plain === undefined ? undefined : ["id", ...plain.filter((name) => name.trim() !== "id")];
  const byGroup = Map.groupBy(page, ({ groupId }) => groupId);
  return [...byGroup].flatMap(([id, changes]): object[] => {
    const group = groups.get(id);
    if (group.deletedAt !== null) return [{ id, "@removed": { reason: "changed" } }];
    const line = (what: (typeof relations)[number]): readonly object[] =>
      changes
        .filter((change) => change.what === what)
        .map(({ userId }) => ({
          "@odata.type": "#microsoft.graph.user",
          id: userId,
          ...(group[what].has(userId ?? "") ? {} : { "@removed": { reason: "deleted" } }),
        }));
    const told = asked.flatMap((what): [string, readonly object[]][] => {
      const lines = line(what);
      return lines.length === 0 ? [] : [[`${what}@delta`, lines]];
    });
    if (told.length === 0 && !changes.some(({ what }) => what === "group")) return [];
    return [{ ...shownGroup(group, select?.join(",")), ...Object.fromEntries(told) }];
  });
};

const delta = (groups: Groups, call: Call): Answer => {
  const round = roundOf(groups, call);
  const changes = changesOf(groups, round);
  const end = round.given + (groups.options.deltaPageSize ?? linesDefault);
  const page = changes.slice(round.given, end);
  const isLast = end >= changes.length;
  const next: GroupRound = isLast
    ? { ...round, kind: "round", first: false, given: 0, since: round.until }
    : { ...round, given: end };
  const parameter = isLast ? "$deltatoken" : "$skiptoken";
  return {
    status: 200,
    body: {
      "@odata.context": `${call.graphUrl}/$metadata#groups`,
      [`@odata.${isLast ? "deltaLink" : "nextLink"}`]: `${call.address}?${parameter}=${roundToken(next)}`,
      value: itemsOf(groups, round, page),
    },
  };
};

/** Changes of groups and of who is in them. */
export const groupDeltaOperations = (groups: Groups): Operation[] => [
  {
    family: "tenant",
    identity: "read",
    method: "GET",
    path: "/groups/delta",
    roles: memberReaders,
    query: ["$select", "$filter", "$deltatoken", "$skiptoken"],
    handle: (call: Call) => delta(groups, call),
  },
];
