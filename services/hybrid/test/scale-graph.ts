import { type EpochMs, instant, ProviderError, plus, type Scheduler } from "@hybrid/kernel";
import type { GraphPorts } from "@hybrid/user-state";
import { objectIdOf, placeOf, type ScaleOrganisation } from "./scale-people.ts";
import { Moments } from "./scale-windows.ts";

/** Graph as the scale test sees it. */
export interface ScaleGraph {
  readonly ports: GraphPorts;
  /** Where notifications are to be sent. */
  readonly urls: { readonly notificationUrl: string; readonly lifecycleNotificationUrl: string };
  /** Calls that wait for virtual time, so that nothing happens in them before it passes. */
  readonly waiting: () => number;
  /** Subscription writes of a tenant as they reached Graph, by organisation; and of the whole application. */
  readonly writes: { readonly ofOrganisation: readonly Moments[]; readonly all: Moments };
  /** Requests that Graph answered with 429. */
  readonly refusals: () => number;
  close(): Promise<void>;
}

/** Notes every subscription write. */
export const noteWrites = (organisations: readonly ScaleOrganisation[]) => {
  const ofOrganisation = organisations.map(({ users }) => new Moments(users + 64));
  const all = new Moments(organisations.reduce((sum, { users }) => sum + users, 64));
  return {
    writes: { ofOrganisation, all },
    note: (number: number, at: number): void => {
      ofOrganisation[number]?.note(at);
      all.note(at);
    },
  };
};

/** Subscription service limits (throttling limits page): writes of one application within 20 seconds. */
const windowMs = 20_000;
const writesMax = { app: 2_000, appAndTenant: 500 };

/** How long a request takes on the virtual clock, by user, so that no two runs differ. */
const latencyOf = (user: number): number => 150 + ((user * 7_919) % 301);

/** What the in-process Graph is told. */
export interface InProcessOptions {
  readonly organisations: readonly ScaleOrganisation[];
  readonly clock: Scheduler;
  /** Milliseconds that a write takes, in place of 150 to 450. */
  readonly latencyMs?: (organisation: number) => number | undefined;
}

/**
 * A Graph in this process with the simulator's rules for subscriptions: one a mailbox, the service's limits
 * per application and per tenant (refused requests count as well), 429 with Retry-After, latency on the
 * virtual clock. It keeps one byte a user, so that what grows is the services' own.
 */
export const inProcessGraph = ({ organisations, clock, latencyMs }: InProcessOptions): ScaleGraph => {
  const { writes, note } = noteWrites(organisations);
  const subscribed = organisations.map(({ users }) => new Uint8Array(users));
  let waiting = 0;
  let refusals = 0;

  const pass = (ms: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      waiting++;
      const end = (settle: () => void): void => {
        waiting--;
        settle();
      };
      const abort = (): void => {
        cancel();
        end(() => reject(new ProviderError("ended", { code: "deadlineExceeded", retryable: true })));
      };
      const cancel = clock.at(plus(clock.now(), ms), () => {
        signal.removeEventListener("abort", abort);
        end(resolve);
      });
      signal.addEventListener("abort", abort, { once: true });
    });

  const admit = (number: number): void => {
    const now = clock.now();
    note(number, now);
    const own = writes.ofOrganisation[number];
    const over = [
      ...(own && own.within(windowMs, now) > writesMax.appAndTenant ? [own] : []),
      ...(writes.all.within(windowMs, now) > writesMax.app ? [writes.all] : []),
    ];
    if (over.length === 0) return;
    refusals++;
    const retryAt = Math.max(...over.map((moments) => moments.roomAt(windowMs, now)));
    const retryAfterMs = Math.ceil((retryAt - now) / 1_000) * 1_000;
    const facts = { code: "throttled", retryable: true, retryAfterMs, status: 429 } as const;
    throw new ProviderError("the application is over its limit for the subscription service", facts);
  };

  const expiry = (lifetimeMs: number): EpochMs => instant(clock.now() + lifetimeMs);

  return {
    writes,
    urls: {
      notificationUrl: "https://hooks.example/graph",
      lifecycleNotificationUrl: "https://hooks.example/lifecycle",
    },
    waiting: () => waiting,
    refusals: () => refusals,
    close: () => Promise.resolve(),
    ports: {
      subscriptions: {
        create: async ({ userObjectId, tenantId, lifetimeMs, signal }) => {
          const { number, user } = placeOf(userObjectId);
          const held = subscribed[number];
          if (!held || organisations[number]?.tenantId !== tenantId || user >= held.length)
            throw new ProviderError("no such user", { code: "userNotFound", retryable: false });
          admit(number);
          await pass(latencyMs?.(number) ?? latencyOf(user), signal);
          if (held[user] === 1) throw new ProviderError("conflict", { code: "unexpected", retryable: true });
          held[user] = 1;
          return { subscriptionId: objectIdOf(number, user), expiresAt: expiry(lifetimeMs) };
        },
        renew: () => Promise.reject(new Error("nobody's renewal is due within the scale test")),
        delete: () => Promise.reject(new Error("nobody is switched off in the scale test")),
      },
      mailboxes: { probe: () => Promise.reject(new Error("no mailbox is in doubt in the scale test")) },
    },
  };
};
