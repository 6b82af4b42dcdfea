import { tenantStatus, webexEvents } from "@hybrid/contracts";
import { actorIdOf, from, orgOf, type Topology } from "@hybrid/kernel";
import { keeperMachine } from "#domain/machine";
import { type Call, type Input, initial, type State } from "#domain/state";

/** The service on one screen: one actor per organisation. */
export const keeperTopology: Topology<State, Input, Call> = {
  service: "webhook-keeper",
  machine: keeperMachine,
  initial,
  stateVersion: 1,
  upgrades: {},
  sources: [
    from(tenantStatus, ({ tenantId, status }, { key }) => ({
      // Every partition has a copy; the one that owns the organisation takes it.
      to: actorIdOf(`${orgOf(actorIdOf(key))}/o`),
      input: { kind: "tenantDecided", tenantId, isActive: status === "active" },
    })),
  ],
  calls: {
    keepWebhooks: {
      repeat: "checkBeforeWrite",
      because:
        "It looks at what is there before it writes; a second one that was made is removed by the next look.",
    },
    readMissed: { repeat: "mayRepeat", because: "It only reads.", writes: false },
  },
  emits: [webexEvents],
  timers: ({ lookAt }) => (lookAt === null ? [] : [{ name: "look", dueAt: lookAt }]),
  timerFired: () => ({ kind: "lookDue" }),
  callFailed: (order, failure) =>
    order.kind === "keepWebhooks"
      ? { kind: "lookFailed", look: order.look, failure }
      : { kind: "readingFailed", failure },
};
