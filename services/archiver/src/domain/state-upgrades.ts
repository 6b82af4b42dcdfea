type Order = Readonly<Record<string, unknown>>;

const isOrder = (old: unknown): old is Order => typeof old === "object" && old !== null && "kind" in old;

/** What it stores looked the same without anything sealed in it, and before people could be erased. */
export const asItWas = (old: unknown): unknown => old;

/**
 * Orders of version 1 named those who were there by address alone. Whose each is stood nowhere; the item's
 * author is among them, and nobody's address is kept any longer than the order.
 */
export const withPeople = (old: unknown): unknown =>
  isOrder(old) && old["kind"] === "prepareItems" && Array.isArray(old["to"])
    ? { ...old, to: old["to"].map((email: unknown) => ({ personId: "", email })) }
    : old;
