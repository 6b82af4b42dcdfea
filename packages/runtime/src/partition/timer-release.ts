import { type ActorId, type Cancel, type EpochMs, instant, type Scheduler } from "@hybrid/kernel";
import type { RuntimeLimits } from "../options.ts";
import type { ActorStore } from "../store/actor-store.ts";
import type { DueIndex } from "../store/due-index.ts";
import { TokenBucket } from "./token-bucket.ts";

/** What timers are released with. */
export interface ReleaseParts {
  readonly due: DueIndex;
  readonly store: ActorStore;
  readonly scheduler: Scheduler;
  readonly limits: Pick<RuntimeLimits, "timersPerBatchMax" | "timersPerSecondMax">;
  /** Called when a timer is due, or when the rate allows one that is overdue. */
  readonly wake: () => void;
}

/**
 * Releases actors whose timers are due at a bounded rate, so that a crowd of overdue ones comes in order, and
 * organisation by organisation in turn, so that one's crowd does not hold back another's.
 */
export class TimerRelease {
  readonly #parts: ReleaseParts;
  readonly #tokens: TokenBucket;
  #appointment: { readonly at: EpochMs; readonly cancel: Cancel } | undefined;
  #left = 0;

  constructor(parts: ReleaseParts) {
    this.#parts = parts;
    const { timersPerSecondMax, timersPerBatchMax } = parts.limits;
    this.#tokens = new TokenBucket(
      { perSecond: timersPerSecondMax, burst: timersPerBatchMax },
      parts.scheduler.now(),
    );
  }

  /** When it calls `wake`, or null. */
  get wakesAt(): EpochMs | null {
    return this.#appointment?.at ?? null;
  }

  /** Whether {@link next} would release one by `now`. */
  isReady(now: EpochMs): boolean {
    const dueAt = this.#parts.due.nextAt();
    return dueAt !== undefined && dueAt <= now && this.#tokens.available(this.#parts.scheduler.now()) > 0;
  }

  /** Begins a batch at the partition's time `now`: what it may release is counted from here. */
  begin(now: EpochMs): void {
    const { due, scheduler, limits } = this.#parts;
    due.gather(now);
    this.#left = Math.min(this.#tokens.available(scheduler.now()), limits.timersPerBatchMax);
  }

  /** Takes out the next actor whose timers are due by `now`; it has to be given its next time afterwards. */
  next(now: EpochMs): ActorId | undefined {
    if (this.#left === 0) return undefined;
    const { due, store } = this.#parts;
    const slot = due.pop(now);
    if (slot === undefined) return undefined;
    this.#left -= 1;
    this.#tokens.take(1);
    return store.idAt(slot);
  }

  /** Sees to it that `wake` is called in time; `now` is the partition's time. */
  makeAppointment(now: EpochMs): void {
    const { due, scheduler, wake } = this.#parts;
    const dueAt = due.nextAt();
    if (dueAt === undefined) {
      this.cancel();
      return;
    }
    const at = dueAt > now ? instant(dueAt) : this.#tokens.nextAt(scheduler.now());
    if (this.#appointment?.at === at) return;
    this.cancel();
    const cancel = scheduler.at(at, () => {
      this.#appointment = undefined;
      wake();
    });
    this.#appointment = { at, cancel };
  }

  cancel(): void {
    this.#appointment?.cancel();
    this.#appointment = undefined;
  }
}
