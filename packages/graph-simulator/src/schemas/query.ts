import { z } from "zod";
import { badRequest, notSimulated } from "../http/graph-fault.ts";

const text = z.string().min(1);
const count = z
  .string()
  .regex(/^\d{1,9}$/, "expected a whole number")
  .transform(Number);

/** Every query parameter that some operation of the simulator takes. */
const parameters = {
  $select: text,
  $expand: text,
  $filter: text,
  $orderby: text,
  $top: count.refine((top) => top >= 1 && top <= 1_000, "expected 1 to 1000"),
  $skip: count,
  $count: z.stringbool({ truthy: ["true"], falsy: ["false"] }),
  $skiptoken: text,
  $deltatoken: text,
  startDateTime: text,
  endDateTime: text,
};

type Parameters = typeof parameters;

/** The name of a query parameter. */
export type QueryName = keyof Parameters;

/** The parameters that were given, read. */
export type Query = { readonly [Name in QueryName]?: z.infer<Parameters[Name]> };

/** System query options of OData, whether the simulator knows them anywhere or not. */
const systemOptions = new Set([
  ...Object.keys(parameters).filter((name) => name.startsWith("$")),
  "$apply",
  "$compute",
  "$format",
  "$index",
  "$search",
]);

/**
 * Reads the query of a request that may have `allowed` parameters. Names are not case-sensitive
 * (official examples send `startdatetime`). An option of OData that the operation does not take is 501, for
 * Graph may have it; any other parameter is 400.
 */
export const readQuery = (given: Readonly<Record<string, unknown>>, allowed: readonly QueryName[]): Query => {
  const read: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) {
    const known = allowed.find((candidate) => candidate.toLowerCase() === name.toLowerCase());
    if (known === undefined && systemOptions.has(name.toLowerCase()))
      throw notSimulated(`the query option '${name.toLowerCase()}' of this request`);
    if (known === undefined)
      throw badRequest(`The query parameter '${name}' is not supported for this request.`);
    if (typeof value !== "string") throw badRequest(`The query parameter '${name}' must be given only once.`);
    const parsed = parameters[known].safeParse(value);
    if (!parsed.success)
      throw badRequest(`Invalid value of query parameter '${name}': ${parsed.error.issues[0]?.message}.`);
    read[known] = parsed.data;
  }
  return read;
};
