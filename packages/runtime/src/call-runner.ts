import {
  type ActorId,
  type CallContext,
  type CallFailure,
  callDeadlineMsMax,
  type EpochMs,
  orgOf,
  ProviderError,
  plus,
} from "@hybrid/kernel";
import type { Outcome } from "./batch.ts";
import { FairQueue } from "./call-queue.ts";
import type { CallOrder } from "./effects.ts";
import { traceOf } from "./errors.ts";
import type { RawCall, ServiceFrame } from "./frame.ts";
import type { DeadlineTimer } from "./options.ts";

/** A handler as the runner calls it. */
export type RawHandler = (order: RawCall, context: CallContext) => Promise<unknown>;

/** The partition that ordered a call and gets its outcome. */
export interface CallOwner {
  readonly partition: number;
  deliver(outcome: Outcome): void;
  actors(prefix: string, after: string | null, limit: number): readonly ActorId[];
}

/** What the runner works with. */
export interface CallPorts {
  readonly frame: ServiceFrame;
  readonly handlers: Readonly<Record<string, RawHandler>>;
  readonly deadlineTimer: DeadlineTimer;
  readonly sessionTimeoutMs: number;
  /** When the group last confirmed that this process belongs to it; null before it has joined. */
  lastHeartbeatAt(): EpochMs | null;
}

/** Outcomes hold facts; whatever is larger holds content. */
const outcomeBytesMax = 64 * 1024;

/** How soon a stale heartbeat is looked at again, in milliseconds. */
const heartbeatCheckMs = 1_000;

interface Task {
  readonly callId: string;
  readonly call: CallOrder;
  owner: CallOwner | undefined;
  /** Since it runs. */
  abort: AbortController | undefined;
}

type Ending =
  | { readonly kind: "ok"; readonly json: string }
  | { readonly kind: "failed"; readonly failure: CallFailure }
  | { readonly kind: "cut" };

/**
 * Carries out the calls of one service: a bounded number at a time, organisations in turn, each with a hard
 * deadline. A call that is submitted again while it waits or runs (its partition was restored) is not
 * doubled: its outcome goes to the new owner.
 */
export class CallRunner {
  readonly #ports: CallPorts;
  readonly #tasks = new Map<string, Task>();
  readonly #queue = new FairQueue<Task>();
  #inFlight = 0;
  #recheck = false;

  constructor(ports: CallPorts) {
    this.#ports = ports;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  get queued(): number {
    return this.#queue.size;
  }

  /** Waiting calls cannot start although there is room: the heartbeat is stale. */
  get held(): boolean {
    return this.#queue.size > 0 && this.#recheck;
  }

  submit(calls: readonly CallOrder[], owner: CallOwner): void {
    for (const call of calls) {
      const callId = `${call.actor}/${call.seq}/${call.index}`;
      const known = this.#tasks.get(callId);
      if (known) {
        known.owner = owner;
        continue;
      }
      const task: Task = { callId, call, owner, abort: undefined };
      this.#tasks.set(callId, task);
      this.#queue.push(orgOf(call.actor), task);
    }
    this.#pump();
  }

  /** Forgets the waiting calls of a partition; running ones go on. */
  withdraw(partition: number): void {
    for (const task of this.#queue.remove((each) => each.owner?.partition === partition))
      this.#tasks.delete(task.callId);
  }

  /** Ends the running calls of a partition without an outcome: whoever owns it next repeats them. */
  abort(partition: number): void {
    for (const task of this.#tasks.values()) {
      if (!task.abort || task.owner?.partition !== partition) continue;
      // Forgotten at once: should the partition come back, the call is carried out anew.
      this.#tasks.delete(task.callId);
      task.owner = undefined;
      task.abort.abort(new Error("the partition is given up"));
    }
  }

  inFlightOf(partition: number): number {
    let count = 0;
    for (const task of this.#tasks.values())
      if (task.abort && task.owner?.partition === partition) count += 1;
    return count;
  }

  #pump(): void {
    const { limits } = this.#ports.frame;
    while (this.#queue.size > 0 && this.#inFlight < limits.callsInFlightMax) {
      if (this.#heartbeatIsStale()) return;
      const task = this.#queue.shift();
      if (!task) return;
      task.abort = new AbortController();
      this.#inFlight += 1;
      void this.#carryOut(task, task.abort);
    }
  }

  /**
   * A process that may have lost its partitions without knowing must not start anything (DESIGN section 2).
   */
  #heartbeatIsStale(): boolean {
    const { frame, sessionTimeoutMs } = this.#ports;
    const last = this.#ports.lastHeartbeatAt();
    const now = frame.scheduler.now();
    if (last !== null && now - last <= sessionTimeoutMs / 2) return false;
    if (this.#recheck) return true;
    this.#recheck = true;
    frame.scheduler.at(plus(now, heartbeatCheckMs), () => {
      this.#recheck = false;
      this.#pump();
    });
    return true;
  }

  async #carryOut(task: Task, abort: AbortController): Promise<void> {
    const { frame } = this.#ports;
    const { kind } = task.call.order;
    const startedAt = performance.now();
    const ending = await this.#ended(task, abort);
    const result = ending.kind === "failed" ? ending.failure.code : ending.kind;
    frame.metrics.calls.inc({ service: frame.service, kind, result });
    frame.metrics.callSeconds.observe(
      { service: frame.service, kind },
      (performance.now() - startedAt) / 1_000,
    );
    this.#inFlight -= 1;
    if (this.#tasks.get(task.callId) === task) this.#tasks.delete(task.callId);
    if (ending.kind !== "cut") task.owner?.deliver(this.#outcomeOf(task, ending));
    this.#pump();
  }

  #outcomeOf({ call }: Task, ending: Exclude<Ending, { kind: "cut" }>): Outcome {
    const { topology } = this.#ports.frame;
    return {
      actor: call.actor,
      seq: call.seq,
      index: call.index,
      input: (order) =>
        ending.kind === "ok"
          ? (JSON.parse(ending.json) as unknown)
          : topology.callFailed(order, ending.failure),
    };
  }

  /** Whatever comes first: the handler's end, the deadline, or the partition's. Never rejects. */
  async #ended(task: Task, abort: AbortController): Promise<Ending> {
    const { frame, deadlineTimer } = this.#ports;
    const deadlineMs = frame.topology.calls[task.call.order.kind]?.deadlineMs ?? callDeadlineMsMax;
    const deadlineAt = plus(frame.scheduler.now(), deadlineMs);
    const late = new Error(`no end within ${deadlineMs} ms`);
    const { promise: cut, resolve } = Promise.withResolvers<Ending>();
    abort.signal.addEventListener("abort", () =>
      resolve(abort.signal.reason === late ? { kind: "failed", failure: overdue } : { kind: "cut" }),
    );
    // The scheduler's clock may stand still while a call hangs for real; whichever deadline passes first ends
    // it.
    const expire = (): void => abort.abort(late);
    const cancels = [frame.scheduler.at(deadlineAt, expire), deadlineTimer(deadlineMs, expire)];
    try {
      return await Promise.race([this.#handled(task, { signal: abort.signal, deadlineAt }), cut]);
    } finally {
      for (const cancel of cancels) cancel();
    }
  }

  async #handled(task: Task, bounds: Pick<CallContext, "signal" | "deadlineAt">): Promise<Ending> {
    const { frame, handlers } = this.#ports;
    const { order, actor } = task.call;
    const partition = task.owner?.partition ?? -1;
    const context: CallContext = {
      callId: task.callId,
      actor,
      ...bounds,
      actors: (prefix, after, limit) => task.owner?.actors(prefix, after, limit) ?? [],
    };
    try {
      await frame.observer?.at("beforeCall", partition);
      const handler = handlers[order.kind];
      if (!handler) throw new TypeError(`no handler for calls of kind ${order.kind}`);
      const outcome = await handler(order, context);
      await frame.observer?.at("afterCall", partition);
      return this.#measured(task, outcome);
    } catch (error) {
      return { kind: "failed", failure: this.#failureOf(task, error) };
    }
  }

  #measured(task: Task, outcome: unknown): Ending {
    const json = JSON.stringify(outcome) as string | undefined;
    const bytes = json === undefined ? 0 : Buffer.byteLength(json);
    if (json !== undefined && bytes <= outcomeBytesMax) return { kind: "ok", json };
    const { frame } = this.#ports;
    frame.logger.error(
      {
        service: frame.service,
        callId: task.callId,
        call: task.call.order.kind,
        bytes,
        bytesMax: outcomeBytesMax,
      },
      "the outcome of a call is nothing, or more than facts: the handler must return a small JSON input",
    );
    return { kind: "failed", failure: unexpected };
  }

  #failureOf(task: Task, error: unknown): CallFailure {
    const { frame } = this.#ports;
    if (error instanceof ProviderError) {
      const { code, retryable, retryAfterMs, status } = error;
      const retryAt =
        retryAfterMs === undefined ? null : plus(frame.scheduler.now(), Math.ceil(retryAfterMs));
      return { code, retryable, retryAt, status: status ?? null };
    }
    frame.logger.error(
      { service: frame.service, callId: task.callId, call: task.call.order.kind, ...traceOf(error) },
      "a call failed with an error that its handler does not know",
    );
    return unexpected;
  }
}

const overdue: CallFailure = { code: "deadlineExceeded", retryable: true, retryAt: null, status: null };
const unexpected: CallFailure = { code: "unexpected", retryable: true, retryAt: null, status: null };
