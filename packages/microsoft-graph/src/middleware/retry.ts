import type { Random, Scheduler } from "@hybrid/kernel";
import type { Middleware } from "@microsoft/microsoft-graph-client";
import type { GraphLimits } from "../limits/graph-limits.ts";
import { withQuickRetries } from "../limits/quick-retries.ts";
import { link } from "./link.ts";

/**
 * In place of the SDK's RetryHandler, which caps Retry-After at 180 s, waits in real time whatever the
 * deadline, and gives up on network errors at once.
 */
export const retryMiddleware = (options: {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly limits: GraphLimits;
}): Middleware =>
  link(async (context, call, next) => {
    const { budgetEndsAt, what } = call;
    const { signal, repeatable } = call.spec;
    await withQuickRetries({ ...options, budgetEndsAt, what, signal, repeatable }, async (previous) => {
      call.freshConnection = previous?.status === 503;
      await next(context);
    });
  });
