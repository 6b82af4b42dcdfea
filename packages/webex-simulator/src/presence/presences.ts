/** What a person or a program may say of a person. */
export type PresenceEventType = "active" | "inactive" | "ooo" | "dnd";

/** What was said last of a person. */
export interface SimulatedPresence {
  readonly status: PresenceEventType;
  /** Since when it is shown; saying the same again does not change it. */
  readonly statusAt: number;
  /** When it ends by itself; null when nothing ends it. */
  readonly expiresAt: number | null;
}

/** One thing that was said. */
export interface PresenceEvent {
  readonly personUuid: string;
  readonly eventType: PresenceEventType;
  readonly ttlSeconds: number;
  readonly at: number;
}

/**
 * What is shown of people. Each has one status that somebody said, and the latest one takes the place of the
 * one before; this is the harsher of two readings of the open-source SDK, which tells the requests alone.
 */
export class Presences {
  readonly #clock: { now(): number };
  readonly #byPerson = new Map<string, SimulatedPresence>();
  /** Everything that was said, oldest first. */
  readonly events: PresenceEvent[] = [];

  constructor(clock: { now(): number }) {
    this.#clock = clock;
  }

  /** What is shown now; `active` since the beginning when nothing was said or all of it has ended. */
  of(personUuid: string): SimulatedPresence {
    const said = this.#byPerson.get(personUuid);
    const lives = said && (said.expiresAt === null || said.expiresAt > this.#clock.now());
    return lives ? said : { status: "active", statusAt: 0, expiresAt: null };
  }

  /** A ttl of 0 ends the status of this type; -1 lets it last. */
  say(personUuid: string, eventType: PresenceEventType, ttlSeconds: number): SimulatedPresence {
    const now = this.#clock.now();
    const before = this.of(personUuid);
    this.events.push({ personUuid, eventType, ttlSeconds, at: now });
    if (ttlSeconds === 0) {
      if (before.status === eventType) this.#byPerson.delete(personUuid);
      return this.of(personUuid);
    }
    const statusAt = before.status === eventType ? before.statusAt : now;
    const expiresAt = ttlSeconds < 0 ? null : now + ttlSeconds * 1_000;
    this.#byPerson.set(personUuid, { status: eventType, statusAt, expiresAt });
    return this.of(personUuid);
  }
}
