import { isUtf8 } from "node:buffer";

/** The items of a notification body, or why there are none. */
export type BodyItems = { readonly items: readonly unknown[] } | { readonly fault: string };

/** A real item has some 500 bytes at least; a body with more items than that allows holds no real ones. */
const itemBytesMin = 500;
const itemsMaxAtLeast = 2_000;

/**
 * How many items a body of at most `bodyBytesMax` bytes may hold: every real one fits, but a body of nothing
 * but commas does not become half a million items.
 */
export const itemsMaxOf = (bodyBytesMax: number): number =>
  Math.max(itemsMaxAtLeast, Math.floor(bodyBytesMax / itemBytesMin));

/**
 * Reads a body: JSON in UTF-8 (RFC 8259, section 8.1), a byte order mark in front is ignored. Bytes that are
 * no UTF-8 refuse it, because replacing them would quietly turn one id into another.
 */
export const itemsOf = (body: Buffer, itemsMax: number): BodyItems => {
  if (!isUtf8(body)) return { fault: "not UTF-8" };
  let json: unknown;
  try {
    const text = body.toString("utf8");
    json = JSON.parse(text.startsWith("\uFEFF") ? text.slice(1) : text);
  } catch {
    // The parser's message quotes the body, which is content: it is left out on purpose.
    return { fault: "not JSON" };
  }
  const value = typeof json === "object" && json !== null ? (json as { value?: unknown }).value : undefined;
  if (!Array.isArray(value)) return { fault: "no array named value" };
  return value.length > itemsMax ? { fault: `more than ${itemsMax} items` } : { items: value };
};
