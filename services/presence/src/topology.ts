import {
  calendarChanges,
  mailboxLooks,
  presence,
  type UserStatus,
  userDirectory,
  userStatus,
} from "@hybrid/contracts";
import { actorIdOf, from, type Topology } from "@hybrid/kernel";
import { type Erased, erasable } from "@hybrid/service";
import type { Call, Input } from "#domain/inputs";
import { type Options, presenceMachine, timersOf } from "#domain/machine";
import { designNumbers, type Numbers } from "#domain/numbers";
import { initial, type State } from "#domain/state";

/** An Error that may pass leaves everything as it was; a mailbox that nobody may read is left. */
const inputOf = ({ to, reason, tenantId, objectId }: UserStatus): Input | undefined => {
  if (to === "active") return { kind: "mailboxChanged", mailbox: { tenantId, objectId } };
  if (to === "error" && reason !== "consentRevoked") return undefined;
  return { kind: "mailboxChanged", mailbox: null };
};

/** What it stores looked the same before users could be erased. */
const asItWas = (old: unknown): unknown => old;

const plainTopology = (numbers: Numbers, options: Options): Topology<State, Input, Call> => ({
  service: "presence",
  machine: presenceMachine(numbers, options),
  initial,
  stateVersion: 2,
  upgrades: { 1: asItWas },
  sources: [
    from(userStatus, (status, { key }) => {
      const input = inputOf(status);
      return input && { to: actorIdOf(key), input };
    }),
    from(userDirectory, ({ removed, webex }, { key }) => ({
      to: actorIdOf(key),
      input: { kind: "personChanged", personId: webex?.personId ?? null, removed },
    })),
    from(calendarChanges, (_change, { key }) =>
      // Without the option there is nothing to do, and nothing to write down.
      options.eventsCountFor.has(key.split("/", 1)[0] ?? "")
        ? { to: actorIdOf(key), input: { kind: "calendarChanged" } }
        : undefined,
    ),
    from(mailboxLooks, (_look, { key }) => ({ to: actorIdOf(key), input: { kind: "looked" } })),
  ],
  // user-status and user-directory hold addresses, sealed for their users; nothing of them is kept here.
  sealed: ["user"],
  calls: {
    readReplies: { repeat: "mayRepeat", because: "It only reads.", writes: false },
    readEvents: { repeat: "mayRepeat", because: "It only reads.", writes: false },
    showAtWebex: {
      repeat: "checkBeforeWrite",
      because:
        "It looks at what is shown first; what was said by the same order is known by its time and its end.",
    },
    clearAtWebex: {
      repeat: "checkBeforeWrite",
      because: "It looks at what is shown first, and ends nothing but what the service has said.",
    },
  },
  emits: [presence],
  timers: timersOf,
  timerFired: () => ({ kind: "timerFired" }),
  callFailed: (order, failure) =>
    order.kind === "readReplies"
      ? { kind: "readingFailed", number: order.number, failure }
      : { kind: "callFailed", call: order.kind, number: order.number, failure },
});

/** An erased user leaves the roster, and what was said at Webex is taken back. */
const removal = ({ kind }: State): Input | null =>
  kind === "user" ? { kind: "personChanged", personId: null, removed: true } : null;

/** The service on one screen: users, and in every partition of a tenant a roster with its groups. */
export const presenceTopology = (
  numbers: Numbers = designNumbers,
  options: Options = { eventsCountFor: new Set() },
): Topology<State, Input | Erased, Call> =>
  erasable(plainTopology(numbers, options), { topics: [presence], parting: removal });
