import type { SimulatorClock } from "../clock.ts";
import { throttled } from "./graph-fault.ts";
import type { Metrics } from "./metrics.ts";

/** Who asks, and for what; decides which limits apply. */
export interface ThrottledRequest {
  readonly clientId: string;
  readonly tenantId: string;
  /** The mailbox whose limits apply; null for other requests. */
  readonly userId: string | null;
  /** The limit of the subscription service that applies. */
  readonly subscriptionCost: "write" | "reauthorize" | "read" | "list" | null;
  /** The limit of the identity service that applies. */
  readonly identityCost: "read" | "write" | null;
  /** Names the request itself (method, path, and resource of a subscription) to recognise a repetition. */
  readonly target: string;
}

interface Limit {
  readonly name: string;
  readonly max: number;
  readonly windowMs: number;
}

interface Window {
  startedAt: number;
  count: number;
}

const mailboxLimit: Limit = { name: "mailbox", max: 10_000, windowMs: 600_000 };
/** Outlook service limit: concurrent requests of one application to one mailbox. */
export const mailboxConcurrencyMax = 4;

/** Subscription service limits (throttling limits page, September 2026): per app, and per app and tenant. */
const subscriptionLimits = {
  write: { app: 2_000, appAndTenant: 500 },
  reauthorize: { app: 4_000, appAndTenant: 1_000 },
  read: { app: 2_000, appAndTenant: 500 },
  list: { app: 40, appAndTenant: 25 },
} as const;
const subscriptionWindowMs = 20_000;

/** Identity service limits per application and tenant, of the smallest tenants (throttling limits page). */
const identityLimits = {
  read: { max: 3_500, windowMs: 10_000 },
  write: { max: 3_000, windowMs: 150_000 },
} as const;

/** Service limits with Retry-After, and who does not respect it. */
export class Throttling {
  readonly #clock: SimulatorClock;
  readonly #metrics: Metrics;
  readonly #windows = new Map<string, Window>();
  readonly #concurrent = new Map<string, number>();
  readonly #tenantFaults = new Map<
    string,
    { readonly untilMs: number; readonly retryAfterSeconds: number }
  >();
  readonly #notBefore = new Map<string, number>();

  constructor(clock: SimulatorClock, metrics: Metrics) {
    this.#clock = clock;
    this.#metrics = metrics;
  }

  throttleTenant(
    tenantId: string,
    fault: { readonly untilMs: number; readonly retryAfterSeconds: number },
  ): void {
    this.#tenantFaults.set(tenantId, fault);
  }

  /**
   * Admits the request or throws 429. The result must be called once when the answer is about to leave.
   * Requests that are refused count as well, as Graph counts them.
   */
  admit(request: ThrottledRequest): () => void {
    const target = `${request.clientId} ${request.tenantId} ${request.target}`;
    const notBefore = this.#notBefore.get(target);
    if (notBefore !== undefined) {
      this.#notBefore.delete(target);
      if (this.#clock.now() < notBefore) this.#metrics.retryAfterViolations++;
    }
    const refuse = (code: string, message: string, retryAfterSeconds: number): never => {
      this.#notBefore.set(target, this.#clock.now() + retryAfterSeconds * 1_000);
      throw throttled(code, message, retryAfterSeconds);
    };
    this.#checkTenantFault(request.tenantId, refuse);
    this.#checkSubscriptionLimits(request, refuse);
    this.#checkIdentityLimits(request, refuse);
    return request.userId === null ? () => undefined : this.#enterMailbox(request, request.userId, refuse);
  }

  #checkTenantFault(tenantId: string, refuse: Refuse): void {
    const fault = this.#tenantFaults.get(tenantId);
    if (!fault) return;
    if (this.#clock.now() < fault.untilMs)
      refuse("TooManyRequests", "Too many requests for this tenant.", fault.retryAfterSeconds);
    this.#tenantFaults.delete(tenantId);
  }

  #checkSubscriptionLimits(request: ThrottledRequest, refuse: Refuse): void {
    if (request.subscriptionCost === null) return;
    const { app, appAndTenant } = subscriptionLimits[request.subscriptionCost];
    const name = `subscriptions ${request.subscriptionCost}`;
    const windowMs = subscriptionWindowMs;
    const waits = [
      this.#count({ name, max: app, windowMs }, request.clientId),
      this.#count({ name, max: appAndTenant, windowMs }, `${request.clientId} ${request.tenantId}`),
    ];
    const retryAfter = Math.max(...waits);
    if (retryAfter > 0)
      refuse(
        "TooManyRequests",
        "The application is over its limit for the subscription service.",
        retryAfter,
      );
  }

  #checkIdentityLimits({ clientId, tenantId, identityCost }: ThrottledRequest, refuse: Refuse): void {
    if (identityCost === null) return;
    const name = `identity ${identityCost}`;
    const retryAfter = this.#count({ name, ...identityLimits[identityCost] }, `${clientId} ${tenantId}`);
    if (retryAfter > 0)
      refuse("TooManyRequests", "The application is over its limit for the identity service.", retryAfter);
  }

  #enterMailbox(request: ThrottledRequest, userId: string, refuse: Refuse): () => void {
    const key = `${request.clientId} ${userId}`;
    const retryAfter = this.#count(mailboxLimit, key);
    if (retryAfter > 0)
      refuse("ApplicationThrottled", "Application is over its request limit for this mailbox.", retryAfter);
    const concurrent = this.#concurrent.get(key) ?? 0;
    if (concurrent >= mailboxConcurrencyMax)
      refuse("ApplicationThrottled", "Application is over its MailboxConcurrency limit.", 1);
    this.#concurrent.set(key, concurrent + 1);
    return () => {
      const left = (this.#concurrent.get(key) ?? 1) - 1;
      if (left > 0) this.#concurrent.set(key, left);
      else this.#concurrent.delete(key);
    };
  }

  /** Counts one request; 0 when it fits, else the seconds until the window ends. */
  #count(limit: Limit, key: string): number {
    const now = this.#clock.now();
    const windowKey = `${limit.name} ${limit.max} ${key}`;
    let window = this.#windows.get(windowKey);
    if (!window || now - window.startedAt >= limit.windowMs) {
      window = { startedAt: now, count: 0 };
      this.#windows.set(windowKey, window);
    }
    window.count++;
    return window.count <= limit.max
      ? 0
      : Math.max(1, Math.ceil((window.startedAt + limit.windowMs - now) / 1_000));
  }
}

type Refuse = (code: string, message: string, retryAfterSeconds: number) => never;
