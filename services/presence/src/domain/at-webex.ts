import { call, type EpochMs, later, plus, unreachable } from "@hybrid/kernel";
import type { Call, Moment, Order, UserInput } from "./inputs.ts";
import type { AtWebex, User } from "./state.ts";

/** Nothing is said, and nothing is known. */
export const rested: AtWebex = {
  said: null,
  askedAt: null,
  isLeftAlone: false,
  reason: null,
  inFlight: null,
  tryAt: null,
  failures: 0,
};

/** When something is to be said at Webex next; null: nothing is. */
export const webexDueAt = (user: User, { now, numbers }: Moment): EpochMs | null => {
  const { shown, personId, webex } = user;
  const { said, inFlight, isLeftAlone } = webex;
  if (inFlight !== null) return null;
  const soonest = webex.tryAt ?? now;
  if (shown === null) return said === null ? null : soonest;
  if (isLeftAlone || personId === null) return null;
  if (said === null) return soonest;
  if (shown.until !== null && said.until >= shown.until) return null;
  return later(soonest, plus(said.until, -numbers.ttlMs / 2));
};

/** The status lasts for its time, and never longer than the user is out. */
const lastsUntil = ({ shown }: User, { now, numbers }: Moment): EpochMs => {
  const whole = plus(now, numbers.ttlMs);
  const until = shown?.until ?? null;
  return until !== null && until < whole ? until : whole;
};

const orderOf = (
  user: User,
  number: number,
  moment: Moment,
): Extract<Call, { kind: `${string}AtWebex` }> | null => {
  const { shown, personId, webex } = user;
  const { said } = webex;
  if (shown === null)
    return (
      said && {
        kind: "clearAtWebex",
        number,
        personId: said.personId,
        saidUntil: said.until,
        previous: said.previous,
      }
    );
  return (
    (personId && {
      kind: "showAtWebex",
      number,
      personId,
      until: lastsUntil(user, moment),
      askedAt: webex.askedAt ?? moment.now,
      saidUntil: said?.until ?? null,
    }) ||
    null
  );
};

/** What could not be cleared until its time was over is gone by itself. */
const forgotten = (user: User, now: EpochMs): User => {
  const { shown, webex } = user;
  const isGone = shown === null && webex.said !== null && webex.failures > 0 && now >= webex.said.until;
  return isGone && webex.inFlight === null ? { ...user, webex: rested } : user;
};

/** Says at Webex what is due, one call at a time. */
export const sayAtWebex = (
  given: User,
  moment: Moment,
): { readonly user: User; readonly orders: readonly Order[] } => {
  const user = forgotten(given, moment.now);
  const dueAt = webexDueAt(user, moment);
  const order = dueAt === null || dueAt > moment.now ? null : orderOf(user, user.calls + 1, moment);
  if (order === null) return { user, orders: [] };
  const askedAt = order.kind === "showAtWebex" ? order.askedAt : user.webex.askedAt;
  const inFlight = { number: order.number, kind: order.kind, personId: order.personId };
  return {
    user: { ...user, calls: order.number, webex: { ...user.webex, askedAt, inFlight, tryAt: null } },
    orders: [call(order)],
  };
};

type Outcome = Extract<
  UserInput,
  { kind: "webexShown" | "webexLeftAlone" | "webexCleared" | "tokenMissing" | "callFailed" }
>;

const failed = (
  webex: AtWebex,
  failure: Extract<Outcome, { kind: "callFailed" }>["failure"],
  { now, numbers }: Moment,
): AtWebex => {
  const pause = Math.min(numbers.webexRetryMsMax, numbers.webexRetryMs * 2 ** Math.min(webex.failures, 10));
  const soon = plus(now, pause);
  const tryAt = failure.retryAt === null ? soon : later(soon, failure.retryAt);
  return { ...webex, failures: webex.failures + 1, reason: failure.code, tryAt };
};

/** What a call to Webex ended with; the outcome of another call is stale. */
export const onWebexOutcome = (user: User, input: Outcome, moment: Moment): User => {
  const { inFlight } = user.webex;
  if (inFlight === null || inFlight.number !== input.number) return user;
  const webex: AtWebex = { ...user.webex, inFlight: null };
  switch (input.kind) {
    case "webexShown": {
      const { personId } = inFlight;
      const previous = webex.said?.previous ?? input.previous;
      const said = { personId, until: input.until, previous };
      return { ...user, webex: { ...webex, said, reason: null, failures: 0 } };
    }
    case "webexLeftAlone":
      return { ...user, webex: { ...rested, isLeftAlone: user.shown !== null, reason: "ownStatus" } };
    case "webexCleared":
      return { ...user, webex: rested };
    case "tokenMissing":
      return {
        ...user,
        webex: { ...webex, reason: "noToken", tryAt: plus(moment.now, moment.numbers.tokenRetryMs) },
      };
    case "callFailed":
      return { ...user, webex: failed(webex, input.failure, moment) };
    default:
      return unreachable(input);
  }
};
