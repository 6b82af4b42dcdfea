import {
  connectorAssignments,
  connectorLoad,
  mailboxMigrations,
  mailboxSignals,
  migrationBatches,
  migrationCommands,
  userDirectory,
  userStatus,
} from "@hybrid/contracts";
import { actorIdOf, from, type Topology } from "@hybrid/kernel";
import { type Erased, erasable } from "@hybrid/service";
import type { Call, Input } from "#domain/inputs";
import { detectorMachine, timersOf } from "#domain/machine";
import { designNumbers } from "#domain/numbers";
import { initial, type State } from "#domain/state";
import { withPresentClusters } from "#domain/state-upgrades";
import { readCommand } from "./adapters/read-command.ts";

/** What it stores looked the same before users could be erased. */
const asItWas = (old: unknown): unknown => old;

const plainTopology: Topology<State, Input, Call> = {
  service: "mailbox-migration-detector",
  machine: detectorMachine(designNumbers),
  initial,
  stateVersion: 3,
  upgrades: { 1: withPresentClusters, 2: asItWas },
  // Both topics of users hold addresses, sealed for their users; nothing of them is kept here.
  sealed: ["user"],
  sources: [
    from(
      userDirectory,
      ({ version, removed, enabled, attemptGeneration, tenantId, objectId, connector }, { key }) => ({
        to: actorIdOf(key),
        // The address is none of this service's business, and stays where it is sealed.
        input: {
          kind: "directoryChanged",
          entry: { version, enabled, attemptGeneration, tenantId, objectId, connector },
          removed,
        },
      }),
    ),
    from(userStatus, ({ to, reason }, { key }) => ({
      to: actorIdOf(key),
      input: { kind: "cloudChanged", to, reason },
    })),
    from(migrationCommands, (value, { key }) => readCommand(value, actorIdOf(key))),
  ],
  calls: {
    probeMailbox: { repeat: "mayRepeat", because: "It only reads.", writes: false },
  },
  emits: [mailboxSignals, connectorAssignments, mailboxMigrations, connectorLoad, migrationBatches],
  timers: (state) => timersOf(state, designNumbers),
  timerFired: () => ({ kind: "timerFired" }),
  callFailed: ({ number }, failure) => ({ kind: "probeFailed", number, failure }),
};

/** The cluster of an erased user is told that the user leaves. */
const removal = (state: State): Input | null =>
  state.kind === "user" && state.entry !== null
    ? { kind: "directoryChanged", entry: state.entry, removed: true }
    : null;

/** The service on one screen: users whose mailboxes may move, and organisations with their clusters. */
export const detectorTopology: Topology<State, Input | Erased, Call> = erasable(plainTopology, {
  topics: [connectorAssignments, mailboxMigrations],
  parting: removal,
});
