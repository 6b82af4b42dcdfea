import { createHash, randomUUID } from "node:crypto";
import { LRUCache } from "lru-cache";
import { HttpFault } from "./http-fault.ts";

interface Given {
  readonly digest: string;
  readonly taken: Promise<string>;
}

const rememberedMax = 10_000;
const keyShape = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const digestOf = (value: unknown): string =>
  createHash("sha256")
    .update(JSON.stringify(value) ?? "")
    .digest("hex");

/**
 * Orders that come again with the same `Idempotency-Key` are written once. The key is the order's id. A
 * restart forgets them; a second writing of an order changes nothing for the directory.
 */
export class RepeatedOrders {
  readonly #given = new LRUCache<string, Given>({ max: rememberedMax });

  /**
   * Calls `write` with the order's id unless the order was given before, and resolves with the id. Throws
   * HttpFault for a key that is none, or was given with something else.
   */
  async once(
    { key, by, order }: { readonly key: string | undefined; readonly by: string; readonly order: unknown },
    write: (orderId: string) => Promise<void>,
  ): Promise<string> {
    const orderId = key ?? randomUUID();
    if (!keyShape.test(orderId))
      throw new HttpFault(400, "badRequest", "Idempotency-Key must be a UUID in lower case.");
    const place = `${by} ${orderId}`;
    const digest = digestOf(order);
    const known = this.#given.get(place);
    if (known?.digest === digest) return known.taken;
    if (known) throw new HttpFault(422, "otherOrder", "The key was used for another order.");
    const taken = write(orderId).then(() => orderId);
    this.#given.set(place, { digest, taken });
    try {
      return await taken;
    } catch (error) {
      this.#given.delete(place);
      throw error;
    }
  }
}
