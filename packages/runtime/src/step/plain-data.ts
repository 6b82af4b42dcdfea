/**
 * Whether reading back the JSON of `value` makes an equal one. What JSON drops or changes (undefined, NaN, a
 * negative zero, dates, maps, anything of a class) would otherwise be there in one step and gone after a
 * restart. Not looked for are symbols as names, fields that are not enumerable, and named fields of arrays.
 */
export const isPlainData = (value: unknown): boolean => {
  switch (typeof value) {
    case "string":
    case "boolean":
      return true;
    case "number":
      return Number.isFinite(value) && !Object.is(value, -0);
    case "object":
      if (value === null) return true;
      return Array.isArray(value) ? isPlainArray(value) : isPlainObject(value);
    default:
      return false;
  }
};

const isPlainArray = (values: readonly unknown[]): boolean => {
  if (Object.getPrototypeOf(values) !== Array.prototype) return false;
  for (let at = 0; at < values.length; at++) if (!isPlainData(values[at])) return false;
  return true;
};

const isPlainObject = (value: object): boolean => {
  if (Object.getPrototypeOf(value) !== Object.prototype) return false;
  for (const name in value) if (!isPlainData((value as Record<string, unknown>)[name])) return false;
  return true;
};
