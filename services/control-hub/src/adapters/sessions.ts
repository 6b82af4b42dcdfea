import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { Role } from "@hybrid/control-hub-page/api";
import { z } from "zod";
import type { Guest } from "./guest.ts";
import type { SessionStore } from "./session-store.ts";

const Stored = z.object({
  org: z.string().nullable(),
  role: Role,
  name: z.string(),
  user: z.string().nullable(),
  /** Who it is, for all sessions of one person: told by the provider, or by the link. */
  person: z.string(),
  way: z.enum(["link", "provider"]),
  csrfToken: z.string(),
  startedAt: z.int(),
  endsAt: z.int(),
});

/** Somebody who is signed in. */
export type Session = z.output<typeof Stored>;

/** A session under the name by which it is listed, which lets nobody in. */
export interface KeptSession {
  readonly key: string;
  readonly session: Session;
}

/** Who signs in, and how. */
export interface Entrance {
  readonly guest: Guest;
  readonly way: Session["way"];
  readonly person: string;
}

const secret = (): string => randomBytes(32).toString("base64url");

const digestOf = (text: string): string => createHash("sha256").update(text).digest("base64url");

/** Lists of all sessions of a person, and of an organisation; those for every organisation have their own. */
const personList = (person: string): string => `person:${digestOf(person)}`;
const organisationList = (org: string | null): string => `org:${org ?? "*"}`;

/** Who is signed in, and how long. */
export class Sessions {
  readonly #store: SessionStore;
  readonly #lifeMs: number;

  constructor(store: SessionStore, lifeMs: number) {
    this.#store = store;
    this.#lifeMs = lifeMs;
  }

  /** Signs somebody in, always under a new id. */
  async begin({ guest, way, person }: Entrance, now: number): Promise<{ id: string; session: Session }> {
    const id = secret();
    const { org, role, name, user } = guest;
    const times = { startedAt: now, endsAt: now + this.#lifeMs };
    const session: Session = { org, role, name, user, person, way, csrfToken: secret(), ...times };
    const lists = [personList(person), organisationList(org)];
    await this.#store.put(digestOf(id), JSON.stringify(session), lists, this.#lifeMs);
    return { id, session };
  }

  /** The session that has an id; null when it has ended. */
  find(id: string, now: number): Promise<Session | null> {
    return this.#kept(digestOf(id), now);
  }

  async end(id: string): Promise<void> {
    await this.#store.remove(digestOf(id));
  }

  /** All sessions of a person, the newest first. */
  ofPerson(person: string, now: number): Promise<readonly KeptSession[]> {
    return this.#listed(personList(person), now);
  }

  /** All sessions of an organisation, the newest first. */
  ofOrganisation(org: string, now: number): Promise<readonly KeptSession[]> {
    return this.#listed(organisationList(org), now);
  }

  /** Ends sessions. Resolves with how many there were. */
  async endKept(kept: readonly KeptSession[]): Promise<number> {
    const ended = await Promise.all(kept.map(({ key }) => this.#store.remove(key)));
    return ended.filter(Boolean).length;
  }

  /** Whether a thing that counts once is used for the first time. */
  once(name: string, lifeMs: number): Promise<boolean> {
    return this.#store.once(name, lifeMs);
  }

  /** The name by which the session of an id is listed. */
  keyOf(id: string): string {
    return digestOf(id);
  }

  async #kept(key: string, now: number): Promise<Session | null> {
    const text = await this.#store.get(key);
    if (text === null) return null;
    const session = Stored.parse(JSON.parse(text));
    return session.endsAt > now ? session : null;
  }

  async #listed(list: string, now: number): Promise<readonly KeptSession[]> {
    const keys = new Set(await this.#store.listed(list));
    const found = await Promise.all(
      [...keys].map(async (key) => ({ key, session: await this.#kept(key, now) })),
    );
    return found
      .flatMap(({ key, session }) => (session === null ? [] : [{ key, session }]))
      .toSorted((a, b) => b.session.startedAt - a.session.startedAt);
  }
}

/** Whether a text is the secret that it has to be; takes as long for every wrong one. */
export const isSame = (given: string, wanted: string): boolean => {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
};
