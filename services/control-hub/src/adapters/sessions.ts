import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { LRUCache } from "lru-cache";
import type { Guest } from "./sign-in-links.ts";

/** Somebody who is signed in. */
export interface Session extends Guest {
  readonly csrfToken: string;
  readonly endsAt: number;
}

/** Beyond these the one that was longest unused is signed out. */
const sessionsMax = 10_000;

const secret = (): string => randomBytes(32).toString("base64url");

/** What is kept does not let anybody in who reads it. */
const keptAs = (id: string): string => createHash("sha256").update(id).digest("base64url");

/** Sessions of this process, in its memory: a restart signs everybody out. */
export class Sessions {
  readonly #lifeMs: number;
  readonly #sessions = new LRUCache<string, Session>({ max: sessionsMax });

  constructor(lifeMs: number) {
    this.#lifeMs = lifeMs;
  }

  /** Signs somebody in, always under a new id. */
  begin(guest: Guest, now: number): { readonly id: string; readonly session: Session } {
    const id = secret();
    const session = { ...guest, csrfToken: secret(), endsAt: now + this.#lifeMs };
    this.#sessions.set(keptAs(id), session);
    return { id, session };
  }

  find(id: string, now: number): Session | null {
    const session = this.#sessions.get(keptAs(id)) ?? null;
    return session !== null && session.endsAt > now ? session : null;
  }

  end(id: string): void {
    this.#sessions.delete(keptAs(id));
  }
}

/** Whether a text is the secret that it has to be; takes as long for every wrong one. */
export const isSame = (given: string, wanted: string): boolean => {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
};
