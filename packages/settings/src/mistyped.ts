import { nearestOf } from "./nearest.ts";
import type { Variables } from "./read-settings.ts";

const familyOf = (name: string): string => name.split("_", 1)[0] ?? name;

/** A slip in the first word itself, such as KAFAK_BROKERS: everything behind it is right. */
const differsInFamily = (name: string, other: string): boolean =>
  other.includes("_") &&
  nearestOf(familyOf(name), [familyOf(other)]) !== undefined &&
  name.slice(familyOf(name).length) === other.slice(familyOf(other).length);

/** Kubernetes tells every container of every service, for example REDIS_PORT=tcp://10.0.0.1:6379. */
const isKubernetes = (text: string): boolean => /^(?:tcp|udp):\/\//.test(text);

/**
 * A fault for each variable that nobody reads and that looks like a name of `known` that is not given: it was
 * meant to do something. With `needed`, only names among those are looked for. Variables of other programs,
 * whose names do not begin like one of ours, stay alone.
 */
export const mistypedFaults = (
  known: readonly string[],
  variables: Variables,
  needed: readonly string[] = known,
): readonly string[] => {
  const names = new Set(known);
  const families = new Set(known.map(familyOf));
  const missing = needed.filter((name) => variables[name] === undefined);
  return Object.keys(variables).flatMap((name) => {
    if (variables[name] === undefined || names.has(name) || isKubernetes(variables[name])) return [];
    const upper = name.toUpperCase();
    const nearest = nearestOf(
      upper,
      missing.filter((other) => familyOf(other) === familyOf(upper) || !families.has(familyOf(upper))),
    );
    const isOurs =
      nearest !== undefined && (families.has(familyOf(upper)) || differsInFamily(upper, nearest));
    return isOurs ? [`${name}: nobody reads this variable; did you mean ${nearest}?`] : [];
  });
};
