import type { EpochMs } from "@hybrid/kernel";
import { meaningOf } from "./events.ts";
import { nobodyKnown } from "./known-people.ts";
import type { Moment } from "./moment.ts";
import type {
  Follow,
  FoundSpace,
  MemberChange,
  MembershipEvent,
  Standing,
  Team,
  TeamSpace,
} from "./state.ts";

/** Nothing to follow. */
export const noFollow: Follow = { admit: [], expel: [], promote: [], demote: [] };

/** A team that was noticed just now. */
export const newTeam = (teamUuid: string, ownerOrgUuid: string | null, now: EpochMs): Team => ({
  kind: "team",
  teamUuid,
  ownerOrgUuid,
  wanted: "unasked",
  nameGiven: null,
  standing: { kind: "noticed" },
  settings: null,
  askedAt: null,
  name: null,
  first: [],
  language: null,
  names: 0,
  generation: 1,
  group: null,
  peopleAfter: "",
  peopleChanged: false,
  arrivals: [],
  changes: [],
  spaces: [],
  spacesAfter: "",
  hasCard: false,
  deltaLink: null,
  follow: noFollow,
  followAt: null,
  reconcileAt: null,
  reconcileAfter: null,
  known: nobodyKnown,
  isFollowLost: false,
  refused: [],
  refusedCount: 0,
  failures: 0,
  waits: 0,
  trouble: null,
  tryAt: now,
  missingAt: null,
  inFlight: null,
  calls: 0,
  published: null,
});

/** The team at the step where its group is made from, or where an earlier making stood. */
export const making = (team: Team, now: EpochMs): Team => ({
  ...team,
  standing: { kind: "making", step: team.group === null ? "team" : "site", since: now },
  failures: 0,
  waits: 0,
  trouble: null,
  tryAt: now,
  missingAt: null,
  ...(team.group === null
    ? { peopleAfter: "", first: [], arrivals: [], names: 0, spacesAfter: "" }
    : { spacesAfter: "" }),
});

/**
 * Whether the group follows what happened in Webex: all of it while the group is being made, and of what is
 * heard of later that which happened before the team was connected. From then on the group leads.
 */
const webexLeads = ({ standing }: Team, { at }: MembershipEvent): boolean =>
  standing.kind === "making" ||
  standing.kind === "blocked" ||
  (standing.kind === "connected" && at <= standing.since);

const withChange = (team: Team, change: MemberChange | null, personUuid: string): Team => {
  const others = team.changes.filter((each) => each.personUuid !== personUuid);
  return { ...team, changes: change === null ? others : [...others, change] };
};

/**
 * Somebody joined, left or became a moderator in Webex. While the group is being made it takes part in that;
 * later the group leads, and what people do in Webex stays unchanged.
 */
export const onMembership = (team: Team, event: MembershipEvent, { now }: Moment): Team => {
  const meaning = meaningOf(event);
  const isAsked = event.isBot && meaning.kind === "add" && team.wanted === "unasked";
  if (isAsked) return making({ ...team, wanted: "yes" }, now);
  if (!webexLeads(team, event)) return team;
  const { personUuid } = event;
  switch (meaning.kind) {
    case "add": {
      if (team.standing.kind !== "connected")
        return { ...withChange(team, null, personUuid), peopleChanged: true };
      const becomes = meaning.as === "owner" ? "owner" : "in";
      return withChange(team, { personUuid, becomes }, personUuid);
    }
    case "remove":
      return withChange(team, { personUuid, becomes: "gone" }, personUuid);
    case "become":
      return withChange(team, { personUuid, becomes: meaning.as }, personUuid);
  }
};

/** A space with what is known of it by now; its folder stays whatever becomes of its title. */
export const withSpaces = (team: Team, found: readonly FoundSpace[], spacesMax: number): Team => {
  const known = new Map(team.spaces.map((space) => [space.roomUuid, space]));
  for (const { roomUuid, title } of found) {
    const before = known.get(roomUuid);
    const fresh: TeamSpace = { roomUuid, title, names: 0, folder: null, isLinked: false };
    if (before) known.set(roomUuid, { ...before, title: title ?? before.title });
    else if (known.size < spacesMax) known.set(roomUuid, fresh);
  }
  return { ...team, spaces: [...known.values()] };
};

/** The team with one space changed. */
export const withSpace = (team: Team, roomUuid: string, change: Partial<TeamSpace>): Team => ({
  ...team,
  spaces: team.spaces.map((space) => (space.roomUuid === roomUuid ? { ...space, ...change } : space)),
});

/** The team with somebody's refusal, remembered once. */
export const withRefusals = (
  team: Team,
  refusals: readonly { readonly person: string; readonly reason: string }[],
  refusalsMax: number,
): Team => {
  const known = new Map(team.refused.map((each) => [each.person, each]));
  const fresh = refusals.filter(({ person, reason }) => known.get(person)?.reason !== reason);
  if (fresh.length === 0) return team;
  const added = fresh.filter(({ person }) => !known.has(person)).length;
  for (const each of fresh) {
    known.delete(each.person);
    known.set(each.person, each);
  }
  return {
    ...team,
    refused: [...known.values()].slice(-refusalsMax),
    refusedCount: team.refusedCount + added,
  };
};

/** Nobody gets in or out any more, and spaces lose their links; neither side is deleted. */
export const disconnected = (
  team: Team,
  why: Extract<Standing, { readonly kind: "disconnected" }>["why"],
  now: EpochMs,
): Team => ({
  ...team,
  standing: { kind: "disconnected", why, since: now },
  follow: noFollow,
  followAt: null,
  reconcileAt: null,
  reconcileAfter: null,
  deltaLink: null,
  known: nobodyKnown,
  isFollowLost: false,
  changes: [],
  arrivals: [],
  failures: 0,
  waits: 0,
  trouble: null,
  tryAt: now,
  missingAt: null,
});

/** Each id once. */
export const merged = (...lists: readonly (readonly string[])[]): readonly string[] => [
  ...new Set(lists.flat()),
];
