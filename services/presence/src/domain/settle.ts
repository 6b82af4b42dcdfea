import { type Presence, presence } from "@hybrid/contracts";
import { call, type EpochMs, emit, plus, type Step } from "@hybrid/kernel";
import { sayAtWebex, webexDueAt } from "./at-webex.ts";
import type { Call, Input, Moment, Order } from "./inputs.ts";
import { initial, type Shown, type State, type User } from "./state.ts";
import { edgeAfter, stretchAt, windowsOf } from "./windows.ts";

const windowsOfUser = (user: User) => windowsOf(user.replies, user.alwaysFrom, user.events.windows);

const refreshAt = ({ until, expiresAt }: Shown, { numbers }: Moment): EpochMs | null =>
  until !== null && expiresAt >= until ? null : plus(expiresAt, -numbers.ttlMs / 2);

/** What is to be shown now. A stretch that grows, or gets another reason, is the same episode. */
const shownNow = (user: User, moment: Moment): Shown | null => {
  const { now, numbers } = moment;
  const stretch = user.mailbox === null ? null : stretchAt(windowsOfUser(user), now);
  if (stretch === null) return null;
  const { until, source } = stretch;
  const whole = plus(now, numbers.ttlMs);
  const expiresAt = until !== null && until < whole ? until : whole;
  const { shown } = user;
  if (shown === null) return { since: stretch.from, until, source, expiresAt };
  const dueAt = refreshAt(shown, moment);
  const isChanged = shown.until !== until || shown.source !== source;
  if (!isChanged && (dueAt === null || dueAt > now)) return shown;
  return { since: shown.since, until, source, expiresAt };
};

const reasonOf = ({ webex, personId }: User): string | null =>
  personId === null ? "noPerson" : webex.reason;

/** What was said and could not be refreshed ends by itself. */
const isAtWebex = ({ webex }: User, at: EpochMs): boolean => webex.said !== null && webex.said.until > at;

const recordOf = (user: User, at: EpochMs): Presence => {
  const { shown, episode } = user;
  if (shown === null)
    return {
      status: "none",
      episode,
      since: null,
      until: null,
      source: null,
      expiresAt: null,
      atWebex: false,
      webexReason: null,
      at,
    };
  const atWebex = isAtWebex(user, at);
  return {
    status: "outOfOffice",
    episode,
    ...shown,
    atWebex,
    webexReason: atWebex ? null : reasonOf(user),
    at,
  };
};

const saysTheSame = (a: Presence, b: Presence): boolean =>
  JSON.stringify({ ...a, at: 0 }) === JSON.stringify({ ...b, at: 0 });

/** Orders the look at the calendar that is due. */
const readEvents = (
  user: User,
  { now, numbers }: Moment,
): { readonly user: User; readonly orders: readonly Order[] } => {
  const { mailbox, events } = user;
  if (mailbox === null || events.inFlight !== null || events.readAt === null || events.readAt > now)
    return { user, orders: [] };
  const number = user.calls + 1;
  const until = plus(now, numbers.eventsAheadMs);
  return {
    user: { ...user, calls: number, events: { ...events, inFlight: number, readAt: null } },
    orders: [call({ kind: "readEvents", number, mailbox, from: now, until })],
  };
};

const nextAtOf = (user: User, moment: Moment): EpochMs | null => {
  const moments = [
    user.mailbox === null ? null : edgeAfter(windowsOfUser(user), moment.now),
    user.shown === null ? null : refreshAt(user.shown, moment),
    webexDueAt(user, moment),
    user.mailbox === null || user.events.inFlight !== null ? null : user.events.readAt,
  ];
  return moments.reduce((next, at) => (next === null || (at !== null && at < next) ? at : next), null);
};

/** Nobody of the directory, nothing shown, nothing under way. */
const isGone = ({ mailbox, personId, shown, webex, events }: User): boolean =>
  mailbox === null &&
  personId === null &&
  shown === null &&
  webex.said === null &&
  webex.inFlight === null &&
  events.inFlight === null;

/**
 * Brings what is shown in line with what is known: sets once when the user goes, clears once when the user is
 * back, refreshes in time, and says the same at Webex. `before` is the user as the last step left it.
 */
export const settle = (
  before: User,
  given: User,
  moment: Moment,
  orders: readonly Order[] = [],
): Step<State, Input, Call> => {
  const { now, self } = moment;
  const shown = shownNow(given, moment);
  const begins = shown !== null && given.shown === null;
  const ends = shown === null && given.shown !== null;
  const { webex } = given;
  const user: User = {
    ...given,
    shown,
    episode: begins ? given.episode + 1 : given.episode,
    // Another episode is another question to the person's own status.
    webex: begins || ends ? { ...webex, isLeftAlone: false, reason: null, tryAt: null, failures: 0 } : webex,
  };
  const said = sayAtWebex(user, moment);
  const looked = readEvents(said.user, moment);
  const [was, is] = [recordOf(before, now), recordOf(looked.user, now)];
  const told = saysTheSame(was, is) ? [] : [emit(presence, self, is)];
  const after = { ...looked.user, nextAt: nextAtOf(looked.user, moment) };
  return {
    state: isGone(after) ? initial : after,
    effects: [...orders, ...told, ...said.orders, ...looked.orders],
  };
};
