import {
  type CallContext,
  type Handlers,
  type OrgId,
  ProviderError,
  plus,
  type Random,
  type Scheduler,
} from "@hybrid/kernel";
import type { BankCall, BankInput } from "./bank/topology.ts";

/** How the world outside behaves. */
export interface WorldManners {
  /** How long a call takes at most, in milliseconds; 0 answers at once. */
  readonly slowMsMax: number;
  /** Share of calls that fail, 0 to 1. */
  readonly failures: number;
  /** An organisation whose calls all take this long. */
  readonly slow?: { readonly org: OrgId; readonly ms: number };
}

const throttled = (random: Random): ProviderError =>
  new ProviderError("the simulated world is busy", {
    code: "throttled",
    retryable: true,
    status: 429,
    ...(random() < 0.5 ? { retryAfterMs: 60_000 } : {}),
  });

/** Resolves when `ms` milliseconds have passed; at once for none. */
export const passing = (scheduler: Scheduler, ms: number): Promise<void> =>
  ms === 0
    ? Promise.resolve()
    : new Promise((resolve) => {
        scheduler.at(plus(scheduler.now(), ms), () => resolve());
      });

/** The world that calls go to: slow and unreliable as its manners say. */
export class OutsideWorld {
  readonly #random: Random;
  readonly #scheduler: Scheduler;
  readonly #asked = new Map<string, number>();
  manners: WorldManners = { slowMsMax: 0, failures: 0 };

  constructor(scheduler: Scheduler, random: Random) {
    this.#scheduler = scheduler;
    this.#random = random;
  }

  /** How often each call was made, by call id. */
  get asked(): ReadonlyMap<string, number> {
    return this.#asked;
  }

  /** Handlers of the bank's calls. */
  handlers(): Handlers<BankCall, BankInput> {
    const answer = ({ id }: BankCall, { callId }: CallContext) => this.#answer(id, callId);
    return { pay: answer, audit: answer };
  }

  async #answer(id: string, callId: string): Promise<BankInput> {
    const { slowMsMax, failures, slow } = this.manners;
    this.#asked.set(callId, (this.#asked.get(callId) ?? 0) + 1);
    const fails = this.#random() < failures;
    const ms = slow && callId.startsWith(`${slow.org}/`) ? slow.ms : Math.floor(this.#random() * slowMsMax);
    await passing(this.#scheduler, ms);
    if (fails) throw throttled(this.#random);
    return { kind: "done", id };
  }
}
