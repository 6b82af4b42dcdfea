import { type UserNotice, type UserState, userNotices } from "@hybrid/contracts";
import {
  type ActorId,
  type CallFailure,
  call,
  type Effect,
  type EpochMs,
  type ErrorCode,
  emit,
  type Machine,
  orgOf,
  type Step,
  stay,
  type Timer,
  unreachable,
} from "@hybrid/kernel";
import type { Call, Input } from "./inputs.ts";
import { nextOf, sendByOf, type Wanted } from "./plan.ts";
import {
  type Activation,
  type Consent,
  initial,
  nobody,
  type Person,
  type State,
  type Trying,
  type User,
} from "./state.ts";
import { isFinal, triedAgain } from "./tries.ts";

/** Told notices that are kept: more than one consent can have, so none of the present one is forgotten. */
const toldMax = 24;

type Result = Step<State, Input, Call>;
type StatusChanged = Extract<Input, { readonly kind: "statusChanged" }>;

/**
 * Whether this is the first time as Active. Only who has read every transition of the user can know; of
 * others it is taken for old news, so that nobody is told twice after topics were read from their middle.
 */
const activationAfter = (
  { activation, person: before }: User,
  { person, from }: { readonly person: Person; readonly from: UserState },
  isTold: boolean,
): Activation => {
  if (activation.kind !== "awaited") return activation;
  if (person.transition !== (before?.transition ?? 0) + 1 || from === "active") return { kind: "past" };
  if (person.standing !== "active") return activation;
  return isTold ? { kind: "since", at: person.at } : { kind: "past" };
};

const isStale = (known: Person, { at, transition }: Person): boolean =>
  at < known.at || (at === known.at && transition <= known.transition);

const onStatus = (state: State, input: StatusChanged, isTold: boolean): State => {
  const { person } = input;
  const user = state.kind === "user" ? state : nobody;
  if (user.person !== null && isStale(user.person, person)) return state;
  if (person.standing === "removed") return initial;
  // The transitions of a user who was removed and put back begin again; the removal itself was not read.
  const isOther = user.person !== null && person.transition <= user.person.transition;
  const known: User = isOther ? nobody : user;
  return { ...known, person, activation: activationAfter(known, input, isTold) };
};

const onConsent = (state: State, consent: Consent): State => {
  const user = state.kind === "user" ? state : nobody;
  return user.consent !== null && consent.givenAt <= user.consent.givenAt ? state : { ...user, consent };
};

/** What became of a notice: kept, so that it is never sent again. */
const toldAs = (
  user: User,
  { notice, tries }: Trying,
  told: Pick<UserNotice, "outcome" | "code" | "at">,
): User => ({
  ...user,
  sending: null,
  trying: null,
  activation: notice.kind === "activated" ? { kind: "past" } : user.activation,
  told: [...user.told, { ...notice, ...told, tries }].slice(-toldMax),
});

const onFailure = (user: User, sending: Trying, failure: CallFailure, now: EpochMs): User => {
  const { code } = failure;
  if (!isFinal(failure, sending.tries))
    return { ...user, sending: null, trying: triedAgain(sending, failure, now) };
  return toldAs(user, { ...sending, tries: sending.tries + 1 }, { outcome: "failed", code, at: now });
};

const onTimer = (user: User, wanted: Wanted, { now, self }: Moment): Result => {
  const next = nextOf(user, wanted);
  const { person } = user;
  if (next === null || next.tryAt > now || person === null || person.address === null) return stay(user);
  if (wanted.quietOrgs.has(orgOf(self)))
    return stay(toldAs(user, next, { outcome: "suppressed", code: null, at: now }));
  const sending = { ...next, tryAt: now };
  const order: Call = {
    kind: "sendNotice",
    number: now,
    notice: next.notice,
    sendBy: sendByOf(next.notice),
    address: person.address,
    language: person.language ?? user.locale,
    tenantId: person.tenantId,
    objectId: person.objectId,
    tries: next.tries,
  };
  return { state: { ...user, sending, trying: null }, effects: [call(order)] };
};

interface Moment {
  readonly now: EpochMs;
  readonly self: ActorId;
}

type Outcome = Extract<Input, { readonly number: EpochMs }>;

const onOutcome = (user: User, input: Outcome, now: EpochMs): User => {
  const { sending } = user;
  // The user was removed, or is another one by now.
  if (sending === null || sending.tryAt !== input.number) return user;
  const ended = (outcome: UserNotice["outcome"], code: ErrorCode | null): User =>
    toldAs(user, { ...sending, tries: sending.tries + 1 }, { outcome, code, at: now });
  switch (input.kind) {
    case "noticeSent":
      return { ...ended("sent", null), locale: input.locale ?? user.locale };
    case "noticeTooLate":
      return toldAs(user, sending, { outcome: "tooLate", code: sending.code, at: now });
    case "noticeRefused":
      return ended("failed", input.code);
    case "callFailed":
      return onFailure(user, sending, input.failure, now);
    default:
      return unreachable(input);
  }
};

const toldIn = (state: State): readonly UserNotice[] => (state.kind === "user" ? state.told : nobody.told);

/** What others may know of it: what was told, or that there is nothing any more. */
const published = (before: State, after: State, self: ActorId): readonly Effect<Input, Call>[] => {
  const [old, notices] = [toldIn(before), toldIn(after)];
  if (old === notices || (old.length === 0 && notices.length === 0)) return [];
  // A null value is a tombstone.
  if (notices.length === 0) return [{ kind: "emit", topic: userNotices.name, key: self, value: null }];
  return [emit(userNotices, self, { notices })];
};

const stepOf = (state: State, input: Input, wanted: Wanted, moment: Moment): Result => {
  switch (input.kind) {
    case "statusChanged": {
      const isTold = wanted.kinds.has("activated") && !wanted.quietOrgs.has(orgOf(moment.self));
      return stay(onStatus(state, input, isTold));
    }
    case "consentGiven":
      return stay(onConsent(state, input.consent));
    case "timerFired":
      return state.kind === "user" ? onTimer(state, wanted, moment) : stay(state);
    case "noticeSent":
    case "noticeTooLate":
    case "noticeRefused":
    case "callFailed":
      return stay(state.kind === "user" ? onOutcome(state, input, moment.now) : state);
    default:
      return unreachable(input);
  }
};

/** One user: what happened is told once, for as long as it is news. */
export const noticesMachine =
  (wanted: Wanted): Machine<State, Input, Call> =>
  (state, input, now, self): Result => {
    const after = stepOf(state, input, wanted, { now, self });
    return { state: after.state, effects: [...after.effects, ...published(state, after.state, self)] };
  };

/** When a user's next notice is due. */
export const timersOf =
  (wanted: Wanted) =>
  (state: State): readonly Timer[] => {
    const next = state.kind === "user" ? nextOf(state, wanted) : null;
    return next === null ? [] : [{ name: "notice", dueAt: next.tryAt }];
  };
