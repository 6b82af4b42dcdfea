import { adminCommands, consentSignals, tenantStatus, userDirectory } from "@hybrid/contracts";
import { actorIdOf, from, type Topology, unreachable } from "@hybrid/kernel";
import { directoryMachine } from "#domain/machine";
import { type Call, type Input, initial, type State } from "#domain/state";
import { readCommand } from "./adapters/read-command.ts";

/** The service on one screen: one actor per user, one per tenant; it calls nobody and sets no timers. */
export const directoryTopology: Topology<State, Input, Call> = {
  service: "directory",
  machine: directoryMachine,
  initial,
  stateVersion: 1,
  upgrades: {},
  sources: [
    from(adminCommands, (value, { key }) => readCommand(value, key)),
    from(consentSignals, ({ generation }, { key }) => ({
      to: actorIdOf(key),
      input: { kind: "consentLost", generation },
    })),
  ],
  calls: {},
  emits: [userDirectory, tenantStatus],
  timers: () => [],
  timerFired: ({ name }) => {
    throw new TypeError(`the directory sets no timer, but "${name}" fired`);
  },
  callFailed: (order) => unreachable(order),
};

/** The service as the composition root runs it. */
export const directoryService: {
  readonly topology: Topology<State, Input, Call>;
  readonly handlers: Readonly<Record<string, never>>;
} = { topology: directoryTopology, handlers: {} };
