import {
  type ActorId,
  type CallContext,
  type CallFailure,
  callDeadlineMsMax,
  type EpochMs,
  type OrgId,
  plus,
} from "@hybrid/kernel";
import { KeysUnavailableError, openValue, withKeys } from "@hybrid/sealing";
import { type CallEnding, type CallOrder, callIdOf, type Outcome, type RawCall } from "../call.ts";
import { traceOf } from "../errors.ts";
import type { ServiceFrame } from "../frame.ts";
import type { DeadlineTimer } from "../options.ts";
import { afterAtMost, afterInFull, type Clocks } from "../patience.ts";
import { overdue, providerFailure, unexpected } from "./call-failure.ts";
import { CallTurns } from "./call-turns.ts";

/** A handler as the runner calls it. */
export type RawHandler = (order: RawCall, context: CallContext) => Promise<unknown>;

/** The partition that ordered calls, keeps them until they start, and gets their outcomes. */
export interface CallOwner {
  readonly partition: number;
  /** Takes out the organisation's next call that may start; undefined when it has none. */
  nextCall(org: OrgId): CallOrder | undefined;
  /** Gets a call back that could not start when it was taken out, and now could. */
  takeBack(call: CallOrder): void;
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
  readonly abort: AbortController;
  readonly startedAt: EpochMs;
  owner: CallOwner | undefined;
  /** Its handler's end, whether anybody still waits for it or not; never rejects. */
  handled: Promise<unknown> | undefined;
}

interface Straggler {
  waiting: { readonly call: CallOrder; readonly owner: CallOwner } | undefined;
}

type Ending = CallEnding | { readonly kind: "cut" };

/**
 * Carries out the calls of one service: a bounded number at a time, organisations in turn, each with a hard
 * deadline. Calls wait with their owners, who are asked for the next one when a slot is free. A call that
 * runs already (its partition was restored) is not doubled: its outcome goes to the new owner.
 */
export class CallRunner {
  readonly #ports: CallPorts;
  /** Calls that run, by id. */
  readonly #tasks = new Map<string, Task>();
  readonly #turns: CallTurns<CallOwner>;
  /**
   * Aborted calls whose handler has not ended yet, by id. A call that only checks before it writes must not
   * run beside its own straggler: who asks for it again waits here, and gets it back when that has ended.
   */
  readonly #stragglers = new Map<string, Straggler>();
  #recheck = false;
  #closed = false;

  constructor(ports: CallPorts) {
    this.#ports = ports;
    this.#turns = new CallTurns(ports.frame.limits.callsInFlightMax);
  }

  get inFlight(): number {
    return this.#turns.inFlight;
  }

  /** How time passes here, by the clock and for real. */
  get clocks(): Clocks {
    const { frame, deadlineTimer } = this.#ports;
    return { scheduler: frame.scheduler, deadlineTimer };
  }

  /** Whether calls wait for their turn. */
  get isWaiting(): boolean {
    return this.#turns.isWaiting;
  }

  /** Waiting calls cannot start although there is room: the heartbeat is stale. */
  get stale(): boolean {
    return this.isWaiting && this.#recheck;
  }

  /** The owner has calls of these organisations that may start; it is asked for them in their turn. */
  offer(orgs: Iterable<OrgId>, owner: CallOwner): void {
    if (this.#closed) return;
    for (const org of orgs) this.#turns.add(org, owner);
    this.#pump();
  }

  /** Gives the running calls that are the new owner's to it; returns their ids. */
  adopt(owner: CallOwner, isIts: (call: CallOrder) => boolean): ReadonlySet<string> {
    const adopted = new Set<string>();
    for (const task of this.#tasks.values()) {
      if (!isIts(task.call)) continue;
      task.owner = owner;
      adopted.add(task.callId);
    }
    return adopted;
  }

  /** Asks the owner for nothing more; its running calls go on. */
  withdraw(owner: CallOwner): void {
    this.#turns.withdraw(owner);
    this.recall(owner, () => true);
  }

  /** Takes back those of an owner's calls that wait for a straggler and are `unwanted`. */
  recall(owner: CallOwner, unwanted: (call: CallOrder) => boolean): readonly CallOrder[] {
    const recalled: CallOrder[] = [];
    for (const straggler of this.#stragglers.values()) {
      const { waiting } = straggler;
      if (waiting?.owner !== owner || !unwanted(waiting.call)) continue;
      recalled.push(waiting.call);
      straggler.waiting = undefined;
    }
    return recalled;
  }

  /** Ends the running calls of an owner without an outcome: the partition's next owner repeats them. */
  abort(owner: CallOwner): void {
    for (const task of this.#tasks.values()) {
      if (task.owner !== owner) continue;
      // Forgotten at once: should the partition come back, the call is carried out again.
      this.#tasks.delete(task.callId);
      task.owner = undefined;
      this.#watch(task);
      task.abort.abort(new Error("the partition is given up"));
    }
  }

  /** Waits for an aborted handler, at most until its hard deadline, before the same call may run again. */
  #watch({ callId, handled, startedAt }: Task): void {
    const { scheduler } = this.#ports.frame;
    const straggler: Straggler = { waiting: undefined };
    this.#stragglers.set(callId, straggler);
    const ended = (): void => {
      cancel();
      if (this.#stragglers.get(callId) !== straggler) return;
      this.#stragglers.delete(callId);
      straggler.waiting?.owner.takeBack(straggler.waiting.call);
    };
    const leftMs = Math.max(0, plus(startedAt, callDeadlineMsMax) - scheduler.now());
    // A clock that jumps must neither cut the wait short nor draw it out.
    const cancel = afterInFull(this.clocks, Math.min(leftMs, callDeadlineMsMax), ended);
    void handled?.then(ended);
  }

  #isUnsafe({ order }: CallOrder): boolean {
    return this.#ports.frame.topology.calls[order.kind]?.repeat === "checkBeforeWrite";
  }

  /** How many of the owner's calls run. */
  inFlightOf(owner: CallOwner): number {
    let count = 0;
    for (const task of this.#tasks.values()) if (task.owner === owner) count += 1;
    return count;
  }

  /** Starts nothing any more for any owner, and aborts what runs. */
  close(): void {
    this.#closed = true;
    for (const straggler of this.#stragglers.values()) straggler.waiting = undefined;
    const running = [...this.#tasks.values()];
    this.#tasks.clear();
    for (const task of running) {
      task.owner = undefined;
      task.abort.abort(new Error("the service has stopped"));
    }
  }

  #pump(): void {
    while (!this.#closed && this.#turns.isWaiting) {
      if (this.#heartbeatIsStale()) return;
      const turn = this.#turns.next();
      if (!turn) return;
      const { org, owner } = turn;
      const call = owner.nextCall(org);
      if (call) this.#begin(org, owner, call);
      else this.#turns.remove(org, owner);
    }
  }

  #begin(org: OrgId, owner: CallOwner, call: CallOrder): void {
    const callId = callIdOf(call);
    const known = this.#tasks.get(callId);
    if (known) {
      known.owner = owner;
      return;
    }
    const straggler = this.#stragglers.get(callId);
    if (straggler && this.#isUnsafe(call)) {
      straggler.waiting = { call, owner };
      return;
    }
    const startedAt = this.#ports.frame.scheduler.now();
    const task: Task = { callId, call, abort: new AbortController(), startedAt, owner, handled: undefined };
    this.#tasks.set(callId, task);
    this.#turns.started(org);
    void this.#carryOut(task, org);
  }

  /**
   * A process that may have lost its partitions without knowing must not start anything (docs/DESIGN.md,
   * "Calls").
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

  async #carryOut(task: Task, org: OrgId): Promise<void> {
    const { frame } = this.#ports;
    const { kind } = task.call.order;
    const startedAt = performance.now();
    const ending = await this.#ended(task);
    if (ending.kind === "failed" && ending.failure === overdue && this.#isUnsafe(task.call))
      await this.#outlived(task);
    const result = ending.kind === "failed" ? ending.failure.code : ending.kind;
    frame.metrics.calls.inc({ service: frame.service, kind, result });
    frame.metrics.callSeconds.observe(
      { service: frame.service, kind },
      (performance.now() - startedAt) / 1_000,
    );
    this.#turns.ended(org);
    if (this.#tasks.get(task.callId) === task) this.#tasks.delete(task.callId);
    if (ending.kind !== "cut") {
      const { actor, seq, index } = task.call;
      task.owner?.deliver({ actor, seq, index, ending });
    }
    this.#pump();
  }

  /**
   * Its actor may order a late call again. One that only checks before it writes must not run beside its own
   * handler, so that its end waits for that, in its slot, for as long again as any call may take.
   */
  #outlived({ callId, call, handled }: Task): Promise<void> {
    const { frame } = this.#ports;
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = afterInFull(this.clocks, callDeadlineMsMax, () => {
      frame.logger.error(
        { service: frame.service, callId, call: call.order.kind },
        "a handler goes on long after its deadline: it must end when its signal is aborted",
      );
      resolve();
    });
    const ended = (): void => {
      cancel();
      resolve();
    };
    void handled?.then(ended);
    return promise;
  }

  /** Whatever comes first: the handler's end, the deadline, or the partition's. Never rejects. */
  async #ended(task: Task): Promise<Ending> {
    const { abort } = task;
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
      const outcome = await handler(await this.#opened(order), context);
      await frame.observer?.at("afterCall", partition);
      return this.#measured(task, outcome);
    } catch (error) {
      // The result of an aborted handler is ignored and not logged: the call has ended without it.
      if (bounds.signal.aborted) return { kind: "cut" };
      return { kind: "failed", failure: this.#failureOf(task, error) };
    }
  }

  /** The order as its handler sees it; what it holds sealed is read only now. */
  async #opened(order: RawCall): Promise<RawCall> {
    const session = this.#ports.frame.keys?.session();
    return session ? ((await withKeys(session, () => openValue(order, session))) as RawCall) : order;
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
    if (error instanceof KeysUnavailableError)
      return { code: "unavailable", retryable: true, retryAt: null, status: null };
    frame.logger.error(
      { service: frame.service, callId: task.callId, call: task.call.order.kind, ...traceOf(error) },
      "a call failed with an error that its handler does not know",
    );
    return unexpected;
  }
}
