import { type ProviderError, plus, type Random, type Scheduler } from "@hybrid/kernel";
import { endedByCaller, endedWhileWaiting, notSent, waitUntil } from "@hybrid/provider-http";
import type { Middleware } from "@microsoft/microsoft-graph-client";
import type { Breakers } from "../limits/breakers.ts";
import type { Closures } from "../limits/closures.ts";
import type { RateBucket, RateDecision, RateLimiter } from "../limits/gcra.ts";
import type { GraphLimits } from "../limits/graph-limits.ts";
import type { GraphCall } from "./graph-call.ts";
import { link } from "./link.ts";

/** Everything that can keep a request from leaving. */
export interface GateOptions {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly limits: GraphLimits;
  readonly closures: Closures;
  readonly rateLimiter: RateLimiter;
  readonly breakers: Breakers;
}

/** Waiters for the same bucket come back at different moments, up to this much later than they could. */
const spreadMsMax = 100;

/** Throws ProviderError throttled while one of the scopes is closed by an earlier Retry-After. */
export const refuseWhileClosed = (closures: Closures, scopes: readonly string[], what: string): void => {
  const closedMs = closures.closedForMs(scopes);
  if (closedMs > 0) throw notSent(what, `Microsoft asked to wait another ${closedMs} ms`, closedMs);
};

type SharedGate = Pick<GateOptions, "scheduler" | "closures" | "rateLimiter">;

/** Another worker was told to leave the scope alone: from now on this one knows it too. */
const heed = ({ scheduler, closures }: SharedGate, decision: RateDecision): void => {
  if (decision.allowed || decision.closedScope === undefined) return;
  closures.close(decision.closedScope, plus(scheduler.now(), decision.retryAfterMs));
};

/** As {@link refuseWhileClosed}, and asks everybody who shares the limits, for what takes from no bucket. */
export const refuseWhileClosedAnywhere = async (
  gate: SharedGate,
  scopes: readonly string[],
  what: string,
): Promise<void> => {
  refuseWhileClosed(gate.closures, scopes, what);
  heed(gate, await gate.rateLimiter.take([], 0, scopes));
  refuseWhileClosed(gate.closures, scopes, what);
};

/** A call that ends at our limiter is throttled, unless an attempt of it was sent: that is the failure. */
const endedAtLimiter = ({ what, spec, sent }: GraphCall, random: Random): ProviderError =>
  sent ? endedByCaller(what, spec.signal) : endedWhileWaiting(what, random);

const passLimiter = async (options: GateOptions, call: GraphCall): Promise<void> => {
  const { scheduler, random, limits, rateLimiter } = options;
  const buckets: readonly RateBucket[] = [{ key: "global", ...limits.global }, ...call.spec.buckets];
  const { signal, requests = 1 } = call.spec;
  const ended = (): ProviderError => endedAtLimiter(call, random);
  for (;;) {
    const decision = await rateLimiter.take(buckets, requests, call.scopes);
    if (signal.aborted) throw ended();
    if (decision.allowed) return;
    heed(options, decision);
    refuseWhileClosed(options.closures, call.scopes, call.what);
    const dueAt = plus(scheduler.now(), Math.ceil(decision.retryAfterMs + random() * spreadMsMax));
    if (dueAt > call.budgetEndsAt)
      throw notSent(call.what, "it would pass our share of Microsoft's limits", decision.retryAfterMs);
    await waitUntil(scheduler, dueAt, { signal, ended });
  }
};

/**
 * The last gate before the wire, for every single request, retries included: no scope of it is closed, the
 * rates allow it, the breaker is not open. Refusals of ours never reach the breaker: they say nothing about
 * the service.
 */
export const gateMiddleware = (options: GateOptions): Middleware =>
  link(async (context, call, next) => {
    const { tenantId, family, signal } = call.spec;
    refuseWhileClosed(options.closures, call.scopes, call.what);
    if (signal.aborted) throw endedByCaller(call.what, signal);
    await passLimiter(options, call);
    refuseWhileClosed(options.closures, call.scopes, call.what);
    await options.breakers.run({ tenantId, family, what: call.what }, async () => await next(context));
  });
