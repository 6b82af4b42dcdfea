/** Requests by method, route template and status. */
export interface RequestCount {
  readonly method: string;
  /** With parameters by name, for example `/v1.0/users/:userId/events/:eventId`. */
  readonly route: string;
  readonly status: number;
  readonly count: number;
}

/** Counts of deliveries to notification addresses. */
export interface DeliveryCounts {
  /** POSTs answered 2xx in time. */
  readonly ok: number;
  /** POSTs that were not. */
  readonly failed: number;
  /** POSTs that were repetitions. */
  readonly retried: number;
  /** Notifications given up, or lost on purpose. */
  readonly lost: number;
  /** Notifications delivered, duplicates included. */
  readonly notifications: number;
  /** Validation requests sent. */
  readonly validations: number;
}

/** Narrows {@link SimulatorMetrics.countRequests}; a left-out field matches everything. */
export interface RequestFilter {
  readonly method?: string;
  readonly route?: string;
  readonly status?: number;
}

/** What happened so far; live numbers, read them as often as you like. */
export interface SimulatorMetrics {
  /** Sorted by route, method, status. */
  readonly requests: readonly RequestCount[];
  /** How many requests match. */
  countRequests(filter: RequestFilter): number;
  readonly deliveries: DeliveryCounts;
  /** Answers with status 429. */
  readonly throttled: number;
  /** Requests that came again before the Retry-After given to the same request had passed. */
  readonly retryAfterViolations: number;
}

type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

/** The simulator's own, writable side of {@link SimulatorMetrics}. */
export class Metrics implements SimulatorMetrics {
  readonly deliveries: Mutable<DeliveryCounts> = {
    ok: 0,
    failed: 0,
    retried: 0,
    lost: 0,
    notifications: 0,
    validations: 0,
  };
  throttled = 0;
  retryAfterViolations = 0;
  readonly #requests = new Map<string, Mutable<RequestCount>>();

  /** Counts one answered request. */
  count(method: string, route: string, status: number): void {
    if (status === 429) this.throttled++;
    const key = `${route} ${method} ${status}`;
    const known = this.#requests.get(key);
    if (known) known.count++;
    else this.#requests.set(key, { method, route, status, count: 1 });
  }

  get requests(): readonly RequestCount[] {
    const keys = [...this.#requests.keys()].sort();
    return keys.flatMap((key) => this.#requests.get(key) ?? []).map((counted) => ({ ...counted }));
  }

  countRequests(filter: RequestFilter): number {
    let count = 0;
    for (const counted of this.#requests.values()) {
      const fits =
        (filter.method === undefined || filter.method === counted.method) &&
        (filter.route === undefined || filter.route === counted.route) &&
        (filter.status === undefined || filter.status === counted.status);
      if (fits) count += counted.count;
    }
    return count;
  }
}
