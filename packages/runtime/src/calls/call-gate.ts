import {
  type ActorId,
  type Cancel,
  callDeadlineMsMax,
  type EpochMs,
  instant,
  type OrgId,
  orgOf,
  plus,
} from "@hybrid/kernel";
import { type CallOrder, callIdOf, type ObservedCall } from "../call.ts";
import type { ServiceFrame } from "../frame.ts";
import { afterInFull } from "../patience.ts";
import { type ControlState, holdOf } from "../store/control-state.ts";
import { CallLines, type ListedCall } from "./call-lines.ts";
import type { CallOwner, CallRunner } from "./call-runner.ts";

/** An organisation's calls that observe mode keeps back in one partition. */
export interface ObservedCalls {
  /** How many, by kind. */
  readonly calls: ReadonlyMap<string, number>;
  /** The latest of them, oldest first. */
  readonly latest: readonly ObservedCall[];
}

/** The actors whose calls a gate keeps. */
export interface CallSource {
  /** The call as its actor's record has it; undefined when it is not pending any more. */
  find(listed: Pick<ListedCall, "slot" | "seq" | "index">): CallOrder | undefined;
  slotOf(actor: ActorId): number | undefined;
  idAt(slot: number): ActorId | undefined;
}

/** What a gate works with. */
export interface GatePorts {
  readonly frame: ServiceFrame;
  readonly runner: CallRunner;
  readonly owner: CallOwner;
  readonly source: CallSource;
}

/**
 * Stands between a partition's orders and the runner. A call that is not started is part of its actor's
 * state: what is kept here is an index, from which the runner asks for an organisation's next call when its
 * turn has come. Calls that must not start now, because operators say so or because their former owner may
 * still make them, are kept apart.
 */
export class CallGate {
  readonly #ports: GatePorts;
  readonly #waiting = new CallLines();
  /** Operators keep them back: nobody knows for how long. */
  readonly #held = new CallLines();
  readonly #takenOver = new CallLines();
  /** Organisations whose calls have come to wait since the runner was told. */
  readonly #untold = new Set<OrgId>();
  #control: ControlState;
  #wait: { readonly until: EpochMs; readonly cancel: Cancel } | undefined;

  constructor(ports: GatePorts, control: ControlState) {
    this.#ports = ports;
    this.#control = control;
  }

  /** All calls that are kept back. */
  get size(): number {
    return this.#held.size + this.#takenOver.size;
  }

  /** Calls that wait for their turn. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Bytes of memory that the index takes. */
  get bytes(): number {
    return this.#waiting.heldBytes + this.#held.heldBytes + this.#takenOver.heldBytes;
  }

  /** When calls of the former owner have surely ended, while any waits for it. */
  get opensAt(): EpochMs | null {
    return this.#wait?.until ?? null;
  }

  /** Lets calls start when their turn comes, or keeps them. */
  offer(calls: readonly CallOrder[]): void {
    const { source, frame } = this.#ports;
    const since = frame.scheduler.now();
    for (const { actor, seq, index, order } of calls) {
      const slot = source.slotOf(actor);
      if (slot === undefined) throw new TypeError(`${actor} has ordered a call and has no record`);
      this.#list(orgOf(actor), { slot, seq, index, kind: frame.callKinds.numberOf(order.kind), since });
    }
    this.#tell();
  }

  /** The organisation's next call that may start now. */
  next(org: OrgId): CallOrder | undefined {
    for (;;) {
      const listed = this.#waiting.shift(org);
      if (!listed) return undefined;
      const call = this.#ports.source.find(listed);
      if (call) return call;
    }
  }

  /**
   * Starts the calls that a predecessor left without outcome. After a takeover (`sinceTakeover`) those not
   * marked safe first wait until the former owner's have passed their hard deadline.
   */
  inherit(calls: CallLines, sinceTakeover: boolean): void {
    const { runner, owner, source, frame } = this.#ports;
    const running = runner.adopt(owner, ({ actor, seq, index }) => {
      const slot = source.slotOf(actor);
      return slot !== undefined && source.find({ slot, seq, index }) !== undefined;
    });
    calls.takeOut(
      () => true,
      (org, call) => {
        if (running.size > 0 && running.has(this.#idOf(call))) return;
        // The wait comes first: an operator who resumes calls must not cut it short.
        if (sinceTakeover && this.#isUnsafe(call)) this.#takenOver.push(org, call);
        else this.#list(org, call);
      },
    );
    this.#tell();
    if (this.#takenOver.size === 0) return;
    const until = plus(frame.scheduler.now(), callDeadlineMsMax);
    const cancel = afterInFull(runner.clocks, callDeadlineMsMax, () => {
      this.#wait = undefined;
      this.#release(this.#takenOver, () => true);
    });
    this.#wait = { until, cancel };
  }

  /** Operators have ordered something new: takes waiting calls back, or lets held ones go. */
  follow(control: ControlState): void {
    this.#control = control;
    const { runner, owner, frame } = this.#ports;
    const since = frame.scheduler.now();
    this.#waiting.takeOut(
      (org, { kind }) => this.#holdOf(org, kind) !== null,
      (org, call) => this.#held.push(org, { ...call, since }),
    );
    const { callKinds } = frame;
    this.offer(
      runner.recall(
        owner,
        ({ actor, order }) => this.#holdOf(orgOf(actor), callKinds.numberOf(order.kind)) !== null,
      ),
    );
    this.#release(this.#held, (org, { kind }) => this.#holdOf(org, kind) === null);
  }

  /** Lets nothing go any more; everything stays pending for the partition's next owner. */
  close(): void {
    this.#wait?.cancel();
    this.#wait = undefined;
    for (const lines of [this.#waiting, this.#held, this.#takenOver, this.#untold]) lines.clear();
  }

  /** Calls of an organisation that observe mode keeps back; names the latest `latestMax` of them. */
  observed(org: OrgId, latestMax: number): ObservedCalls {
    const { callKinds } = this.#ports.frame;
    const calls = new Map<string, number>();
    const latest: ListedCall[] = [];
    for (const call of this.#held.of(org)) {
      if (this.#holdOf(org, call.kind) !== "observed") continue;
      const kind = callKinds.nameOf(call.kind);
      calls.set(kind, (calls.get(kind) ?? 0) + 1);
      latest.push(call);
      if (latest.length >= 2 * latestMax) latest.splice(0, latestMax);
    }
    return {
      calls,
      latest: latest.slice(-latestMax).map((call) => ({
        callId: this.#idOf(call),
        kind: callKinds.nameOf(call.kind),
        heldAt: instant(call.since),
      })),
    };
  }

  /** Whether the organisation is in observe mode. */
  observes(org: OrgId): boolean {
    return this.#control.observed.includes(org);
  }

  #idOf({ slot, seq, index }: ListedCall): string {
    const actor = this.#ports.source.idAt(slot);
    return actor === undefined ? "" : callIdOf({ actor, seq, index });
  }

  #isUnsafe({ kind }: ListedCall): boolean {
    const { topology, callKinds } = this.#ports.frame;
    return topology.calls[callKinds.nameOf(kind)]?.repeat === "checkBeforeWrite";
  }

  #holdOf(org: OrgId, kind: number): "paused" | "observed" | null {
    const { pauses, observed } = this.#control;
    if (pauses.length === 0 && observed.length === 0) return null;
    const { topology, callKinds } = this.#ports.frame;
    return holdOf(this.#control, { org, kind: callKinds.nameOf(kind) }, topology.calls);
  }

  #list(org: OrgId, call: ListedCall): void {
    if (this.#holdOf(org, call.kind) !== null) {
      this.#held.push(org, call);
      return;
    }
    this.#waiting.push(org, call);
    this.#untold.add(org);
  }

  #release(lines: CallLines, wanted: (org: OrgId, call: ListedCall) => boolean): void {
    lines.takeOut(wanted, (org, call) => this.#list(org, call));
    this.#tell();
  }

  /** Tells the runner whose calls wait. */
  #tell(): void {
    const { runner, owner } = this.#ports;
    if (this.#untold.size === 0) return;
    const orgs = [...this.#untold];
    this.#untold.clear();
    runner.offer(orgs, owner);
  }
}
