import { badRequest, notSimulated } from "../http/graph-fault.ts";

/** What a type has: properties that are there, and names that only Graph has. */
export interface PropertyNames {
  readonly typeName: string;
  readonly gaps?: readonly string[];
}

/** The named properties, in any case. Throws 400 for a name that the type has not, 501 for a gap. */
export const pick = (
  all: Readonly<Record<string, unknown>>,
  names: readonly string[],
  { typeName, gaps = [] }: PropertyNames,
): Record<string, unknown> => {
  const known = new Map(Object.keys(all).map((name) => [name.toLowerCase(), name]));
  const picked = names.map((given): [string, unknown] => {
    const name = known.get(given.toLowerCase());
    if (name !== undefined) return [name, all[name]];
    if (gaps.some((gap) => gap.toLowerCase() === given.toLowerCase()))
      throw notSimulated(`the property '${given}' of ${typeName}`);
    throw badRequest(`Could not find a property named '${given}' on type '${typeName}'.`);
  });
  return Object.fromEntries(picked);
};
