export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };
export type Schema = { readonly [keyword: string]: any };

const typeOf = (value: Json): string =>
  value === null
    ? "null"
    : Array.isArray(value)
      ? "array"
      : Number.isInteger(value)
        ? "integer"
        : typeof value;

const formats: Readonly<Record<string, (value: string) => boolean>> = {
  "date-time": (value) => !Number.isNaN(Date.parse(value)),
  date: (value) => /^\d{4}-\d\d-\d\d$/.test(value),
  uri: (value) => URL.canParse(value),
  uuid: (value) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value),
};

/**
 * The part of JSON Schema that the contract slice uses. Stricter in one point: read models there are
 * open, but a property that the model does not name is a fault here, OData annotations aside.
 */
export const schemaFaults = (document: Schema, schema: Schema, value: Json, path = "$"): string[] => {
  const check = (inner: Schema, innerValue: Json, innerPath: string): string[] =>
    schemaFaults(document, inner, innerValue, innerPath);
  if (schema["$ref"]) return check(resolve(document, schema["$ref"]), value, path);
  const faults: string[] = [];
  const types: readonly string[] | null = schema["type"] ? [schema["type"]].flat() : null;
  const actual = typeOf(value);
  if (types && !types.includes(actual) && !(actual === "integer" && types.includes("number")))
    return [`${path} is ${actual}, not ${types.join(" or ")}`];
  if (schema["enum"] && !schema["enum"].includes(value)) faults.push(`${path} is not one of the enumeration`);
  if (typeof value === "string") {
    if (schema["pattern"] && !new RegExp(schema["pattern"]).test(value))
      faults.push(`${path} breaks its pattern`);
    if (schema["format"] && formats[schema["format"]]?.(value) === false)
      faults.push(`${path} is no ${schema["format"]}`);
    const known = schema["x-known-values"];
    if (known && !known.includes(value)) faults.push(`${path} holds "${value}", no known value`);
  }
  if (schema["anyOf"]) {
    const tried: string[][] = schema["anyOf"].map((option: Schema) => check(option, value, path));
    if (tried.every((found) => found.length > 0))
      faults.push(...tried.sort((a, b) => b.length - a.length)[0]!);
  }
  for (const part of schema["allOf"] ?? []) faults.push(...check(part, value, path));
  if (Array.isArray(value) && schema["items"])
    for (const [at, item] of value.entries()) faults.push(...check(schema["items"], item, `${path}[${at}]`));
  if (actual === "object" && schema["properties"]) {
    const given = value as { readonly [name: string]: Json };
    for (const name of schema["required"] ?? [])
      if (!(name in given)) faults.push(`${path}.${name} is missing`);
    for (const [name, inner] of Object.entries(given)) {
      const known = schema["properties"][name];
      if (known) faults.push(...check(known, inner, `${path}.${name}`));
      else if (!name.startsWith("@odata.") && Object.keys(schema["properties"]).length > 0)
        faults.push(`${path}.${name} is not in the model`);
    }
  }
  return faults;
};

/** Follows a local reference. */
export const resolve = (document: Schema, reference: string): Schema =>
  reference
    .slice(2)
    .split("/")
    .reduce((at: any, name) => at[name.replaceAll("~1", "/").replaceAll("~0", "~")], document);

/** The object schema behind references and nullable wrappers; null when there is none. */
export const objectOf = (document: Schema, schema: Schema): Schema | null => {
  if (schema["$ref"]) return objectOf(document, resolve(document, schema["$ref"]));
  if (schema["properties"]) return schema;
  for (const option of [...(schema["anyOf"] ?? []), ...(schema["allOf"] ?? [])]) {
    const found = objectOf(document, option);
    if (found) return found;
  }
  return schema["items"] ? objectOf(document, schema["items"]) : null;
};
