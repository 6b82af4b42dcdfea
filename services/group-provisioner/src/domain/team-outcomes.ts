import { plus, unreachable } from "@hybrid/kernel";
import { doubled } from "./failures.ts";
import type { TeamInput } from "./inputs.ts";
import { knownAfter, nobodyKnown } from "./known-people.ts";
import type { Moment } from "./moment.ts";
import type { BlockReason, Standing, Step, Team } from "./state.ts";
import { disconnected, making, merged, withRefusals, withSpace, withSpaces } from "./team.ts";

/** An outcome of a team's call. */
export type Outcome = Extract<TeamInput, { readonly number: number }>;

/** The team at the next step, with nothing left of what went wrong before. */
const at = (team: Team, step: Step, { now }: Moment): Team =>
  team.standing.kind === "making" || team.standing.kind === "blocked"
    ? {
        ...team,
        standing: { kind: "making", step, since: now },
        failures: 0,
        waits: 0,
        trouble: null,
        tryAt: now,
      }
    : { ...team, failures: 0, waits: 0, trouble: null, tryAt: now };

/** The team, which waits for a person; it is tried by itself a day later. */
export const blocked = (team: Team, reason: BlockReason, { now, numbers }: Moment): Team => {
  const { standing } = team;
  if (standing.kind !== "making" && standing.kind !== "blocked") return team;
  return {
    ...team,
    // Who owns the group is looked for from the start.
    standing: { kind: "blocked", step: reason === "noOwner" ? "people" : standing.step, since: now, reason },
    trouble: reason,
    tryAt: plus(now, numbers.blockedRetryMs),
  };
};

/** One who joined, left or became a moderator while the site was waited for goes into the group first. */
const caughtUp = (team: Team, moment: Moment): Team | null => {
  if (!team.peopleChanged && team.changes.length === 0) return null;
  const peopleAfter = team.peopleChanged ? "" : null;
  return { ...at(team, "members", moment), hasCard: true, peopleChanged: false, peopleAfter };
};

/** The team is at work: what comes from the group is followed. */
const atWork = (team: Team, { now, numbers }: Moment): Team => ({
  ...team,
  standing: { kind: "connected", since: now } satisfies Standing,
  hasCard: true,
  first: [],
  failures: 0,
  waits: 0,
  trouble: null,
  tryAt: now,
  followAt: now,
  // A member whom the group holds and the team lacks is found at once, and again once a day.
  reconcileAfter: "",
  reconcileAt: plus(now, numbers.reconcileEveryMs),
});

const connected = (team: Team, moment: Moment): Team => caughtUp(team, moment) ?? atWork(team, moment);

const onTeamRead = (team: Team, input: Extract<Outcome, { kind: "teamRead" }>, moment: Moment): Team => {
  const { now, numbers } = moment;
  const { standing } = team;
  if (standing.kind === "disconnected") return making({ ...team, name: input.name ?? team.name }, now);
  if (standing.kind === "connected")
    return {
      ...at(team, "team", moment),
      missingAt: null,
      spacesAfter: "",
      reconcileAfter: "",
      reconcileAt: plus(now, numbers.reconcileEveryMs),
    };
  // Without a readable name there is no group yet: it would be named by what cannot be read.
  if (input.name === null)
    return {
      ...team,
      waits: team.waits + 1,
      tryAt: plus(now, doubled(numbers.retryMinMs, team.waits, numbers.retryMaxMs)),
    };
  return { ...at(team, "people", moment), name: input.name, language: input.language, peopleAfter: "" };
};

const afterMembers = (team: Team, moment: Moment): Team => {
  if (team.arrivals.length > 0 || team.peopleAfter !== null) return at(team, "members", moment);
  // A person who joined while people were looked at may have been passed by.
  if (team.peopleChanged) return { ...at(team, "members", moment), peopleChanged: false, peopleAfter: "" };
  if (team.changes.length > 0) return at(team, "members", moment);
  return at(team, "site", moment);
};

const refusalsIn = (input: Extract<Outcome, { kind: "peopleRead" }>) =>
  input.people.flatMap(({ personUuid, refusal }) =>
    refusal === null ? [] : [{ person: personUuid, reason: refusal }],
  );

const onPeople = (team: Team, input: Extract<Outcome, { kind: "peopleRead" }>, moment: Moment): Team => {
  const told = withRefusals(team, refusalsIn(input), moment.numbers.refusalsMax);
  const linked = input.people.flatMap(({ objectId, isModerator, refusal }) =>
    objectId === null || refusal !== null ? [] : [{ objectId, isModerator }],
  );
  const looked = { ...told, peopleAfter: input.next };
  if (team.standing.kind === "making" && team.standing.step === "members")
    return afterMembers({ ...looked, arrivals: linked.map(({ objectId }) => objectId) }, moment);
  const hasOwner = linked.some(({ isModerator }) => isModerator);
  // Moderators come first: only when none of them is linked nobody can own the group.
  if (!hasOwner && input.people.at(-1)?.isModerator === true && input.next !== null)
    return at(looked, "people", moment);
  if (!hasOwner) return blocked({ ...looked, peopleAfter: "", first: [] }, "noOwner", moment);
  return { ...at(looked, "names", moment), first: linked };
};

const onNames = (team: Team, input: Extract<Outcome, { kind: "namesJudged" }>, moment: Moment): Team => {
  switch (input.fault) {
    case null:
      return at(team, "group", moment);
    case "taken":
      return team.names + 1 < moment.numbers.namesMax
        ? { ...at(team, "names", moment), names: team.names + 1 }
        : blocked({ ...team, names: 0 }, "nameTaken", moment);
    case "refused":
      return blocked(team, "nameRefused", moment);
    case "blockedWord":
    case "prefixOrSuffix":
      return blocked(team, input.fault, moment);
    default:
      return unreachable(input.fault);
  }
};

const onDrive = (team: Team, input: Extract<Outcome, { kind: "driveRead" }>, moment: Moment): Team => {
  const { now, numbers } = moment;
  if (input.drive !== null && team.group !== null) {
    const { driveId, webUrl } = input.drive;
    const group = { ...team.group, driveId, libraryUrl: webUrl };
    // Spaces are listed again: some may have come while the site was waited for.
    return { ...at(team, "spaces", moment), group, spacesAfter: "" };
  }
  const wait = doubled(numbers.siteRetryMinMs, team.waits, numbers.siteRetryMaxMs);
  const waiting = { ...team, waits: team.waits + 1, trouble: "siteBeingMade", tryAt: plus(now, wait) };
  const isLate = team.group !== null && now > plus(team.group.madeAt, numbers.siteLateMs);
  return isLate ? { ...blocked(waiting, "siteLate", moment), tryAt: plus(now, wait) } : waiting;
};

const isOurs = (team: Team, itemId: string, roomUuid: string): boolean =>
  !team.spaces.some((space) => space.roomUuid !== roomUuid && space.folder?.itemId === itemId);

const onFolder = (team: Team, input: Extract<Outcome, { kind: "folderCreated" }>, moment: Moment): Team => {
  const { roomUuid, itemId, webUrl } = input;
  const space = team.spaces.find((each) => each.roomUuid === roomUuid);
  // A folder of that name that another space has is not this one's: two spaces may have the same title.
  const change = isOurs(team, itemId, roomUuid)
    ? { folder: { itemId, webUrl } }
    : { names: (space?.names ?? 0) + 1 };
  return at(withSpace(team, roomUuid, change), "spaces", moment);
};

const afterSpaces = (team: Team, moment: Moment): Team => {
  const { standing } = team;
  const isOpen =
    team.spacesAfter !== null || team.spaces.some((each) => !each.isLinked && each.title !== null);
  if (isOpen || standing.kind !== "making") return at(team, "spaces", moment);
  return team.hasCard ? connected(team, moment) : at(team, "card", moment);
};

const onDelta = (team: Team, input: Extract<Outcome, { kind: "deltaRead" }>, moment: Moment): Team => {
  const { now, numbers } = moment;
  if (input.isGone) return disconnected(team, "groupDeleted", now);
  const { admit, expel, promote, demote } = team.follow;
  const gone = new Set(input.expel);
  const back = new Set(input.admit);
  return {
    ...at(team, "site", moment),
    missingAt: null,
    deltaLink: input.link,
    followAt: plus(now, numbers.followEveryMs),
    ...(input.isTooMuch ? { reconcileAfter: "", isFollowLost: true } : {}),
    known: knownAfter(
      team.known ?? nobodyKnown,
      // Those who are left out of too much stay known: the comparison looks for them.
      { came: input.admit, left: input.expel },
      numbers.knownMax,
    ),
    follow: {
      admit: merged(
        admit.filter((id) => !gone.has(id)),
        input.admit,
      ),
      expel: merged(
        expel.filter((id) => !back.has(id)),
        input.expel,
      ),
      promote: merged(
        promote.filter((id) => !input.demote.includes(id)),
        input.promote,
      ),
      demote: merged(
        demote.filter((id) => !input.promote.includes(id)),
        input.demote,
      ),
    },
  };
};

const onFollowed = (team: Team, input: Extract<Outcome, { kind: "followed" }>, moment: Moment): Team => {
  const ended = new Set([...input.done, ...input.refused.map(({ person }) => person)]);
  const left = (ids: readonly string[]): readonly string[] => ids.filter((id) => !ended.has(id));
  const { admit, expel, promote, demote } = team.follow;
  const follow =
    input.call === "moderate"
      ? { ...team.follow, ...(promote.length > 0 ? { promote: left(promote) } : { demote: left(demote) }) }
      : { ...team.follow, ...(input.call === "admit" ? { admit: left(admit) } : { expel: left(expel) }) };
  return withRefusals({ ...at(team, "site", moment), follow }, input.refused, moment.numbers.refusalsMax);
};

const onReconciled = (team: Team, input: Extract<Outcome, { kind: "reconciled" }>, moment: Moment): Team => {
  const { now, numbers } = moment;
  const { left = [], present = team.known ?? nobodyKnown } = input;
  const gone = new Set(left);
  const admit = merged(
    team.follow.admit.filter((id) => !gone.has(id)),
    input.missing,
  );
  // Why somebody was not taken in says more than that they are not there.
  const told = new Set(team.refused.map(({ person }) => person));
  // Who is about to go is no stranger; the next comparison, which comes soon, tells who is.
  const strangers = left.length > 0 ? [] : input.extras.filter(({ person }) => !told.has(person));
  return {
    ...at(withRefusals(team, strangers, numbers.refusalsMax), "site", moment),
    reconcileAfter: input.next,
    known: present,
    isFollowLost: false,
    // A server that lags behind may have left somebody out: they are let in again with the next comparison.
    ...(left.length > 0 ? { reconcileAt: plus(now, numbers.followEveryMs) } : {}),
    follow: { ...team.follow, admit, expel: merged(team.follow.expel, left) },
  };
};

/** A group that is very new is not on every server; another one is gone when it is found so twice. */
const onGroupMissing = (team: Team, { now, numbers }: Moment): Team => {
  const { group, standing } = team;
  const isFresh = group !== null && now < plus(group.madeAt, numbers.freshMs);
  if (isFresh) {
    const wait = doubled(numbers.freshRetryMinMs, team.waits, numbers.retryMaxMs);
    return { ...team, waits: team.waits + 1, tryAt: plus(now, wait) };
  }
  if (standing.kind === "disconnected") return { ...team, tryAt: plus(now, numbers.restoredEveryMs) };
  if (team.missingAt === null) return { ...team, missingAt: now, tryAt: plus(now, numbers.retryMinMs) };
  return disconnected(team, "groupDeleted", now);
};

const onTeamMissing = (team: Team, { now, numbers }: Moment): Team => {
  if (team.standing.kind === "disconnected") return { ...team, tryAt: plus(now, numbers.restoredEveryMs) };
  if (team.missingAt === null) return { ...team, missingAt: now, tryAt: plus(now, numbers.retryMinMs) };
  return disconnected(team, "teamDeleted", now);
};

const onGroup = (team: Team, input: Extract<Outcome, { kind: "groupCreated" }>, moment: Moment): Team => {
  const told = withRefusals(team, input.refused, moment.numbers.refusalsMax);
  const { groupId } = input;
  if (groupId === null) return blocked({ ...told, first: [], peopleAfter: "" }, "noOwner", moment);
  const group = { groupId, madeAt: moment.now, driveId: null, libraryUrl: null };
  return afterMembers({ ...at(told, "members", moment), group, first: [] }, moment);
};

const onMember = (
  team: Team,
  input: Extract<Outcome, { kind: "membersAdded" | "memberChanged" }>,
  moment: Moment,
): Team => {
  const { refusalsMax, peopleMax } = moment.numbers;
  if (input.kind === "membersAdded") {
    const told = withRefusals(team, input.refused, refusalsMax);
    return afterMembers({ ...told, arrivals: team.arrivals.slice(peopleMax) }, moment);
  }
  const [change, ...changes] = team.changes;
  const refused = input.refusal === null ? [] : [{ person: change?.personUuid ?? "", reason: input.refusal }];
  const told = withRefusals({ ...team, changes }, refused, refusalsMax);
  return team.standing.kind === "connected" ? at(told, "members", moment) : afterMembers(told, moment);
};

/** What an outcome means for the team whose call it ends. */
export const onOutcome = (given: Team, input: Outcome, moment: Moment): Team => {
  const team: Team = { ...given, inFlight: null };
  const { now } = moment;
  switch (input.kind) {
    case "teamRead":
      return onTeamRead(team, input, moment);
    case "peopleRead":
      return onPeople(team, input, moment);
    case "namesJudged":
      return onNames(team, input, moment);
    case "groupCreated":
      return onGroup(team, input, moment);
    case "membersAdded":
    case "memberChanged":
      return onMember(team, input, moment);
    case "driveRead":
      return onDrive(team, input, moment);
    case "spacesListed": {
      const listed = withSpaces(team, input.spaces, moment.numbers.spacesMax);
      return afterSpaces({ ...listed, spacesAfter: input.next }, moment);
    }
    case "folderCreated":
      return onFolder(team, input, moment);
    case "folderLinked":
      return afterSpaces(withSpace(team, input.roomUuid, { isLinked: true }), moment);
    case "folderUnlinked":
      return withSpace(team, input.roomUuid, { isLinked: false });
    case "cardPosted":
      return connected(team, moment);
    case "deltaRead":
      return onDelta(team, input, moment);
    case "followed":
      return onFollowed(team, input, moment);
    case "reconciled":
      return onReconciled(team, input, moment);
    case "groupRead":
      return making({ ...team, missingAt: null }, now);
    case "groupMissing":
      return onGroupMissing(team, moment);
    case "teamMissing":
      return onTeamMissing(team, moment);
  }
};
