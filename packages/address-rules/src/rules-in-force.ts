import { meetingRulesKey } from "@hybrid/contracts";
import { type OrgId, ProviderError } from "@hybrid/kernel";
import {
  type CompiledRules,
  compiledShippedRules,
  compileRules,
  readOwnRules,
  rulesOf,
} from "@hybrid/meeting-links";
import type { View } from "@hybrid/view";
import { LRUCache } from "lru-cache";

/** The rules by which an organisation's meetings are judged. */
export interface RulesInForce {
  /** Its own, without the shipped ones; null when it has none. */
  readonly own: CompiledRules | null;
  /** Its own before the shipped ones. */
  readonly all: CompiledRules;
}

/** Tells an organisation's rules. Rejects with ProviderError `unavailable` while they cannot be read. */
export type MeetingRulesOf = (org: OrgId, signal: AbortSignal) => Promise<RulesInForce>;

const shippedAlone: RulesInForce = { own: null, all: compiledShippedRules };

const compiledFrom = (document: string): RulesInForce => {
  const given = readOwnRules(document);
  return { own: compileRules(given.book), all: rulesOf(given) };
};

/** Organisations whose rules are kept compiled. */
const organisationsMax = 1_000;

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });

/**
 * Reads rules from the view of them, each version once. Waits until the view has been read, so that nobody is
 * judged without the rules that were there; rejects with ProviderError `unavailable` when it cannot.
 */
export const meetingRulesFrom = (view: Pick<View, "all" | "caughtUp" | "notReady">): MeetingRulesOf => {
  const compiled = new LRUCache<string, { readonly version: number; readonly rules: RulesInForce }>({
    max: organisationsMax,
  });
  return async (org, signal) => {
    await Promise.race([view.caughtUp(), aborted(signal)]);
    const missing = view.notReady();
    if (missing !== null)
      throw new ProviderError(`the organisation's rules cannot be read: ${missing}`, {
        code: "unavailable",
        retryable: true,
      });
    const [row] = view.all("SELECT version, document FROM rules WHERE key = ?", meetingRulesKey(org));
    if (!row) return shippedAlone;
    const version = Number(row["version"]);
    const known = compiled.get(org);
    if (known?.version === version) return known.rules;
    const document = row["document"];
    const rules = typeof document === "string" ? compiledFrom(document) : shippedAlone;
    compiled.set(org, { version, rules });
    return rules;
  };
};
