import { createHash } from "node:crypto";
import { LRUCache } from "lru-cache";
import { HttpFault } from "./http-fault.ts";
import type { RequestMemory } from "./request-memory.ts";

interface UnderWay {
  readonly digest: string;
  readonly answer: Promise<unknown>;
}

/** Answers that a process gives again without looking anything up. */
const answersMax = 5_000;
const keyShape = /^[\x21-\x7e]{1,200}$/;

const digestOf = (text: string): string => createHash("sha256").update(text).digest("hex");

/** The key of a request; null when it has none. Throws HttpFault 400 for one that cannot be used. */
export const idempotencyKeyOf = (given: unknown): string | null => {
  if (given === undefined) return null;
  if (typeof given === "string" && keyShape.test(given)) return given;
  throw new HttpFault(400, "invalidRequest", "Idempotency-Key must be 1 to 200 ASCII characters.");
};

/** A request that may come again. */
export interface RepeatableRequest {
  /** Null: it has none, and is carried out whenever it comes. */
  readonly key: string | null;
  /** Whose key it is: two people may have the same. */
  readonly by: string;
  /** What tells it from others; goes into JSON. */
  readonly request: unknown;
}

/** How a request is carried out, and what is kept of it. */
export interface CarriedOut<Answer> {
  /** `isAgain`: it may have been carried out already, and nobody knows. */
  readonly carryOut: (isAgain: boolean) => Promise<Answer>;
  /** What is enough to answer the same later: an id, and nothing that people have written. */
  readonly keep: (answer: Answer) => string;
  readonly answerAgain: (kept: string) => Promise<Answer>;
}

/** What a service says of its errors, and is told. */
export interface RepeatedWays {
  /** The fault that an error stands for; null for one that nobody foresaw. */
  readonly faultOf: (error: unknown) => HttpFault | null;
  /** Told of a memory that failed after a request was carried out or refused: its answer stands. */
  readonly onTrouble: (error: unknown) => void;
}

/** Requests that come again with the same `Idempotency-Key` are carried out once and answered the same. */
export class RepeatedRequests {
  readonly #memory: RequestMemory;
  readonly #ways: RepeatedWays;
  readonly #answers = new LRUCache<string, UnderWay>({ max: answersMax });

  constructor(memory: RequestMemory, ways: RepeatedWays) {
    this.#memory = memory;
    this.#ways = ways;
  }

  /** Rejects with HttpFault 422 when the key was given with something else, 409 while it is under way. */
  async once<Answer>(given: RepeatableRequest, how: CarriedOut<Answer>): Promise<Answer> {
    if (given.key === null) return await how.carryOut(false);
    const place = digestOf(`${given.by} ${given.key}`);
    const digest = digestOf(JSON.stringify(given.request) ?? "");
    const known = this.#answers.get(place);
    // The digest is of the same request, so the answer is of the same kind.
    if (known?.digest === digest) return (await known.answer) as Answer;
    if (known) throw otherRequest();
    const answer = this.#answerOf({ place, digest }, how);
    this.#answers.set(place, { digest, answer });
    try {
      return await answer;
    } catch (error) {
      this.#answers.delete(place);
      throw error;
    }
  }

  async #answerOf<Answer>(
    request: { readonly place: string; readonly digest: string },
    { carryOut, keep, answerAgain }: CarriedOut<Answer>,
  ): Promise<Answer> {
    const taken = await this.#memory.take(request);
    if (taken.kind === "other") throw otherRequest();
    if (taken.kind === "busy")
      throw new HttpFault(409, "underWay", "The same request is under way; ask again in a moment.", {
        retryAfter: 2,
      });
    if (taken.kind === "done") return await answerAgain(taken.kept);
    let answer: Answer;
    try {
      answer = await carryOut(taken.kind === "again");
    } catch (error) {
      await this.#note(this.#isRefusal(error) ? this.#memory.forget(request) : this.#memory.release(request));
      throw error;
    }
    await this.#note(this.#memory.keep(request, keep(answer)));
    return answer;
  }

  /** What is refused was not carried out, nor what has to wait. */
  #isRefusal(error: unknown): boolean {
    const status = this.#ways.faultOf(error)?.status ?? 500;
    return status < 500 || status === 503;
  }

  /** What could not be noted is found out when the request comes again. */
  async #note(noting: Promise<void>): Promise<void> {
    try {
      await noting;
    } catch (error) {
      this.#ways.onTrouble(error);
    }
  }
}

const otherRequest = (): HttpFault =>
  new HttpFault(422, "otherRequest", "The Idempotency-Key was used for another request.");
