import { adminCommands, consentSignals, tenantStatus, userDirectory } from "@hybrid/contracts";
import {
  type ActorId,
  actorIdOf,
  DecodeError,
  entityOf,
  from,
  type Topology,
  unreachable,
} from "@hybrid/kernel";
import { directoryMachine } from "#domain/machine";
import { type Call, type Input, initial, type State } from "#domain/state";
import { readCommand } from "./adapters/read-command.ts";

/** A signal to anybody but a tenant would be taken for one about nobody; it is refused instead. */
const tenantOf = (key: string): ActorId => {
  const to = actorIdOf(key);
  if (entityOf(to).startsWith("t-")) return to;
  throw new DecodeError(`consent-signals: a signal belongs to <org>/t-..., not to "${key}"`);
};

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
      to: tenantOf(key),
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
