import type { GroupPrerequisites, GroupStatus } from "@hybrid/contracts";
import type { GroupsState, TeamRow, TeamsPage } from "@hybrid/control-hub-page/api";
import { HttpFault } from "@hybrid/http-api";
import type { View } from "@hybrid/view";
import { csvMoment, csvTable } from "./csv.ts";
import { cursorOf, idIn, numberOf, openedOf, placeOf, type Row, textOf } from "./rows.ts";

const teamCounts = (view: View, org: string): GroupsState["teams"] => {
  const rows = view.all("SELECT standing, count(*) AS n FROM teams WHERE org = ? GROUP BY standing", org);
  const of = (...standings: readonly string[]): number =>
    rows.reduce(
      (sum, row) => sum + (standings.includes(textOf(row, "standing")) ? numberOf(row, "n") : 0),
      0,
    );
  return { connected: of("connected"), waiting: of("noticed", "making"), blocked: of("blocked") };
};

/** What groups have and lack, addresses opened. Rejects as {@link View.openedJson}, as all do. */
export const groupsState = async (view: View, org: string): Promise<GroupsState> => {
  const rows = view.all("SELECT body FROM prerequisites WHERE org = ?", org);
  const [found = null] = await openedOf<GroupPrerequisites>(view, rows, "body");
  return {
    isConfigured: found !== null,
    isAuthorised: found?.authorised ?? false,
    isEnabled: found?.enabled ?? false,
    checks: found?.checks.map(({ name, state, found: what }) => ({ name, state, found: what })) ?? [],
    usersSeen: found?.usersSeen ?? 0,
    usersLinked: found?.usersLinked ?? 0,
    unlinked: found?.unlinked.map(({ person, reason }) => ({ person, reason })) ?? [],
    checkedAt: found?.checkedAt ?? null,
    teams: teamCounts(view, org),
  };
};

/** A link of the provider's is shown as a link only if it is one that a browser may follow. */
const safeUrl = (text: string | null): string | null =>
  text !== null && URL.canParse(text) && new URL(text).protocol === "https:" ? text : null;

const teamOf = (row: Row, status: GroupStatus | null): readonly TeamRow[] => {
  if (status === null) return [];
  return [
    {
      id: idIn(textOf(row, "key")),
      name: status.teamName,
      standing: status.standing,
      reason: status.reason,
      groupId: status.groupId,
      libraryUrl: safeUrl(status.libraryUrl),
      spacesLinked: status.spacesLinked,
      spacesWaiting: status.spacesWaiting,
      refused: status.refused.map(({ person, reason }) => ({ person, reason })),
      refusedCount: status.refusedCount,
      nextTryAt: status.nextTryAt,
      at: status.at,
    },
  ];
};

/** A page of teams, in the order of their ids. Throws HttpFault for a cursor of another list. */
export const teamsPage = async (
  view: View,
  org: string,
  { cursor, limit }: { readonly cursor?: string | undefined; readonly limit: number },
): Promise<TeamsPage> => {
  const place = cursor === undefined ? [""] : placeOf(cursor, ["string"]);
  if (place === null) throw new HttpFault(400, "badRequest", "The cursor is not one of this list.");
  const found = view.all(
    "SELECT key, body FROM teams WHERE org = ? AND key > ? ORDER BY key LIMIT ?",
    org,
    place[0] ?? "",
    limit + 1,
  );
  const rows = found.slice(0, limit);
  const last = rows.at(-1);
  const statuses = await openedOf<GroupStatus>(view, rows, "body");
  return {
    rows: rows.flatMap((row, n) => teamOf(row, statuses[n] ?? null)),
    next: found.length > limit && last ? cursorOf([textOf(last, "key")]) : null,
    count: numberOf(view.all("SELECT count(*) AS n FROM teams WHERE org = ?", org)[0], "n"),
  };
};

/** Whether the organisation has such a team. */
export const hasTeam = (view: View, org: string, id: string): boolean =>
  view.all("SELECT 1 FROM teams WHERE key = ?", `${org}/r-${id}`).length > 0;

/** Rows of a report that are read at once. */
const reportedAtOnce = 1_000;

/** All teams as CSV. */
export const teamsCsv = async (view: View, org: string): Promise<string> => {
  const rows: TeamRow[] = [];
  for (let cursor: string | undefined; ; ) {
    const page: TeamsPage = await teamsPage(view, org, { cursor, limit: reportedAtOnce });
    rows.push(...page.rows);
    if (page.next === null) break;
    cursor = page.next;
  }
  return csvTable(
    ["Team", "Id", "Standing", "Reason", "Group", "Spaces linked", "Spaces waiting", "Left out", "Next try"],
    rows.map((team) => [
      team.name,
      team.id,
      team.standing,
      team.reason,
      team.groupId,
      team.spacesLinked,
      team.spacesWaiting,
      team.refusedCount,
      csvMoment(team.nextTryAt),
    ]),
  );
};
