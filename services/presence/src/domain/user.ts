import { type EpochMs, localTenantActor, orgOf, plus, type Step, tell, unreachable } from "@hybrid/kernel";
import { onWebexOutcome, rested } from "./at-webex.ts";
import type { Call, Input, Moment, Order, UserInput } from "./inputs.ts";
import { eventsMax } from "./numbers.ts";
import { settle } from "./settle.ts";
import type { Mailbox, State, User } from "./state.ts";
import type { Replies } from "./windows.ts";

const rosterOf = ({ self }: Moment, { tenantId }: Mailbox) => localTenantActor(orgOf(self), tenantId);

interface Changed {
  readonly user: User;
  readonly orders?: readonly Order[];
}

const leaving = (user: User, moment: Moment): readonly Order[] =>
  user.mailbox === null || user.group === null
    ? []
    : [
        tell<Input>(rosterOf(moment, user.mailbox), {
          kind: "userLeft",
          user: moment.self,
          group: user.group,
        }),
      ];

const mailboxChanged = (user: User, mailbox: Mailbox | null, moment: Moment): Changed => {
  if (JSON.stringify(user.mailbox) === JSON.stringify(mailbox)) return { user };
  const joining =
    mailbox === null
      ? []
      : [
          tell<Input>(rosterOf(moment, mailbox), {
            kind: "userJoined",
            user: moment.self,
            objectId: mailbox.objectId,
          }),
        ];
  const readAt = mailbox === null || !moment.countsEvents ? null : moment.now;
  return {
    user: {
      ...user,
      mailbox,
      group: null,
      replies: { kind: "off" },
      events: { windows: [], readAt, inFlight: null },
    },
    orders: [...leaving(user, moment), ...joining],
  };
};

/** Of another person at Webex nothing is known; what was said of the one before ends by itself. */
const personChanged = (user: User, personId: string | null): User => {
  const isOther = personId !== null && user.personId !== null && personId !== user.personId;
  return { ...user, personId, webex: isOther ? rested : user.webex };
};

const repliesChanged = (user: User, replies: Replies, { now }: Moment): User => ({
  ...user,
  replies,
  alwaysFrom: replies.kind === "always" && user.replies.kind !== "always" ? now : user.alwaysFrom,
});

const readingWanted = (user: User, moment: Moment): readonly Order[] =>
  user.mailbox === null || user.group === null
    ? []
    : [tell<Input>(rosterOf(moment, user.mailbox), { kind: "readingWanted", group: user.group })];

const readEventsBy = (user: User, at: EpochMs): User => {
  const { readAt } = user.events;
  return { ...user, events: { ...user.events, readAt: readAt !== null && readAt < at ? readAt : at } };
};

/** Somebody who notes an absence in the calendar often sets automatic replies in the same minute. */
const onEventsRead = (
  user: User,
  { number, windows }: Extract<UserInput, { kind: "eventsRead" }>,
  moment: Moment,
): Changed => {
  if (user.events.inFlight !== number) return { user };
  const kept = windows.slice(0, eventsMax);
  const isNews = JSON.stringify(kept) !== JSON.stringify(user.events.windows);
  const again = plus(moment.now, moment.numbers.eventsEveryMs);
  const looked = { ...user, events: { ...user.events, windows: kept, inFlight: null } };
  return { user: readEventsBy(looked, again), orders: isNews ? readingWanted(user, moment) : [] };
};

const onFailed = (user: User, input: Extract<UserInput, { kind: "callFailed" }>, moment: Moment): User => {
  if (input.call !== "readEvents") return onWebexOutcome(user, input, moment);
  if (user.events.inFlight !== input.number) return user;
  const { retryAt } = input.failure;
  const soon = plus(moment.now, moment.numbers.webexRetryMsMax);
  const rested = { ...user, events: { ...user.events, inFlight: null } };
  return readEventsBy(rested, retryAt !== null && retryAt > soon ? retryAt : soon);
};

const changed = (user: User, input: UserInput | { readonly kind: "timerFired" }, moment: Moment): Changed => {
  switch (input.kind) {
    case "mailboxChanged":
      return mailboxChanged(user, input.mailbox, moment);
    case "personChanged":
      return input.removed
        ? mailboxChanged({ ...user, personId: null }, null, moment)
        : { user: personChanged(user, input.personId) };
    case "placed":
      return { user: { ...user, group: input.group } };
    case "repliesChanged":
      return { user: repliesChanged(user, input.replies, moment) };
    case "repliesUnreadable":
      return { user: user.replies.kind === "always" ? { ...user, replies: { kind: "off" } } : user };
    case "calendarChanged":
      if (!moment.countsEvents || user.mailbox === null) return { user };
      return { user: readEventsBy(user, plus(moment.now, moment.numbers.eventsWaitMs)) };
    case "looked":
      return { user, orders: readingWanted(user, moment) };
    case "eventsRead":
      return onEventsRead(user, input, moment);
    case "callFailed":
      return { user: onFailed(user, input, moment) };
    case "timerFired":
      return { user };
    case "webexShown":
    case "webexLeftAlone":
    case "webexCleared":
    case "tokenMissing":
      return { user: onWebexOutcome(user, input, moment) };
    default:
      return unreachable(input);
  }
};

/** What every input does to a user. */
export const stepUser = (
  before: User,
  input: UserInput | { readonly kind: "timerFired" },
  moment: Moment,
): Step<State, Input, Call> => {
  const { user, orders } = changed(before, input, moment);
  return settle(before, user, moment, orders);
};
