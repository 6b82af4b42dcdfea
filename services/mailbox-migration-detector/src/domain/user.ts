import { type Step, unreachable } from "@hybrid/kernel";
import { asked, handOver, onChosen, onRefused, reservedAgain } from "./handover.ts";
import type { Call, Input, Moment, Order, UserInput } from "./inputs.ts";
import { isPinned, isWanted, look, looksAgain, observed, planned } from "./place.ts";
import { type Entry, initial, newUser, type State, type User } from "./state.ts";

interface Changed {
  readonly user: User;
  readonly orders?: readonly Order[];
}

const sameConnector = (a: Entry, b: Entry): boolean =>
  JSON.stringify(a.connector) === JSON.stringify(b.connector);

const onDirectory = (
  user: User,
  { entry, removed }: Extract<UserInput, { kind: "directoryChanged" }>,
  moment: Moment,
): Changed => {
  const known = user.entry;
  if (removed) {
    const { cloud, assignment, move, calls } = user;
    return { user: { ...newUser, cloud, assignment, move, calls } };
  }
  if (known !== null && entry.version <= known.version) return { user };
  const isOther = known !== null && (known.tenantId !== entry.tenantId || known.objectId !== entry.objectId);
  const isSwitchedOn = known !== null && !known.enabled && entry.enabled;
  const isAsked =
    known !== null && entry.enabled && (entry.attemptGeneration > known.attemptGeneration || isSwitchedOn);
  const fresh: User = isOther
    ? { ...newUser, calls: user.calls, assignment: user.assignment, move: user.move, entry }
    : { ...user, entry };
  const isMoved = known !== null && !isOther && !sameConnector(known, entry);
  const isAssigned = user.assignment.stage === "reserved" || user.assignment.stage === "serving";
  const forced: User = {
    ...fresh,
    isForced: fresh.isForced || isAsked,
    inFlight: isOther ? null : fresh.inFlight,
  };
  const isFirst = known === null && !isAsked;
  const replans = known === null || isOther || isAsked || isMoved || !entry.enabled;
  return {
    // A takeover keeps its own moment; only the daily look is spread once more.
    user: replans ? planned(forced, moment, isFirst && fresh.place === "cloud") : forced,
    orders: isMoved && isAssigned && isWanted(entry) && isPinned(entry) ? [asked(forced, moment)] : [],
  };
};

/** What the cloud says of itself also says where the mailbox is: it has looked twice, or it serves. */
const onCloud = (
  user: User,
  { to, reason }: Extract<UserInput, { kind: "cloudChanged" }>,
  moment: Moment,
): User => {
  const cloud = { to, reason };
  const told: User = { ...user, cloud };
  const isAssigned = user.assignment.stage === "reserved" || user.assignment.stage === "serving";
  const place =
    to === "active" ? "cloud" : to === "error" && reason === "mailboxMissing" ? "onPremises" : null;
  if (place !== null && place !== user.place && !isAssigned)
    return planned({ ...told, place, doubt: null }, moment, true);
  const wasRevoked = user.cloud?.reason === "consentRevoked";
  return wasRevoked || (reason === "consentRevoked" && user.probeAt !== null) ? planned(told, moment) : told;
};

/**
 * With every look: a user without a place, or whose cluster may be gone, asks once more; and the cloud is
 * asked again to let go, because it may have known nothing of the user when it was first told.
 */
const askedAgain = (user: User, moment: Moment): readonly Order[] => {
  const { stage } = user.assignment;
  if (stage === "none" || stage === "asked") return [];
  return [asked(user, moment), ...reservedAgain(user, moment)];
};

const changed = (user: User, input: UserInput | { readonly kind: "timerFired" }, moment: Moment): Changed => {
  switch (input.kind) {
    case "directoryChanged":
      return onDirectory(user, input, moment);
    case "cloudChanged":
      return { user: onCloud(user, input, moment) };
    case "forced":
      return { user: isWanted(user.entry) ? planned({ ...user, isForced: true }, moment) : user };
    case "clusterChosen":
      return onChosen(user, input, moment);
    case "clusterRefused":
      return onRefused(user, input.reason, moment);
    case "mailboxAnswered":
      if (user.inFlight !== input.number) return { user };
      return { user: observed(user, "cloud", moment), orders: [] };
    case "probeFailed":
      if (user.inFlight !== input.number) return { user };
      return input.failure.code === "mailboxMissing"
        ? { user: observed(user, "onPremises", moment) }
        : { user: looksAgain(user, input.failure.retryAt, moment) };
    case "timerFired":
      return { user, orders: askedAgain(user, moment) };
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
  const { user, orders = [] } = changed(before, input, moment);
  const handed = handOver(before, user, moment);
  const looked = look(handed.user, moment);
  const { entry, assignment, cloud } = looked.user;
  const isGone = entry === null && assignment.stage === "none" && (cloud === null || cloud.to === "removed");
  return {
    state: isGone ? initial : looked.user,
    effects: [...orders, ...handed.orders, ...looked.orders],
  };
};
