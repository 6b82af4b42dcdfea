import { textDigest } from "@hybrid/contracts";
import type { RequestMemory } from "@hybrid/http-api";
import type { ActorId } from "@hybrid/kernel";

const nameOf = (user: ActorId, id: string): string => textDigest(`written ${user} ${id}`);

/**
 * The events of meetings that a person has just written: until the list has them, they are found by these, in
 * the person's own calendar. Where nobody can note them now, they are found a little later, by the list.
 */
export class JustWritten {
  readonly #memory: RequestMemory;
  readonly #onTrouble: (error: unknown) => void;

  constructor(memory: RequestMemory, onTrouble: (error: unknown) => void) {
    this.#memory = memory;
    this.#onTrouble = onTrouble;
  }

  async note(user: ActorId, id: string, eventId: string): Promise<void> {
    try {
      await this.#memory.note(nameOf(user, id), eventId);
    } catch (error) {
      this.#onTrouble(error);
    }
  }

  /** The event of a meeting; null when the person has written no such one lately. */
  async eventOf(user: ActorId, id: string): Promise<string | null> {
    try {
      return await this.#memory.noted(nameOf(user, id));
    } catch (error) {
      this.#onTrouble(error);
      return null;
    }
  }
}
