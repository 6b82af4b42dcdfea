import { actorIdOf, type CallFailure, orgOf, plus, post } from "@hybrid/kernel";
import { isWait, tryAfter } from "./failures.ts";
import type { Input, Order } from "./inputs.ts";
import type { Moment } from "./moment.ts";
import type { Team, TeamCallKind } from "./state.ts";
import { blocked } from "./team-outcomes.ts";

/** What a call that failed means for its team, and who is told. */
export const onTeamFailure = (
  given: Team,
  kind: TeamCallKind,
  failure: CallFailure,
  moment: Moment,
): readonly [Team, readonly Order[]] => {
  const { now, self, numbers } = moment;
  const team: Team = { ...given, inFlight: null, trouble: failure.code };
  const bounds = { least: numbers.retryMinMs, most: numbers.retryMaxMs };
  if (failure.code === "consentRevoked") {
    const generation = team.settings?.value.generation ?? 0;
    const lost = post<Input>(actorIdOf(`${orgOf(self)}/o`), { kind: "consentLost", generation });
    // What holds is asked for again before anything else is done.
    return [{ ...team, settings: null, tryAt: plus(now, numbers.retryMinMs) }, [lost]];
  }
  if (kind === "readDelta" && failure.code === "syncStateLost")
    return [
      { ...team, trouble: null, deltaLink: null, reconcileAfter: "", isFollowLost: true, tryAt: now },
      [],
    ];
  if (isWait(failure)) {
    const tryAt = tryAfter(failure, team.waits, now, bounds);
    return [{ ...team, waits: team.waits + 1, tryAt }, []];
  }
  const failures = team.failures + 1;
  const counted = { ...team, failures, tryAt: tryAfter(failure, team.failures, now, bounds) };
  if (kind === "createGroup" && failure.code === "invalidRequest" && team.standing.kind === "making") {
    // Between the judgement and the creation a name can be taken: the next one is judged and tried.
    const names = { ...counted, names: team.names + 1 };
    const again = { ...names, standing: { ...team.standing, step: "names" as const } };
    return [failures < numbers.failuresInARow ? again : blocked(again, failure.code, moment), []];
  }
  if (failures < numbers.failuresInARow) return [counted, []];
  return [team.standing.kind === "making" ? blocked(counted, failure.code, moment) : counted, []];
};
