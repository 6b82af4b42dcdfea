import {
  type ActorId,
  type Cancel,
  callDeadlineMsMax,
  type EpochMs,
  type OrgId,
  orgOf,
  plus,
} from "@hybrid/kernel";
import type { CallOwner, CallRunner } from "./call-runner.ts";
import { type ControlState, holdOf } from "./control-state.ts";
import type { CallOrder } from "./effects.ts";
import type { ServiceFrame } from "./frame.ts";
import { afterAtMost } from "./patience.ts";

/** Why an ordered call is not started: operators say so, or its former owner may still make it. */
export type HoldReason = "paused" | "observed" | "takeover";

/** A call that is kept back. */
export interface HeldCall {
  readonly callId: string;
  readonly call: CallOrder;
  readonly reason: HoldReason;
  readonly heldAt: EpochMs;
}

/** What a gate works with. */
export interface GatePorts {
  readonly frame: ServiceFrame;
  readonly runner: CallRunner;
  readonly owner: CallOwner;
}

/**
 * Stands between a partition's orders and the runner. A call that must not start now stays pending: it is
 * part of its actor's state, so what is kept here is an index of it and is rebuilt by a restore.
 */
export class CallGate {
  readonly #ports: GatePorts;
  readonly #held = new Map<string, HeldCall>();
  #control: ControlState;
  #wait: { readonly until: EpochMs; readonly cancel: Cancel } | undefined;
  #takenOver = 0;

  constructor(ports: GatePorts, control: ControlState) {
    this.#ports = ports;
    this.#control = control;
  }

  /** All calls that are kept back. */
  get size(): number {
    return this.#held.size;
  }

  /** Those that operators keep back: nobody knows for how long. */
  get byOrder(): number {
    return this.#held.size - this.#takenOver;
  }

  /** When calls of the former owner have surely ended, while any waits for it. */
  get opensAt(): EpochMs | null {
    return this.#wait?.until ?? null;
  }

  /** Starts calls, or keeps them. */
  offer(calls: readonly CallOrder[]): void {
    this.#ports.runner.submit(
      calls.filter((call) => !this.#keep(call, false)),
      this.#ports.owner,
    );
  }

  /**
   * Starts the calls that a predecessor left without outcome. After a takeover (`sinceTakeover`) those not
   * marked safe first wait until the former owner's have passed their hard deadline (DESIGN section 2).
   */
  inherit(calls: readonly CallOrder[], sinceTakeover: boolean): void {
    const { runner, owner, frame } = this.#ports;
    const ready = calls.filter((call) => !runner.adopt(call, owner) && !this.#keep(call, sinceTakeover));
    runner.submit(ready, owner);
    if (this.#takenOver === 0) return;
    const until = plus(frame.scheduler.now(), callDeadlineMsMax);
    const cancel = afterAtMost(runner.clocks, callDeadlineMsMax, () => {
      this.#wait = undefined;
      this.#reconsider();
    });
    this.#wait = { until, cancel };
  }

  /** Operators have ordered something new: takes waiting calls back, or lets held ones go. */
  follow(control: ControlState): void {
    this.#control = control;
    const { runner, owner } = this.#ports;
    for (const call of runner.recall(owner, (waiting) => this.#holdOf(waiting) !== null))
      this.#keep(call, false);
    this.#reconsider();
  }

  /** Lets nothing go any more; everything held stays pending for whoever owns the partition next. */
  close(): void {
    this.#wait?.cancel();
    this.#wait = undefined;
    this.#held.clear();
    this.#takenOver = 0;
  }

  /** Calls of an organisation that observe mode keeps back, oldest first. */
  observed(org: OrgId): readonly HeldCall[] {
    return [...this.#held.values()].filter(
      ({ call, reason }) => reason === "observed" && orgOf(call.actor) === org,
    );
  }

  /** Whether the organisation is in observe mode. */
  observes(org: OrgId): boolean {
    return this.#control.observed.includes(org);
  }

  #holdOf({ actor, order }: CallOrder): "paused" | "observed" | null {
    const { calls } = this.#ports.frame.topology;
    return holdOf(this.#control, { org: orgOf(actor), order }, calls);
  }

  #keep(call: CallOrder, waits: boolean): boolean {
    const { topology, scheduler } = this.#ports.frame;
    const unsafe = waits && topology.calls[call.order.kind]?.repeat === "checkBeforeWrite";
    // The wait comes first: an operator who resumes calls must not cut it short.
    const reason = unsafe ? "takeover" : this.#holdOf(call);
    if (reason === null) return false;
    const callId = callIdOf(call);
    this.#held.set(callId, { callId, call, reason, heldAt: scheduler.now() });
    if (reason === "takeover") this.#takenOver += 1;
    return true;
  }

  #reconsider(): void {
    const candidates = [...this.#held.values()].filter(
      ({ reason }) => reason !== "takeover" || this.#wait === undefined,
    );
    const free: CallOrder[] = [];
    for (const { callId, call, reason, heldAt } of candidates) {
      const now = this.#holdOf(call);
      if (now === null) this.#held.delete(callId);
      else this.#held.set(callId, { callId, call, reason: now, heldAt });
      if (reason === "takeover") this.#takenOver -= 1;
      if (now === null) free.push(call);
    }
    this.#ports.runner.submit(free, this.#ports.owner);
  }
}

/** `actorId/seq/index`: the same for every repetition of the same order. */
export const callIdOf = ({ actor, seq, index }: { actor: ActorId; seq: number; index: number }): string =>
  `${actor}/${seq}/${index}`;
