import { z } from "zod";
import { badRequest, type GraphFault, notSimulated } from "../http/graph-fault.ts";

const annotation = /^@odata\.|^@microsoft\.graph\.|@odata\.(?!bind$)/;

/** OData annotations may stand anywhere in a request and mean nothing to the resources here. */
const withoutAnnotations = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutAnnotations);
  if (value === null || typeof value !== "object") return value;
  const kept = Object.entries(value).filter(([name]) => !annotation.test(name));
  return Object.fromEntries(kept.map(([name, inner]) => [name, withoutAnnotations(inner)]));
};

const faultOf = (issue: z.core.$ZodIssue, typeName: string): GraphFault => {
  const path = issue.path.join("/");
  if (issue.code === "unrecognized_keys") {
    const name = [path, issue.keys[0] ?? ""].filter((part) => part !== "").join("/");
    return badRequest(
      `The property '${name}' does not exist on type '${typeName}', or cannot be written.`,
      "RequestBodyRead",
    );
  }
  // The real text names neither the property nor the type; the rest of the sentence is the simulator's help.
  if (issue.code === "invalid_type" || (issue.code === "invalid_format" && issue.format === "date"))
    return badRequest(
      `Were unable to deserialize '${path || "the body"}' of '${typeName}': ${issue.message}.`,
      "UnableToDeserializePostBody",
    );
  if (path === "") return badRequest(`The body is not a '${typeName}': ${issue.message}.`);
  return badRequest(`Property '${path}' of '${typeName}' has an invalid value: ${issue.message}.`);
};

/** Properties that a type has beyond those which a schema reads. */
export interface OtherProperties {
  /** What only the service sets: ignored when it comes back in a write, as official examples send it. */
  readonly readOnly?: ReadonlySet<string>;
  /** What Graph takes and the simulator does not: 501. */
  readonly gaps?: ReadonlySet<string>;
}

const withoutOthers = (body: unknown, typeName: string, { readOnly, gaps }: OtherProperties): unknown => {
  if (body === null || typeof body !== "object" || Array.isArray(body)) return body;
  const gap = Object.keys(body).find((name) => gaps?.has(name));
  if (gap !== undefined) throw notSimulated(`the property '${gap}' of ${typeName} in a write`);
  return Object.fromEntries(Object.entries(body).filter(([name]) => !readOnly?.has(name)));
};

/** Reads a request body by a strict schema; any unknown property or wrong value is Graph's 400. */
export const readBody = <Output>(
  schema: z.ZodType<Output>,
  body: unknown,
  typeName: string,
  others: OtherProperties = {},
): Output => {
  if (body === undefined) throw badRequest("Empty Payload. JSON content expected.");
  const read = schema.safeParse(withoutAnnotations(withoutOthers(body, typeName, others)));
  if (read.success) return read.data;
  const issue = read.error.issues[0];
  throw issue ? faultOf(issue, typeName) : badRequest("The body is not valid.");
};

/**
 * Reads the parameters of an action: none when there is no body, names with a small or a capital first letter
 * (official examples have both).
 */
export const readParameters = <Output>(schema: z.ZodType<Output>, body: unknown): Output => {
  const given = body === undefined ? {} : body;
  if (given === null || typeof given !== "object" || Array.isArray(given))
    return readBody(schema, given, "the parameters");
  const named = Object.entries(given).map(([name, value]) => [
    name.slice(0, 1).toLowerCase() + name.slice(1),
    value,
  ]);
  return readBody(schema, Object.fromEntries(named), "the parameters");
};

/**
 * An enumeration. Graph takes any case on write (its own examples send `HTML` and `Scheduled`); the
 * output is the canonical spelling.
 */
export const graphEnum = <const Name extends string>(...names: readonly Name[]) =>
  z.string().transform((given, context): Name => {
    const found = names.find((name) => name.toLowerCase() === given.toLowerCase());
    if (found !== undefined) return found;
    context.addIssue({ code: "custom", message: `expected one of ${names.join(", ")}` });
    return z.NEVER;
  });

/** A point in time with an offset, as milliseconds since 1970. */
export const dateTimeOffset = z
  .string()
  .regex(
    /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,12})?)?(Z|[+-]\d\d:\d\d)$/,
    "expected a date and time with offset",
  )
  .transform((given, context) => {
    const at = Date.parse(given.replace(/(\.\d{3})\d+/, "$1"));
    if (Number.isNaN(at)) context.addIssue({ code: "custom", message: "there is no such date" });
    return at;
  });

/** Local date and time plus the zone it is in. */
export const dateTimeTimeZone = z.strictObject({ dateTime: z.string(), timeZone: z.string().nullish() });
