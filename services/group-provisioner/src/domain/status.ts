import type { GroupStatus } from "@hybrid/contracts";
import type { EpochMs } from "@hybrid/kernel";
import type { Team } from "./state.ts";

const reasonOf = ({ standing, trouble }: Team): string | null => {
  if (standing.kind === "blocked") return standing.reason;
  if (standing.kind === "disconnected") return standing.why;
  return trouble;
};

/** A team as an administrator sees it; `dueAt`: when it does something by itself. */
export const statusOf = (team: Team, dueAt: EpochMs | null): Omit<GroupStatus, "at"> => {
  const { standing, spaces, group } = team;
  const isUnderWay = standing.kind === "making" || standing.kind === "blocked";
  const waits = isUnderWay || team.trouble !== null;
  return {
    standing: standing.kind,
    step: isUnderWay ? standing.step : null,
    reason: reasonOf(team),
    teamName: team.name,
    groupId: group?.groupId ?? null,
    libraryUrl: group?.libraryUrl ?? null,
    spacesLinked: spaces.filter(({ isLinked }) => isLinked).length,
    spacesWaiting: spaces.filter(({ isLinked }) => !isLinked).length,
    refused: team.refused,
    refusedCount: team.refusedCount,
    failures: team.failures,
    nextTryAt: waits && team.inFlight === null ? dueAt : null,
  };
};
