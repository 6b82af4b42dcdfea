import { type Keys, maySeal, openJson, openValue, sealJson } from "@hybrid/sealing";
import type { RawTopology } from "../frame.ts";
import { jsonOf, poisoning } from "./poison.ts";

/** What seals and opens the values of a batch. */
export interface Sealing {
  readonly frame: { readonly topology: Pick<RawTopology, "sealed"> };
  /** Null where the topology declares no sealed values: then there is nothing to do. */
  readonly keys: Keys | null;
}

/**
 * JSON as it may leave the process. Throws {@link KeysMissing}, and PoisonError for what is sealed for
 * somebody whom the topology does not declare.
 */
export const closedJson = ({ frame, keys }: Sealing, json: string): string =>
  keys && maySeal(json)
    ? poisoning("illegalEffect", "a sealed value is for somebody whom the topology does not declare", () =>
        sealJson(json, keys, frame.topology.sealed),
      )
    : json;

/** A value as machines see it. Throws {@link KeysMissing}, and PoisonError for damage. */
export const openedValue = (
  { keys }: Pick<Sealing, "keys">,
  { value, json }: { readonly value: unknown; readonly json: string },
): unknown =>
  keys && maySeal(json)
    ? poisoning("unreadable", "a sealed value is damaged", () => openValue(value, keys))
    : value;

/** Reads JSON as machines see it. Throws as {@link openedValue}. */
export const openedJson = ({ keys }: Pick<Sealing, "keys">, json: string): unknown =>
  keys && maySeal(json)
    ? poisoning("unreadable", "a sealed value is damaged", () => openJson(json, keys))
    : (JSON.parse(json) as unknown);

/** Effects as they go into journal, records and posts, with all that is sealed closed. */
export const closedEffects = (sealing: Sealing, effects: readonly unknown[]): readonly unknown[] => {
  if (!sealing.keys || effects.length === 0) return effects;
  const json = jsonOf(effects, "the effects");
  return maySeal(json) ? (JSON.parse(closedJson(sealing, json)) as readonly unknown[]) : effects;
};
