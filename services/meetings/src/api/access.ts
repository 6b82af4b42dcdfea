import { hash } from "node:crypto";
import { HttpFault } from "@hybrid/http-api";
import type { ActorId, Clock } from "@hybrid/kernel";
import type { FastifyRequest } from "fastify";
import { LRUCache } from "lru-cache";
import { openToken } from "../access-token.ts";

/** Who asks. */
export interface Caller {
  readonly user: ActorId;
  /** When the token ends. */
  readonly endsAt: number;
}

const bearer = /^Bearer (?<token>[A-Za-z0-9._~+/-]{1,2000}=*)$/i;

/** Callers that are remembered: some 300 bytes each. */
const rememberedMax = 20_000;

/** Lets nobody in but who shows a token; every request has one caller, and reaches that one's list alone. */
export class Access {
  readonly #key: Uint8Array | null;
  readonly #clock: Clock;
  readonly #callers = new WeakMap<FastifyRequest, Caller>();
  /**
   * Who showed which token, by its digest: an app shows the same one with every request, and to check it is
   * to wait for another thread, behind all that this one does. Tokens are not taken back, they end.
   */
  readonly #remembered = new LRUCache<string, Caller>({ max: rememberedMax });

  constructor(key: Uint8Array | null, clock: Clock) {
    this.#key = key;
    this.#clock = clock;
  }

  /** Finds out who asks. Rejects with HttpFault 401. */
  async admit(request: FastifyRequest): Promise<void> {
    if (this.#key === null)
      throw new HttpFault(401, "noTokenKey", "MEETINGS_TOKEN_KEY is not set, so nobody can be let in.", {
        challenge: "Bearer",
      });
    const { token } = bearer.exec(request.headers.authorization ?? "")?.groups ?? {};
    const caller = token === undefined ? null : await this.#callerOf(token, this.#key);
    if (caller === null)
      throw new HttpFault(
        401,
        "noAccess",
        'Send "Authorization: Bearer <token>"; "hybrid meetings token" makes one for a user.',
        { challenge: "Bearer" },
      );
    this.#callers.set(request, caller);
  }

  async #callerOf(token: string, key: Uint8Array): Promise<Caller | null> {
    const now = this.#clock.now();
    const name = hash("sha256", token, "base64url");
    const known = this.#remembered.get(name);
    if (known && known.endsAt > now) return known;
    this.#remembered.delete(name);
    const caller = await openToken(token, { key, now });
    if (caller === null) return null;
    this.#remembered.set(name, caller);
    return caller;
  }

  /** Who asks. Throws TypeError for a request that was not admitted. */
  of(request: FastifyRequest): Caller {
    const caller = this.#callers.get(request);
    if (!caller) throw new TypeError("a request was answered that was not let in");
    return caller;
  }
}
