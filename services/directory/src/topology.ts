import {
  adminCommands,
  adminOutcomes,
  consentSignals,
  erasureOrders,
  meetingRuleOrders,
  meetingRules,
  peopleFindings,
  peopleSync,
  sourceOfKey,
  syncOrders,
  tenantStatus,
  userDirectory,
  userErasures,
} from "@hybrid/contracts";
import {
  type ActorId,
  actorIdOf,
  type CallSpec,
  DecodeError,
  entityOf,
  from,
  type Topology,
} from "@hybrid/kernel";
import { organisationOf, sealTopology } from "@hybrid/sealing";
import type { Call, Input } from "#domain/inputs";
import { directoryMachine } from "#domain/machine";
import { initial, type State } from "#domain/state";
import { withoutFormerUsers } from "#domain/state-upgrades";
import { syncTimers } from "#domain/sync";
import { readCommand, readErasureOrder } from "./adapters/read-command.ts";
import { readRuleOrder } from "./adapters/read-rule-order.ts";
import { directoryTexts } from "./whose-texts.ts";

/** A signal to anybody but a tenant would be taken for one about nobody; it is refused instead. */
const tenantOf = (key: string): ActorId => {
  const to = actorIdOf(key);
  if (entityOf(to).startsWith("t-")) return to;
  throw new DecodeError(`consent-signals: a signal belongs to <org>/t-..., not to "${key}"`);
};

const sourceOf = (key: string) => {
  const source = sourceOfKey(key);
  if (source) return source;
  throw new DecodeError(`sync-orders: an order belongs to <org>/o/sync-..., not to "${key}"`);
};

const reads = (because: string): CallSpec => ({ repeat: "mayRepeat", because, writes: false });

/** What it stores looked the same without anything sealed in it, without rules for meetings and erasures. */
const asItWas = (old: unknown): unknown => old;

/**
 * The service on one screen. All of an organisation's directory lies below `<org>/o`: users, Entra objects,
 * mail addresses, people and workspaces at Webex, domains and sources tell each other within one commit.
 */
const plainTopology: Topology<State, Input, Call> = {
  service: "directory",
  machine: directoryMachine,
  initial,
  stateVersion: 5,
  upgrades: { 1: withoutFormerUsers, 2: asItWas, 3: asItWas, 4: asItWas },
  sources: [
    from(adminCommands, (value, { key }) => readCommand(value, key)),
    from(consentSignals, ({ generation }, { key }) => ({
      to: tenantOf(key),
      input: { kind: "consentLost", generation },
    })),
    from(erasureOrders, (value, { key }) => readErasureOrder(value, key)),
    from(meetingRuleOrders, (value, { key }) => readRuleOrder(value, key)),
    from(syncOrders, ({ full, go }, { key }) => ({
      to: actorIdOf(key),
      input: { kind: "syncOrdered", source: sourceOf(key), full, go },
    })),
  ],
  calls: {
    readGraphUsers: reads("It only reads; a page that is read twice holds the same or newer facts."),
    readDomains: reads("It only reads, and the answer is taken as a whole."),
    readWebexPeople: reads("It only reads; a page that is read twice holds the same or newer facts."),
    readWorkspaces: reads("It only reads; a page that is read twice holds the same or newer facts."),
    listActors: reads("It only reads the ids of this partition's own actors."),
  },
  emits: [userDirectory, userErasures, tenantStatus, adminOutcomes, peopleFindings, peopleSync, meetingRules],
  timers: (state) => (state.kind === "sync" ? syncTimers(state) : []),
  timerFired: () => ({ kind: "syncDue" }),
  callFailed: (order, failure) => ({ kind: "callFailed", order, failure }),
};

/** The same with addresses sealed, wherever they stand. */
export const directoryTopology: Topology<State, Input, Call> = sealTopology(
  plainTopology,
  directoryTexts,
  ["user"],
  // What is told of a user is written by actors of the organisation, wherever the user's partition is.
  { writerOf: organisationOf },
);
