import { type Machine, type Step, stay, unreachable } from "@hybrid/kernel";
import {
  onAppeared,
  onConnectorAssigned,
  onConsentGiven,
  onDirectoryChanged,
  onLifecycle,
  onMailboxLocated,
  onTenantDecided,
} from "./decisions.ts";
import type { Moment } from "./failure.ts";
import type { Call, Input } from "./inputs.ts";
import type { Numbers } from "./numbers.ts";
import { type Change, onCreated, onDeleted, onFailure, onMailboxAnswered, onRenewed } from "./outcomes.ts";
import { settle } from "./settle.ts";
import type { InFlight, State, User } from "./state.ts";
import { initial } from "./state.ts";
import { publish, publishRemoved } from "./status.ts";
import { onStatusChanged, stepTenant } from "./tenant-walk.ts";

/** The call under way, when the outcome is its own and not a late or repeated one. */
const own = <Kind extends InFlight["kind"]>(user: User, kind: Kind, number: number) => {
  const { inFlight } = user;
  if (inFlight === null || inFlight.kind !== kind || inFlight.number !== number) return null;
  return inFlight as Extract<InFlight, { readonly kind: Kind }>;
};

const changeOf = (user: User, input: Input, moment: Moment): Change | null => {
  switch (input.kind) {
    case "directoryChanged":
      return onDirectoryChanged(user, input.entry, moment);
    case "tenantDecided":
      return onTenantDecided(user, input, moment);
    case "lifecycleReceived":
      return onLifecycle(user, input, moment);
    case "mailboxLocated":
      return onMailboxLocated(user, input.location, moment);
    case "consentGiven":
      return onConsentGiven(user, input.expiresAt, moment);
    case "connectorAssigned":
      return onConnectorAssigned(user, input.assigned, moment);
    case "timerFired":
      return { user, cause: "retryDue" };
    case "subscriptionCreated": {
      const call = own(user, "createSubscription", input.number);
      return call && onCreated(user, call, input, moment);
    }
    case "subscriptionRenewed": {
      const call = own(user, "renewSubscription", input.number);
      return call && onRenewed(user, call, input.expiresAt, moment);
    }
    case "subscriptionDeleted": {
      const call = own(user, "deleteSubscription", input.number);
      return call && onDeleted(user, call);
    }
    case "mailboxAnswered":
      return own(user, "probeMailbox", input.number) && onMailboxAnswered(user, moment.now);
    case "callFailed": {
      const call = own(user, input.call, input.number);
      return call && onFailure(user, call, input.failure, moment);
    }
    case "tenantStatusChanged":
    case "userJoined":
    case "actorsListed":
    case "listingFailed":
      return null;
    default:
      return unreachable(input);
  }
};

/** Settles what changed, publishes the transition, and ends the actor when nothing is left of the user. */
const conclude = (before: User | null, change: Change, moment: Moment): Step<State, Input, Call> => {
  const settled = settle(change.user, moment.now, moment.numbers);
  const transition = { self: moment.self, cause: settled.cause ?? change.cause, now: moment.now };
  if (settled.ended) {
    const last = publishRemoved(before ?? settled.user, settled.user, { ...transition, cause: "removed" });
    return { state: initial, effects: [last, ...(change.orders ?? [])] };
  }
  const { user, orders } = publish(before, settled.user, transition);
  return { state: user, effects: [...orders, ...(change.orders ?? []), ...settled.orders] };
};

const stepUnknown = (input: Input, moment: Moment): Step<State, Input, Call> => {
  if (input.kind === "directoryChanged" && !input.entry.removed)
    return conclude(null, onAppeared(input.entry, moment), moment);
  if (input.kind === "tenantStatusChanged")
    return onStatusChanged(null, input.status, moment.numbers) ?? stay(initial);
  return stay(initial);
};

/**
 * The behaviour of a user and of a partition's tenant actor: the table of docs/USER-STATES.md. Inputs change
 * facts; what is to be done and when follows from the facts alone (`settle.ts`, `due.ts`), so no timer is
 * ever forgotten.
 */
export const userMachine =
  (numbers: Numbers): Machine<State, Input, Call> =>
  (state, input, now, self) => {
    const moment = { now, self, numbers };
    switch (state.kind) {
      case "unknown":
        return stepUnknown(input, moment);
      case "tenant":
        return stepTenant(state, input, moment);
      case "user": {
        const change = changeOf(state, input, moment);
        return change === null ? stay(state) : conclude(state, change, moment);
      }
      default:
        return unreachable(state);
    }
  };
