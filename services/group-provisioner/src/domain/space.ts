import { actorIdOf, call, type EpochMs, orgOf, post, type Step, stay } from "@hybrid/kernel";
import { tryAfter } from "./failures.ts";
import { askedAbout } from "./hints.ts";
import type { Call, Input } from "./inputs.ts";
import type { Moment } from "./moment.ts";
import { initial, type Looking, type MembershipEvent, type State } from "./state.ts";
import { newTeam, onMembership, withSpaces } from "./team.ts";
import { concludeTeam, onOrder } from "./team-step.ts";

type SpaceStep = Step<State, Input, Call>;

const uuidOf = (self: string): string => self.slice(self.indexOf("/r-") + 3);

const look = (space: Looking, { self }: Moment): SpaceStep => {
  const number = space.calls + 1;
  const state: Looking = { ...space, calls: number, inFlight: { kind: "readSpace", number } };
  return { state, effects: [call<Call>({ kind: "readSpace", number, roomUuid: uuidOf(self) })] };
};

/** The first that is heard of a space: Webex is asked what it is. */
export const firstLook = (
  heard: Partial<Pick<Looking, "events" | "spaces" | "command">>,
  moment: Moment,
): SpaceStep => {
  const fresh = { events: [], spaces: [], command: null, ...heard };
  return look({ kind: "looking", ...fresh, tries: 0, tryAt: moment.now, inFlight: null, calls: 0 }, moment);
};

/** The space has the team's UUID, so it is the General space, and its actor is the team's. */
const asTeam = (
  space: Looking,
  found: Extract<Input, { readonly kind: "spaceRead" }>,
  moment: Moment,
): SpaceStep => {
  const fresh = { ...newTeam(uuidOf(moment.self), found.ownerOrgUuid, moment.now), calls: space.calls };
  const known = withSpaces(fresh, space.spaces, moment.numbers.spacesMax);
  const team = space.events.reduce((before, event) => onMembership(before, event, moment), known);
  const ordered = space.command === null ? team : onOrder(team, space.command, moment);
  return concludeTeam(fresh, ordered, [], moment);
};

const onRead = (
  space: Looking,
  found: Extract<Input, { readonly kind: "spaceRead" }>,
  moment: Moment,
): SpaceStep => {
  const roomUuid = uuidOf(moment.self);
  const { teamUuid, title } = found;
  if (teamUuid === roomUuid) return asTeam(space, found, moment);
  if (teamUuid === null) return { state: { kind: "plain", teamUuid }, effects: [] };
  const team = actorIdOf(`${orgOf(moment.self)}/r-${teamUuid}`);
  return {
    state: { kind: "plain", teamUuid },
    effects: [post<Input>(team, { kind: "spaceSeen", space: { roomUuid, title } })],
  };
};

const onFailure = (
  space: Looking,
  { failure }: Extract<Input, { readonly kind: "callFailed" }>,
  { now, numbers }: Moment,
): SpaceStep => {
  const isGone = failure.code === "notFound" && space.tries + 1 >= numbers.lookTriesMax;
  if (isGone) return { state: initial, effects: [] };
  const bounds = { least: numbers.retryMinMs, most: numbers.retryMaxMs };
  const tryAt = tryAfter(failure, space.tries, now, bounds);
  return { state: { ...space, inFlight: null, tries: space.tries + 1, tryAt }, effects: [] };
};

const onNoticed = (space: Looking, event: MembershipEvent, { numbers }: Moment): SpaceStep => {
  if (space.events.some(({ eventId }) => eventId === event.eventId)) return stay(space);
  // Of more than can wait the latest count: people are looked at in full before a group is made.
  const events = [...space.events, event].slice(-numbers.waitingEventsMax);
  return { state: { ...space, events }, effects: [] };
};

/** One input of a space of which nothing is known yet. */
export const stepLooking = (space: Looking, input: Input, moment: Moment): SpaceStep => {
  if (input.kind === "membershipNoticed") return onNoticed(space, input.event, moment);
  if (input.kind === "spaceSeen") {
    // Of more than a team may have the first count.
    const spaces = [...space.spaces, input.space].slice(0, moment.numbers.spacesMax);
    return { state: { ...space, spaces }, effects: [] };
  }
  if (input.kind === "hinted")
    return input.hint.personUuid === null
      ? stay(space)
      : { state: space, effects: [askedAbout(input.hint, moment)] };
  if (input.kind === "hintTold")
    return input.event === null ? stay(space) : onNoticed(space, input.event, moment);
  if (input.kind === "ordered") {
    const ordered = { ...space, command: input.command };
    return space.inFlight === null ? look(ordered, moment) : { state: ordered, effects: [] };
  }
  if (input.kind === "timerFired")
    return space.inFlight === null && moment.now >= space.tryAt ? look(space, moment) : stay(space);
  if (!("number" in input) || space.inFlight?.number !== input.number) return stay(space);
  if (input.kind === "spaceRead") return onRead(space, input, moment);
  return input.kind === "callFailed" ? onFailure(space, input, moment) : stay(space);
};

/** When the space is looked at again. */
export const lookingDueAt = ({ inFlight, tryAt }: Looking): EpochMs | null =>
  inFlight === null ? tryAt : null;
