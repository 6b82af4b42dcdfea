import {
  type ActorId,
  type CallContext,
  type CallFailure,
  callDeadlineMsMax,
  type EpochMs,
  orgOf,
  plus,
} from "@hybrid/kernel";
import type { CallEnding, Outcome } from "./arrival.ts";
import { overdue, providerFailure, unexpected } from "./call-failure.ts";
import { callIdOf } from "./call-gate.ts";
import { FairQueue } from "./call-queue.ts";
import type { CallOrder } from "./effects.ts";
import { traceOf } from "./errors.ts";
import type { RawCall, ServiceFrame } from "./frame.ts";
import type { DeadlineTimer } from "./options.ts";
import { afterAtMost, type Clocks } from "./patience.ts";

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
  startedAt: EpochMs | undefined;
  /** Its handler's end, whether anybody still waits for it or not; never rejects. */
  handled: Promise<unknown> | undefined;
}

type Ending = CallEnding | { readonly kind: "cut" };

/**
 * Carries out the calls of one service: a bounded number at a time, organisations in turn, each with a hard
 * deadline. A call that is submitted again while it waits or runs (its partition was restored) is not
 * doubled: its outcome goes to the new owner.
 */
export class CallRunner {
  readonly #ports: CallPorts;
  readonly #tasks = new Map<string, Task>();
  readonly #queue = new FairQueue<Task>();
  /**
   * Aborted calls whose handler has not ended yet, by id. A call that only checks before it writes must not
   * run beside its own straggler: what is submitted anew waits here, and its last owner gets the outcome.
   */
  readonly #stragglers = new Map<string, { waiting: Task | undefined }>();
  #inFlight = 0;
  #recheck = false;
  #closed = false;

  constructor(ports: CallPorts) {
    this.#ports = ports;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** How time passes here, by the clock and for real. */
  get clocks(): Clocks {
    const { frame, deadlineTimer } = this.#ports;
    return { scheduler: frame.scheduler, deadlineTimer };
  }

  get queued(): number {
    return this.#queue.size;
  }

  /** Waiting calls cannot start although there is room: the heartbeat is stale. */
  get stale(): boolean {
    return this.#queue.size > 0 && this.#recheck;
  }

  submit(calls: readonly CallOrder[], owner: CallOwner): void {
    if (this.#closed) return;
    for (const call of calls) {
      if (this.adopt(call, owner)) continue;
      const callId = callIdOf(call);
      const task: Task = {
        callId,
        call,
        owner,
        abort: undefined,
        startedAt: undefined,
        handled: undefined,
      };
      this.#tasks.set(callId, task);
      const straggler = this.#stragglers.get(callId);
      if (straggler && this.#isUnsafe(call)) straggler.waiting = task;
      else this.#queue.push(orgOf(call.actor), task);
    }
    this.#pump();
  }

  /** Gives a call that waits or runs here to its partition's new owner; false when it does neither. */
  adopt(call: CallOrder, owner: CallOwner): boolean {
    const known = this.#tasks.get(callIdOf(call));
    if (known) known.owner = owner;
    return known !== undefined;
  }

  /** Forgets the waiting calls of an owner; running ones go on. */
  withdraw(owner: CallOwner): void {
    this.recall(owner, () => true);
  }

  /**
   * Takes back those of an owner's waiting calls that are `unwanted`; running ones go on. Calls that a later
   * owner of the same partition has submitted or adopted are not its own any more.
   */
  recall(owner: CallOwner, unwanted: (call: CallOrder) => boolean): readonly CallOrder[] {
    const isUnwanted = (task: Task): boolean => task.owner === owner && unwanted(task.call);
    const recalled = [...this.#queue.remove(isUnwanted)];
    for (const straggler of this.#stragglers.values()) {
      if (!straggler.waiting || !isUnwanted(straggler.waiting)) continue;
      recalled.push(straggler.waiting);
      straggler.waiting = undefined;
    }
    for (const { callId } of recalled) this.#tasks.delete(callId);
    return recalled.map(({ call }) => call);
  }

  /** Ends the running calls of an owner without an outcome: the partition's next owner repeats them. */
  abort(owner: CallOwner): void {
    for (const task of this.#tasks.values()) {
      if (!task.abort || task.owner !== owner) continue;
      // Forgotten at once: should the partition come back, the call is carried out anew.
      this.#tasks.delete(task.callId);
      task.owner = undefined;
      this.#watch(task);
      task.abort.abort(new Error("the partition is given up"));
    }
  }

  /** Waits for an aborted handler, at most until its hard deadline, before the same call may run again. */
  #watch({ callId, handled, startedAt }: Task): void {
    const { scheduler } = this.#ports.frame;
    const straggler = { waiting: undefined as Task | undefined };
    this.#stragglers.set(callId, straggler);
    const ended = (): void => {
      cancel();
      if (this.#stragglers.get(callId) !== straggler) return;
      this.#stragglers.delete(callId);
      if (!straggler.waiting) return;
      this.#queue.push(orgOf(straggler.waiting.call.actor), straggler.waiting);
      this.#pump();
    };
    const cancel = scheduler.at(plus(startedAt ?? scheduler.now(), callDeadlineMsMax), ended);
    void handled?.then(ended);
  }

  #isUnsafe({ order }: CallOrder): boolean {
    return this.#ports.frame.topology.calls[order.kind]?.repeat === "checkBeforeWrite";
  }

  /** How many of the owner's calls run. */
  inFlightOf(owner: CallOwner): number {
    let count = 0;
    for (const task of this.#tasks.values()) if (task.abort && task.owner === owner) count += 1;
    return count;
  }

  /** Starts nothing any more, whoever asks for it; forgets what waits, and aborts what runs. */
  close(): void {
    this.#closed = true;
    for (const straggler of this.#stragglers.values()) straggler.waiting = undefined;
    this.#queue.remove(() => true);
    const running = [...this.#tasks.values()].filter(({ abort }) => abort !== undefined);
    this.#tasks.clear();
    for (const task of running) {
      task.owner = undefined;
      task.abort?.abort(new Error("the service has stopped"));
    }
  }

  #pump(): void {
    const { limits } = this.#ports.frame;
    if (this.#closed) return;
    while (this.#queue.size > 0 && this.#inFlight < limits.callsInFlightMax) {
      if (this.#heartbeatIsStale()) return;
      const task = this.#queue.shift();
      if (!task) return;
      task.abort = new AbortController();
      task.startedAt = this.#ports.frame.scheduler.now();
      this.#inFlight += 1;
      void this.#carryOut(task, task.abort);
    }
  }

  /**
   * A process that may have lost its partitions without knowing must not start anything (DESIGN section 2).
   */
  #heartbeatIsStale(): boolean {
    const { frame, sessionTimeoutMs, deadlineTimer } = this.#ports;
    const last = this.#ports.lastHeartbeatAt();
    const now = frame.scheduler.now();
    // A heartbeat from the future says that the clock was set back, and so nothing about how old it is (I2).
    if (last !== null && now >= last && now - last <= sessionTimeoutMs / 2) return false;
    if (this.#recheck) return true;
    this.#recheck = true;
    afterAtMost({ scheduler: frame.scheduler, deadlineTimer }, heartbeatCheckMs, () => {
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
    if (ending.kind !== "cut") {
      const { actor, seq, index } = task.call;
      task.owner?.deliver({ actor, seq, index, ending });
    }
    this.#pump();
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
    const handled = this.#handled(task, { signal: abort.signal, deadlineAt });
    task.handled = handled;
    try {
      return await Promise.race([handled, cut]);
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
      if (bounds.signal.aborted) return { kind: "cut" };
      const handler = handlers[order.kind];
      if (!handler) throw new TypeError(`no handler for calls of kind ${order.kind}`);
      const outcome = await handler(order, context);
      await frame.observer?.at("afterCall", partition);
      return this.#measured(task, outcome);
    } catch (error) {
      // What an aborted handler says is nobody's outcome any more, and no news for a log.
      if (bounds.signal.aborted) return { kind: "cut" };
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
    const known = providerFailure(error, frame.scheduler.now());
    if (known) return known;
    frame.logger.error(
      { service: frame.service, callId: task.callId, call: task.call.order.kind, ...traceOf(error) },
      "a call failed with an error that its handler does not know",
    );
    return unexpected;
  }
}
