import { type EpochMs, later, plus } from "@hybrid/kernel";
import type { Moment } from "./moment.ts";
import type { Numbers } from "./numbers.ts";
import type { Follow, Settings, Team, TeamCallKind, TeamSpace } from "./state.ts";

/** What a team does next, and when. */
export interface Plan {
  readonly kind: TeamCallKind;
  readonly at: EpochMs;
}

/** Whether anything may be done at all. */
export const isOn = (settings: Settings): boolean =>
  settings.enabled && settings.authorised && settings.options !== null;

/** The next space that needs a folder or its link; one without a readable title waits. */
export const spaceToLink = ({ spaces }: Team): TeamSpace | undefined =>
  spaces.find(({ isLinked, title }) => !isLinked && title !== null);

const spaceCall = (team: Team): TeamCallKind | null => {
  const space = spaceToLink(team);
  if (space === undefined) return null;
  return space.folder === null ? "createFolder" : "linkFolder";
};

const memberCall = (team: Team): TeamCallKind | null => {
  if (team.arrivals.length > 0) return "addMembers";
  if (team.peopleAfter !== null) return "readPeople";
  return team.changes.length > 0 ? "changeMember" : null;
};

const makingCall = (team: Team, step: string): TeamCallKind | null => {
  switch (step) {
    case "team":
      return "readTeam";
    case "people":
      return "readPeople";
    case "names":
      return "validateNames";
    case "group":
      return "createGroup";
    case "members":
      return memberCall(team);
    case "site":
      return "readDrive";
    case "spaces":
      return team.spacesAfter === null ? spaceCall(team) : "listSpaces";
    default:
      return "postCard";
  }
};

const followCall = ({ admit, expel, promote, demote }: Follow): TeamCallKind | null => {
  if (expel.length > 0) return "expel";
  if (admit.length > 0) return "admit";
  return promote.length > 0 || demote.length > 0 ? "moderate" : null;
};

/**
 * What a connected team does: first who comes and goes, then what comes round, then what waits. What fails
 * again and again among the last never holds back the others.
 */
const connectedPlan = (team: Team): Plan | null => {
  const follow = team.changes.length > 0 ? "changeMember" : followCall(team.follow);
  if (follow !== null) return { kind: follow, at: team.tryAt };
  const waiting =
    (team.reconcileAfter === null ? null : "reconcile") ??
    (team.spacesAfter === null ? spaceCall(team) : "listSpaces");
  const all: readonly (readonly [TeamCallKind | null, EpochMs | null])[] = [
    ["readDelta", team.followAt],
    ["readTeam", team.reconcileAt],
    [waiting, team.tryAt],
  ];
  const next = all
    .flatMap(([kind, at]) => (kind === null || at === null ? [] : [{ kind, at: later(at, team.tryAt) }]))
    .sort((a, b) => a.at - b.at)[0];
  return next ?? null;
};

const disconnectedPlan = (team: Team, why: string, since: EpochMs, numbers: Numbers): Plan | null => {
  if (team.spaces.some(({ isLinked }) => isLinked)) return { kind: "unlinkFolder", at: team.tryAt };
  if (why === "byHand" || team.tryAt > plus(since, numbers.restoredForMs)) return null;
  return { kind: why === "groupDeleted" ? "readGroup" : "readTeam", at: team.tryAt };
};

/** What the team's facts lead to next, whatever holds for the organisation; null: nothing by itself. */
export const planOf = (team: Team, numbers: Numbers): Plan | null => {
  const { standing, tryAt } = team;
  switch (standing.kind) {
    case "noticed":
      return null;
    case "making": {
      const kind = makingCall(team, standing.step);
      return kind === null ? null : { kind, at: tryAt };
    }
    case "blocked": {
      const kind = makingCall(team, standing.step);
      return kind === null ? null : { kind, at: tryAt };
    }
    case "connected":
      return connectedPlan(team);
    case "disconnected":
      return disconnectedPlan(team, standing.why, standing.since, numbers);
  }
};

const isFresh = (team: Team, now: EpochMs, numbers: Numbers): boolean =>
  team.settings !== null && now < plus(team.settings.at, numbers.settingsKeepMs);

/** When a team that was only noticed asks again whether it is to get a group. */
const wonderAt = (team: Team, numbers: Numbers): EpochMs | null => {
  if (team.standing.kind !== "noticed" || team.wanted === "no") return null;
  const at = team.settings === null ? team.tryAt : plus(team.settings.at, numbers.reconcileEveryMs);
  return team.askedAt === null ? at : later(at, plus(team.askedAt, numbers.askAgainMs));
};

/** What is to be done now: a call, a question for what holds, or nothing. */
export const nextOf = (
  team: Team,
  { now, numbers }: Pick<Moment, "now" | "numbers">,
): TeamCallKind | "ask" | null => {
  if (team.inFlight !== null) return null;
  const plan = planOf(team, numbers);
  const wonder = wonderAt(team, numbers);
  if (plan === null) return wonder !== null && wonder <= now ? "ask" : null;
  if (plan.at > now) return null;
  if (isFresh(team, now, numbers) && team.settings !== null)
    return isOn(team.settings.value) ? plan.kind : null;
  return team.askedAt === null || plus(team.askedAt, numbers.askAgainMs) <= now ? "ask" : null;
};

/** When {@link nextOf} has something to do; null while a call is under way, or when nothing is planned. */
export const teamDueAt = (team: Team, numbers: Numbers): EpochMs | null => {
  if (team.inFlight !== null) return null;
  const plan = planOf(team, numbers);
  if (plan === null) return wonderAt(team, numbers);
  const { settings, askedAt } = team;
  if (askedAt !== null) return later(plan.at, plus(askedAt, numbers.askAgainMs));
  // While it is switched off nothing is done; what holds is asked for again and again.
  if (settings !== null && !isOn(settings.value))
    return later(plan.at, plus(settings.at, numbers.followEveryMs));
  return plan.at;
};
