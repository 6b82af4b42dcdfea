import {
  call,
  type EpochMs,
  entityOf,
  later,
  plus,
  type Step,
  spread,
  stay,
  tell,
  unreachable,
} from "@hybrid/kernel";
import type { Call, GroupInput, Input, Moment, Order, Reading } from "./inputs.ts";
import { type Group, initial, type Member, type State } from "./state.ts";
import type { Replies } from "./windows.ts";

type Stepped = Step<State, Input, Call>;

const newGroup = (nextAt: EpochMs): Group => ({
  kind: "group",
  members: [],
  readAt: null,
  nextAt,
  number: 0,
  isReading: false,
  failures: 0,
  slowdown: 1,
});

/** The group's own moment in every round, behind a gap: at most a round and a gap from now. */
const nextRound = ({ now, self, numbers }: Moment, slowdown: number): EpochMs => {
  const round = numbers.pollEveryMs * slowdown;
  const phase = Math.floor(spread(self, "poll") * round);
  const from = now + numbers.pollGapMs;
  return plus(now, phase + Math.ceil((from - phase) / round) * round - now);
};

/** When to read again after something failed: soon, never before Graph wants it. */
const retryAt = (group: Group, wanted: EpochMs | null, moment: Moment): EpochMs => {
  const { now, self, numbers } = moment;
  const pause = Math.min(numbers.pollEveryMs, numbers.retryMs * 2 ** Math.min(group.failures, 10));
  const soon = plus(now, pause * (1 + spread(self, "retry") / 2));
  // All groups of a tenant are told the same moment, and must not come back at once.
  return wanted === null ? soon : later(soon, plus(wanted, numbers.pollGapMs * spread(self, "retry")));
};

const read = (group: Group, { now, self, numbers }: Moment): Stepped => {
  if (group.isReading && now < group.nextAt) return stay(group);
  const number = group.number + 1;
  const [, tenantId = ""] = /^t-(.+)#\d+$/.exec(entityOf(self)) ?? [];
  const objectIds = group.members.map(({ objectId }) => objectId);
  return {
    state: { ...group, number, isReading: true, nextAt: plus(now, numbers.readingMs) },
    effects: [call({ kind: "readReplies", number, tenantId, objectIds })],
  };
};

const same = (a: Replies | null, b: Replies): boolean => JSON.stringify(a) === JSON.stringify(b);

/** A member after a reading, and what its user is told. */
const memberAfter = (
  member: Member,
  reading: Reading | undefined,
  { now, numbers }: Moment,
): { readonly member: Member; readonly orders: readonly Order[] } => {
  const { user, replies: known, failingSince: since } = member;
  if (reading?.replies !== undefined) {
    const { replies } = reading;
    return {
      member: { ...member, replies, failingSince: null },
      orders: same(known, replies) ? [] : [tell<Input>(user, { kind: "repliesChanged", replies })],
    };
  }
  // Somebody who joined while the reading was under way is read by the next one.
  if (reading === undefined) return { member, orders: [] };
  const failingSince = since ?? now;
  const isLost = known !== null && now - failingSince >= numbers.trustMs;
  return {
    member: { ...member, failingSince, replies: isLost ? null : known },
    orders: isLost ? [tell<Input>(user, { kind: "repliesUnreadable" })] : [],
  };
};

const latest = (moments: readonly (EpochMs | null)[]): EpochMs | null =>
  moments.reduce((a, b) => (a === null || (b !== null && b > a) ? b : a), null);

const onRead = (group: Group, readings: readonly Reading[], moment: Moment): Stepped => {
  const byId = new Map(readings.map((reading) => [reading.objectId, reading]));
  const after = group.members.map((member) => memberAfter(member, byId.get(member.objectId), moment));
  const failures = readings.flatMap(({ failure }) => (failure === undefined ? [] : [failure]));
  const isThrottled = failures.some(({ code }) => code === "throttled");
  const passing = failures.filter(({ retryable }) => retryable);
  const isUnread = after.some(({ member }) => !byId.has(member.objectId));
  const slowdown = isThrottled
    ? Math.min(moment.numbers.slowdownMax, group.slowdown * 2)
    : Math.max(1, Math.floor(group.slowdown / 2));
  const done: Group = {
    ...group,
    members: after.map(({ member }) => member),
    isReading: false,
    readAt: moment.now,
    slowdown,
    failures: passing.length > 0 ? group.failures + 1 : 0,
  };
  const round = nextRound(moment, slowdown);
  const soon = isUnread
    ? plus(moment.now, moment.numbers.joinWaitMs)
    : retryAt(group, latest(passing.map((failure) => failure.retryAt)), moment);
  const isSooner = (isUnread || passing.length > 0) && soon < round;
  return {
    state: { ...done, nextAt: isSooner ? soon : round },
    effects: after.flatMap(({ orders }) => orders),
  };
};

/** The whole batch failed: every member is failing. */
const onFailed = (
  group: Group,
  failure: Extract<GroupInput, { kind: "readingFailed" }>["failure"],
  moment: Moment,
): Stepped => {
  const after = group.members.map((member) =>
    memberAfter(member, { objectId: member.objectId, failure }, moment),
  );
  return {
    state: {
      ...group,
      members: after.map(({ member }) => member),
      isReading: false,
      failures: group.failures + 1,
      nextAt: retryAt(group, failure.retryAt, moment),
    },
    effects: after.flatMap(({ orders }) => orders),
  };
};

const joined = (
  given: Group | null,
  { user, objectId }: Extract<GroupInput, { kind: "memberJoined" }>,
  { now, numbers }: Moment,
): Group => {
  const soon = plus(now, numbers.joinWaitMs);
  const group = given ?? newGroup(soon);
  const members = [...group.members, { user, objectId, replies: null, failingSince: null }];
  return { ...group, members, nextAt: group.isReading || group.nextAt < soon ? group.nextAt : soon };
};

/**
 * Reads its members by one batch in every round, and tells each user what changed. `given` null: it is empty.
 */
export const stepGroup = (
  given: Group | null,
  input: GroupInput | { readonly kind: "timerFired" },
  moment: Moment,
): Stepped => {
  if (input.kind === "memberJoined") return stay(joined(given, input, moment));
  if (given === null) return stay(initial);
  switch (input.kind) {
    case "memberLeft": {
      const members = given.members.filter(({ user }) => user !== input.user);
      return stay(members.length === 0 ? initial : { ...given, members });
    }
    case "timerFired":
      return read(given, moment);
    case "lookedAt": {
      const isFresh = given.readAt !== null && moment.now - given.readAt < moment.numbers.freshMs;
      return isFresh || given.isReading || given.failures > 0 ? stay(given) : read(given, moment);
    }
    case "repliesRead":
      return input.number === given.number && given.isReading
        ? onRead(given, input.readings, moment)
        : stay(given);
    case "readingFailed":
      return input.number === given.number && given.isReading
        ? onFailed(given, input.failure, moment)
        : stay(given);
    default:
      return unreachable(input);
  }
};
