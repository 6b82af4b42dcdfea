import { randomUUID } from "node:crypto";
import { plus, type Scheduler } from "@hybrid/kernel";
import { endLockScript, openRedisClient, type RedisClient, takeLockScript } from "@hybrid/redis";
import type { RedisLimiterLogger } from "../limits/redis-limiter.ts";
import type { SharedTokens, TokenOwner } from "./shared-tokens.ts";

/** Encrypts what leaves the process, bound to its purpose; both reject when there is no key. */
export interface TokenSeal {
  seal(text: string, purpose: string): Promise<string>;
  open(sealed: string, purpose: string): Promise<string>;
}

/** What tokens in Redis are made of. */
export interface RedisSharedTokensOptions {
  /** `redis://[user:password@]host[:port][/database]`, or `rediss://` for TLS. */
  readonly url: string;
  /** A certificate authority to trust besides the usual ones, PEM; NODE_EXTRA_CA_CERTS works as well. */
  readonly ca?: string;
  readonly seal: TokenSeal;
  readonly scheduler: Scheduler;
  readonly logger: RedisLimiterLogger;
  /** Told each change: `shared` while tokens are in Redis, `local` without it. For a metric. */
  readonly onState?: (state: "shared" | "local") => void;
  /** Milliseconds that Redis has for an answer; 250 when left out. */
  readonly deadlineMs?: number;
  /** Milliseconds after which a worker that died is not waited for any more; 15,000 when left out. */
  readonly leaseMs?: number;
  /** Milliseconds that a worker waits for another at most, then it asks itself; 5,000 when left out. */
  readonly patienceMs?: number;
}

/** Tokens over a connection of their own. */
export interface RedisSharedTokens extends SharedTokens {
  /** Connects. Rejects with ConfigError when only somebody's hand can mend it; merely away is logged. */
  connect(): Promise<void>;
  close(): void;
}

/** A text and the milliseconds that it stays. KEYS: the text. Answers nothing when there is none. */
const loadScript = `
local text = redis.call('GET', KEYS[1])
if not text then return false end
return {text, redis.call('PTTL', KEYS[1])}
`;

/** KEYS: the text. ARGV: the text, milliseconds that it stays. */
const saveScript = `
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
`;

/** While Redis is away it is asked at most this often. */
const probeEveryMs = 1_000;
/** Between two looks whether the lease is free. */
const lookEveryMs = 50;

/** Under one hash tag, so that a cluster keeps both in one slot. */
const keysOf = ({ clientId, tenantId }: TokenOwner) => {
  const tag = `{hybrid entra ${clientId} ${tenantId}}`;
  return { token: `${tag}:token`, lease: `${tag}:lease` };
};

const purposeOf = ({ clientId, tenantId }: TokenOwner): string => `entra token ${clientId} ${tenantId}`;

/** Asks Redis, or goes on without: undefined when it is away. Says so once, and once when it is back. */
class Reach {
  readonly #client: RedisClient;
  readonly #options: RedisSharedTokensOptions;
  #awayUntil: number | null = null;
  #isClosed = false;

  constructor(client: RedisClient, options: RedisSharedTokensOptions) {
    this.#client = client;
    this.#options = options;
  }

  async ask<Result>(command: () => Promise<Result>): Promise<Result | undefined> {
    const { scheduler, onState, logger } = this.#options;
    if (this.#awayUntil !== null && scheduler.now() < this.#awayUntil) return undefined;
    try {
      const answer = await command();
      if (this.#awayUntil !== null)
        logger.info({ redis: this.#client.address }, "Redis answers again and keeps tokens for all workers");
      this.#awayUntil = null;
      onState?.("shared");
      return answer;
    } catch (error) {
      this.#tell(error);
      this.#awayUntil = plus(scheduler.now(), probeEveryMs);
      return undefined;
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#client.close();
  }

  #tell(error: unknown): void {
    const { onState, logger } = this.#options;
    if (this.#isClosed || this.#awayUntil !== null) return;
    const { reason, advice } = this.#client.troubleOf(error);
    const { address } = this.#client;
    logger.warn(
      { redis: address, reason },
      `Redis at ${address} does not answer: ${reason}. Until it does, this worker asks Microsoft Entra for ` +
        `tokens of its own, which works as well; ${advice}`,
    );
    onState?.("local");
  }
}

/**
 * Tokens of a fleet in Redis, sealed, each for as long as it is good. One worker at a time asks for the next
 * one of a tenant, by a lease that ends by itself. Without Redis, or with what cannot be opened, each worker
 * asks Microsoft Entra itself: nothing fails for it. Throws ConfigError when the address cannot be one.
 */
export const openRedisSharedTokens = (options: RedisSharedTokensOptions): RedisSharedTokens => {
  const { seal, scheduler, logger, deadlineMs = 250, leaseMs = 15_000, patienceMs = 5_000 } = options;
  const client = openRedisClient({ ...options, deadlineMs, connectionName: "hybrid-graph-tokens" });
  const loadToken = client.script<readonly [string, number] | null>(loadScript);
  const saveToken = client.script<number>(saveScript);
  const takeLease = client.script<number>(takeLockScript);
  const endLease = client.script<number>(endLockScript);
  const reach = new Reach(client, options);

  /** Whether the lease is ours; without Redis nobody waits for anybody. */
  const taken = async (key: string, worker: string): Promise<boolean> => {
    const lastAt = plus(scheduler.now(), patienceMs);
    for (;;) {
      const answer = await reach.ask(() => takeLease(1, key, worker, leaseMs));
      if (answer !== 0 || scheduler.now() >= lastAt) return answer === 1;
      await new Promise<void>((resolve) => {
        scheduler.at(plus(scheduler.now(), lookEveryMs), resolve);
      });
    }
  };

  /** A failure of the keys is ours to tell, and no reason to fail a call. */
  const orNull = async (what: string, work: Promise<string>): Promise<string | null> => {
    try {
      return await work;
    } catch (error) {
      logger.warn({ err: error }, `a token in Redis could not be ${what}: this worker asks for its own`);
      return null;
    }
  };

  return {
    connect: async () => {
      await client.connect();
      await reach.ask(() => client.get("hybrid entra"));
    },
    exclusively: async (owner, work) => {
      const { lease } = keysOf(owner);
      const worker = randomUUID();
      const isOurs = await taken(lease, worker);
      try {
        return await work();
      } finally {
        // One that could not be ended ends by itself.
        if (isOurs) await reach.ask(() => endLease(1, lease, worker));
      }
    },
    load: async (owner) => {
      const found = await reach.ask(() => loadToken(1, keysOf(owner).token));
      if (!found) return null;
      const [sealed, leftMs] = found;
      const text = await orNull("opened", seal.open(sealed, purposeOf(owner)));
      return text === null ? null : { text, leftMs };
    },
    save: async (owner, { text, leftMs }) => {
      const sealed = await orNull("sealed", seal.seal(text, purposeOf(owner)));
      if (sealed !== null)
        await reach.ask(() => saveToken(1, keysOf(owner).token, sealed, Math.floor(leftMs)));
    },
    close: () => reach.close(),
  };
};
