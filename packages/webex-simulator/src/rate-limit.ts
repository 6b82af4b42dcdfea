/** How many requests a token has in a window of time. */
export interface RateLimit {
  readonly requests: number;
  /** Milliseconds on the simulator's clock. */
  readonly windowMs: number;
}

interface Window {
  startedAt: number;
  count: number;
}

/** Counts requests by token in fixed windows; refused ones count as well. */
export class RateLimiter {
  readonly #limit: RateLimit | undefined;
  readonly #windows = new Map<string, Window>();

  constructor(limit: RateLimit | undefined) {
    this.#limit = limit;
  }

  /** Counts one request; undefined lets it through, else the whole seconds until the window ends. */
  retryAfterSeconds(token: string, now: number): number | undefined {
    const limit = this.#limit;
    if (!limit) return undefined;
    let window = this.#windows.get(token);
    if (!window || now - window.startedAt >= limit.windowMs) {
      window = { startedAt: now, count: 0 };
      this.#windows.set(token, window);
    }
    window.count++;
    if (window.count <= limit.requests) return undefined;
    return Math.max(1, Math.ceil((window.startedAt + limit.windowMs - now) / 1_000));
  }
}
