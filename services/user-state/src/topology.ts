import {
  connectorAssignments,
  consentSignals,
  mailboxSignals,
  resyncRequests,
  subscriptionLifecycle,
  tenantStatus,
  userConsents,
  userDirectory,
  userStatus,
} from "@hybrid/contracts";
import { actorIdOf, type EpochMs, from, seconds, type Topology } from "@hybrid/kernel";
import { ownUser, sealTopology } from "@hybrid/sealing";
import { type Erased, erasable } from "@hybrid/service";
import { timersOf } from "#domain/due";
import type { Call, Input } from "#domain/inputs";
import { userMachine } from "#domain/machine";
import { designNumbers, type Numbers } from "#domain/numbers";
import { initial, type State } from "#domain/state";
import { withoutConnector } from "#domain/state-upgrades";

/** What it stores looked the same without anything sealed in it, and before users could be erased. */
const asItWas = (old: unknown): unknown => old;

/** What the service orders, and why each may be repeated. */
const calls: Topology<State, Input, Call>["calls"] = {
  createSubscription: {
    repeat: "mayRepeat",
    because:
      "Graph refuses a mailbox's second subscription with 409; the existing one is renewed and returned. " +
      "A second one that it does grant only sends duplicates, is never renewed and ends with its lifetime.",
  },
  renewSubscription: {
    repeat: "mayRepeat",
    because: "A renewal sets the expiry to now plus a lifetime; a second one sets it a little later.",
  },
  deleteSubscription: {
    repeat: "mayRepeat",
    because: "What is deleted already answers 404, which is what was wanted.",
  },
  probeMailbox: { repeat: "mayRepeat", because: "It only reads.", writes: false },
  listActors: {
    repeat: "mayRepeat",
    because: "It only reads the ids that this process holds.",
    deadlineMs: seconds(5),
    writes: false,
  },
};

/**
 * The service on one screen: users and, in every partition, one actor per tenant that tells them decisions.
 */
const plainTopology = (numbers: Numbers): Topology<State, Input, Call> => ({
  service: "user-state",
  machine: userMachine(numbers),
  initial,
  stateVersion: 5,
  upgrades: { 1: asItWas, 2: withoutConnector, 3: asItWas, 4: asItWas },
  sources: [
    from(userDirectory, (entry, { key }) => ({
      to: actorIdOf(key),
      input: { kind: "directoryChanged", entry },
    })),
    from(tenantStatus, (status, { key, partition }) => ({
      to: actorIdOf(`${key}#${partition}`),
      input: { kind: "tenantStatusChanged", status },
    })),
    from(subscriptionLifecycle, ({ subscriptionId, lifecycleEvent }, { key }) => ({
      to: actorIdOf(key),
      input: { kind: "lifecycleReceived", subscriptionId, lifecycleEvent },
    })),
    from(mailboxSignals, ({ location }, { key }) => ({
      to: actorIdOf(key),
      input: { kind: "mailboxLocated", location },
    })),
    from(userConsents, ({ expiresAt }, { key }) => ({
      to: actorIdOf(key),
      input: { kind: "consentGiven", expiresAt: expiresAt as EpochMs },
    })),
    from(connectorAssignments, ({ stage }, { key }) => ({
      to: actorIdOf(key),
      input: { kind: "connectorAssigned", assigned: stage === "reserved" || stage === "serving" },
    })),
  ],
  calls,
  emits: [userStatus, resyncRequests, consentSignals],
  timers: (state) => timersOf(state, numbers.deletionTriesBeforeReplacing),
  timerFired: ({ name }) => ({ kind: "timerFired", name }),
  callFailed: (order, failure) =>
    order.kind === "listActors"
      ? { kind: "listingFailed", generation: order.generation, after: order.after }
      : { kind: "callFailed", call: order.kind, number: order.number, failure },
});

/** An erased user is parted with as a removed one. */
const removal = (state: State): Input | null =>
  state.kind === "user"
    ? {
        kind: "directoryChanged",
        entry: { ...state.entry, removed: true, wanted: false, obstacles: [], webex: null },
      }
    : null;

/** The same with addresses sealed, wherever they stand. */
export const userStateTopology = (numbers: Numbers = designNumbers): Topology<State, Input | Erased, Call> =>
  erasable(sealTopology(plainTopology(numbers), { mailAddress: ownUser }), {
    topics: [userStatus],
    parting: removal,
  });
