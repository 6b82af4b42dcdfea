import { textDigest } from "@hybrid/contracts";
import { LRUCache } from "lru-cache";
import { Refused } from "./refused.ts";

interface Given {
  readonly digest: string;
  readonly answer: Promise<unknown>;
}

const rememberedMax = 5_000;
const keyShape = /^[\x21-\x7e]{1,200}$/;

/** The key of a request; null when it has none. Throws Refused 400 for one that cannot be used. */
export const idempotencyKeyOf = (given: unknown): string | null => {
  if (given === undefined) return null;
  if (typeof given === "string" && keyShape.test(given)) return given;
  throw new Refused(400, "invalidRequest", "Idempotency-Key must be 1 to 200 ASCII characters.");
};

/**
 * Requests that come again with the same `Idempotency-Key` are carried out once and answered the same. A
 * restart, or 5,000 later ones, forget them; what failed is forgotten at once, so that it can be tried again.
 */
export class RepeatedRequests {
  readonly #given = new LRUCache<string, Given>({ max: rememberedMax });

  /** Throws Refused 422 when the key was given with something else. */
  async once<Answer>(
    { key, by, request }: { readonly key: string | null; readonly by: string; readonly request: unknown },
    carryOut: () => Promise<Answer>,
  ): Promise<Answer> {
    if (key === null) return await carryOut();
    const place = `${by} ${key}`;
    const digest = textDigest(JSON.stringify(request));
    const known = this.#given.get(place);
    // The digest is of the same request, so the answer is of the same kind.
    if (known?.digest === digest) return (await known.answer) as Answer;
    if (known) throw new Refused(422, "otherRequest", "The Idempotency-Key was used for another request.");
    const answer = carryOut();
    this.#given.set(place, { digest, answer });
    try {
      return await answer;
    } catch (error) {
      this.#given.delete(place);
      throw error;
    }
  }
}
