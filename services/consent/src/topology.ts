import { userConsents } from "@hybrid/contracts";
import { stay, type Topology } from "@hybrid/kernel";
import { type Erased, erasable } from "@hybrid/service";

interface State {
  readonly kind: "none";
}

const initial: State = { kind: "none" };

/**
 * Users whose consents are kept. Visits write these down themselves; the actors have nothing but to remove
 * that of a user who is erased.
 */
export const consentTopology: Topology<State, Erased, never> = erasable<State, Erased, never>(
  {
    service: "consent",
    machine: (state) => stay(state),
    initial,
    stateVersion: 1,
    upgrades: {},
    sources: [],
    sealed: ["user"],
    calls: {},
    emits: [userConsents],
    timers: () => [],
    timerFired: ({ name }) => {
      throw new TypeError(`consent sets no timer, but "${name}" fired`);
    },
    callFailed: () => {
      throw new TypeError("consent makes no call, but one failed");
    },
  },
  { topics: [userConsents] },
);
