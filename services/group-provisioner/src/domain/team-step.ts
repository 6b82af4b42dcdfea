import { groupStatus } from "@hybrid/contracts";
import { actorIdOf, call, emit, orgOf, post, type Step, stay, unreachable } from "@hybrid/kernel";
import { askedAbout } from "./hints.ts";
import type { Call, Hint, Input, Order } from "./inputs.ts";
import type { Moment } from "./moment.ts";
import { isOn, nextOf, teamDueAt } from "./plan.ts";
import type { MembershipEvent, Settings, State, Team, TeamCallKind } from "./state.ts";
import { statusOf } from "./status.ts";
import { disconnected, making, onMembership, withSpaces } from "./team.ts";
import { teamCallOf } from "./team-calls.ts";
import { onTeamFailure } from "./team-failure.ts";
import { blocked, type Outcome, onOutcome } from "./team-outcomes.ts";

type TeamStep = Step<State, Input, Call>;

const ask = (team: Team, { now, self }: Moment): readonly [Team, readonly Order[]] => [
  { ...team, askedAt: now },
  [post<Input>(actorIdOf(`${orgOf(self)}/o`), { kind: "settingsAsked", by: self })],
];

const order = (team: Team, kind: TeamCallKind, { numbers }: Moment): readonly [Team, readonly Order[]] => {
  const options = team.settings?.value.options;
  if (!options) return [team, []];
  const number = team.calls + 1;
  const wanted = teamCallOf(team, kind, { number, options, numbers });
  return [{ ...team, calls: number, inFlight: { kind, number } }, [call<Call>(wanted)]];
};

/** A team that waited for a person is tried again where it stood. */
const resumed = (team: Team, moment: Moment): Team =>
  team.standing.kind === "blocked"
    ? { ...team, standing: { kind: "making", step: team.standing.step, since: moment.now } }
    : team;

const settled = (team: Team, moment: Moment): readonly [Team, readonly Order[]] => {
  const next = nextOf(team, moment);
  if (next === null) return [team, []];
  return next === "ask" ? ask(team, moment) : order(resumed(team, moment), next, moment);
};

/** Does what is due, and publishes what an administrator would see differently now. */
export const concludeTeam = (
  before: Team,
  changed: Team,
  orders: readonly Order[],
  moment: Moment,
): TeamStep => {
  const [team, ordered] = settled(changed, moment);
  const status = statusOf(team, teamDueAt(team, moment.numbers));
  const published = JSON.stringify(status);
  const told =
    published === before.published ? [] : [emit(groupStatus, moment.self, { ...status, at: moment.now })];
  return { state: { ...team, published }, effects: [...told, ...orders, ...ordered] };
};

/** Teams of other organisations get no group here, even when an administrator asks. */
const judged = (team: Team, { options }: Settings, moment: Moment): Team => {
  const { standing, ownerOrgUuid } = team;
  const isForeign = ownerOrgUuid !== null && options !== null && ownerOrgUuid !== options.webexOrgUuid;
  if (!isForeign || (standing.kind !== "making" && standing.kind !== "blocked")) return team;
  return blocked(team, "foreignTeam", moment);
};

const onTold = (given: Team, value: Settings, moment: Moment): Team => {
  const team = { ...given, settings: { value, at: moment.now }, askedAt: null };
  const { options } = value;
  const isWanted = team.wanted === "yes" || (team.wanted === "unasked" && options?.mode === "everyTeam");
  const begins = team.standing.kind === "noticed" && isWanted && isOn(value);
  return judged(begins ? making(team, moment.now) : team, value, moment);
};

/** What an administrator ordered for a team. */
export const onOrder = (
  team: Team,
  command: Extract<Input, { readonly kind: "ordered" }>["command"],
  moment: Moment,
): Team => {
  const { now } = moment;
  switch (command.kind) {
    case "connect": {
      const wanted = { ...team, wanted: "yes" as const, nameGiven: command.name ?? team.nameGiven };
      if (team.standing.kind === "connected") return wanted;
      const isLost = team.standing.kind === "disconnected" && team.standing.why === "groupDeleted";
      // The lost group can be restored still: the new one has a key of its own.
      const fresh = isLost
        ? { ...wanted, group: null, generation: team.generation + 1, hasCard: false }
        : wanted;
      const free = { ...fresh, settings: null, spaces: isLost ? [] : team.spaces };
      return making(free, now);
    }
    case "disconnect":
      return { ...disconnected({ ...team, wanted: "no" }, "byHand", now), settings: null };
    case "retry":
      return { ...team, failures: 0, waits: 0, names: 0, tryAt: now, settings: null, askedAt: null };
    case "configure":
    case "authorise":
    case "revoke":
    case "enable":
    case "disable":
    case "check":
    case "confirm":
      return team;
    default:
      return unreachable(command);
  }
};

type Change = readonly [Team, readonly Order[]];

/** Whether it matters to the team that somebody came in Webex: not once the group leads, or led. */
const heeds = ({ standing }: Team, { personUuid }: Hint): boolean =>
  personUuid !== null && standing.kind !== "connected" && standing.kind !== "disconnected";

/** The bot asks for a group; anybody else is found when the team's people are looked at. */
const onHint = (team: Team, event: MembershipEvent | null, moment: Moment): Team => {
  if (event !== null) return onMembership(team, event, moment);
  const { kind } = team.standing;
  return kind === "making" || kind === "blocked" ? { ...team, peopleChanged: true } : team;
};

/** What comes from elsewhere: facts, orders, what holds. */
const onNews = (team: Team, input: Input, moment: Moment): Team | null => {
  if (input.kind === "ordered") return onOrder(team, input.command, moment);
  if (input.kind === "settingsTold") return onTold(team, input.settings, moment);
  if (input.kind === "membershipNoticed") return onMembership(team, input.event, moment);
  if (input.kind === "hintTold") return onHint(team, input.event, moment);
  if (input.kind === "spaceSeen") return withSpaces(team, [input.space], moment.numbers.spacesMax);
  if (input.kind === "timerFired") return team;
  // It may be wanted by now; what holds is asked for again.
  const isAsked = input.kind === "teamSeen" && team.standing.kind === "noticed";
  return isAsked ? { ...team, settings: null, askedAt: null } : null;
};

const isOutcome = (input: Input): input is Outcome =>
  "number" in input &&
  input.kind !== "callFailed" &&
  input.kind !== "feedRead" &&
  input.kind !== "teamsListed" &&
  input.kind !== "prerequisitesChecked" &&
  input.kind !== "spaceRead";

const changeOf = (team: Team, input: Input, moment: Moment): Change | null => {
  if (input.kind === "hinted")
    return heeds(team, input.hint) ? [team, [askedAbout(input.hint, moment)]] : null;
  const news = onNews(team, input, moment);
  if (news !== null) return [news, []];
  const { inFlight } = team;
  if (!("number" in input) || inFlight === null || inFlight.number !== input.number) return null;
  if (input.kind === "callFailed") return onTeamFailure(team, inFlight.kind, input.failure, moment);
  return isOutcome(input) ? [onOutcome(team, input, moment), []] : null;
};

/** One input of a team. */
export const stepTeam = (team: Team, input: Input, moment: Moment): TeamStep => {
  const change = changeOf(team, input, moment);
  if (change === null) return stay(team);
  return concludeTeam(team, change[0], change[1], moment);
};
