import type { Dice } from "../dice.ts";
import { GraphFault } from "./graph-fault.ts";

/** Which requests go wrong, at which rate; every rate is 0 to 1 and 0 when left out. */
export interface FaultRates {
  /** Share of Graph requests of a method that answer 500, 503 or 504. */
  readonly errors?: Readonly<Partial<Record<"GET" | "POST" | "PATCH" | "DELETE", number>>>;
  /** Share of those errors on writes that hide a write which did happen. */
  readonly appliedThoughFailed?: number;
  /** Share of Graph requests whose connection is cut instead of an answer. */
  readonly resets?: number;
  /** Real time added to a request at most, milliseconds. */
  readonly latencyMs?: number;
  /** Share of delta rounds that repeat one item which did not change. */
  readonly deltaReplays?: number;
  /** Share of changes whose notifications never leave. */
  readonly lostNotifications?: number;
}

/** What is to go wrong with one request. */
export interface PlannedFault {
  readonly latencyMs: number;
  readonly reset: boolean;
  /** Answer with this instead. */
  readonly error: GraphFault | null;
  /** Whether the request is carried out all the same before the error is answered. */
  readonly applied: boolean;
}

const serverErrors = [
  ["InternalServerError", 500, "An internal error occurred while the request was processed."],
  ["ServiceUnavailable", 503, "The service is temporarily unavailable."],
  ["GatewayTimeout", 504, "The service did not answer the gateway in time."],
] as const;

/** Plans faults from the rates in force; the same request number at the same target meets the same fate. */
export class FaultPlan {
  readonly #dice: Dice;
  readonly #latencyMs: readonly [number, number];
  readonly #requestsByTarget = new Map<string, number>();
  rates: FaultRates;

  constructor(dice: Dice, rates: FaultRates, latencyMs: readonly [number, number] = [0, 0]) {
    this.#dice = dice;
    this.#latencyMs = latencyMs;
    this.rates = rates;
  }

  /** The fate of the next request of `method` to `target` (tenant and mailbox, or tenant). */
  plan(method: string, target: string): PlannedFault {
    const seq = (this.#requestsByTarget.get(target) ?? 0) + 1;
    this.#requestsByTarget.set(target, seq);
    const rates = this.rates;
    const errorRate = (rates.errors as Readonly<Record<string, number>> | undefined)?.[method] ?? 0;
    const failing = errorRate > 0 && this.#dice.draw("error", target, seq) < errorRate;
    const which = Math.floor(this.#dice.draw("which error", target, seq) * serverErrors.length);
    const [code, status, message] = serverErrors[which] ?? serverErrors[0];
    return {
      latencyMs: this.#latency(target, seq),
      reset: (rates.resets ?? 0) > 0 && this.#dice.draw("reset", target, seq) < (rates.resets ?? 0),
      error: failing ? new GraphFault(status, code, message) : null,
      applied: this.#dice.draw("applied", target, seq) < (rates.appliedThoughFailed ?? 0),
    };
  }

  #latency(target: string, seq: number): number {
    const [shortest, longest] = this.#latencyMs;
    const drawn = longest + (this.rates.latencyMs ?? 0) - shortest;
    return drawn === 0 ? shortest : shortest + this.#dice.draw("latency", target, seq) * drawn;
  }

  /** Whether the notifications of one change are lost. */
  losesNotification(change: string): boolean {
    const rate = this.rates.lostNotifications ?? 0;
    return rate > 0 && this.#dice.draw("lost notification", change) < rate;
  }

  /** Whether a delta round repeats an item. */
  replaysDelta(round: string): boolean {
    const rate = this.rates.deltaReplays ?? 0;
    return rate > 0 && this.#dice.draw("delta replay", round) < rate;
  }
}
