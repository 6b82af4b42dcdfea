/** JSON would turn these into something else in silence: NaN into null, a Map into {}, a Date into text. */
const refuseUnlike = function (this: unknown, key: string, written: unknown): unknown {
  const value = key === "" ? written : (this as Readonly<Record<string, unknown>>)[key];
  const isPlain =
    typeof value !== "object" ||
    value === null ||
    Array.isArray(value) ||
    [Object.prototype, null].includes(Object.getPrototypeOf(value) as object | null);
  if (!isPlain || (typeof value === "number" && !Number.isFinite(value)) || typeof value === "function")
    throw new TypeError(
      `${key === "" ? "the value" : `"${key}"`} cannot be stored: it would come back as something else`,
    );
  return written;
};

/** What comes back when a value is written as JSON and read again. Throws on what JSON cannot hold. */
export const throughJson = <Value>(value: Value): Value => {
  const text = JSON.stringify(value, refuseUnlike);
  if (text === undefined) throw new TypeError("undefined cannot be stored");
  return JSON.parse(text) as Value;
};
