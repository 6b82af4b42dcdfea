import { actorIdOf, from, type Machine, type Topology } from "@hybrid/kernel";
import { hashed } from "./hash.ts";
import { bankNotices, bankStatements } from "./topics.ts";

/** What reaches an auditor: what accounts say, as the bank's commits have written it. */
export type AuditorInput = { readonly said: string };

/** The auditor of one account. `trail` is a hash of all that it heard, in order. */
export interface Auditor {
  readonly heard: number;
  readonly trail: number;
}

const machine: Machine<Auditor, AuditorInput, never> = ({ heard, trail }, { said }) => ({
  state: { heard: heard + 1, trail: hashed(trail, said) },
  effects: [],
});

const noticeReader = actorIdOf("acme/t-notices#");

/**
 * A second service behind the bank: its sources are topics that the bank writes in its commits and that fall
 * silent when the bank has nothing to do.
 */
export const auditorTopology: Topology<Auditor, AuditorInput, never> = {
  service: "auditor",
  machine,
  initial: { heard: 0, trail: 0 },
  stateVersion: 1,
  upgrades: {},
  sources: [
    from(bankStatements, ({ value }, { key }) => ({ to: actorIdOf(key), input: { said: value } })),
    from(bankNotices, ({ value }) => ({ to: noticeReader, input: { said: value } })),
  ],
  calls: {},
  emits: [],
  timers: () => [],
  timerFired: ({ name }) => ({ said: name }),
  callFailed: () => ({ said: "" }),
};
