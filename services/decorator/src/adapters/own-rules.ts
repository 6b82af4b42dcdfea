import { meetingRulesKey } from "@hybrid/contracts";
import { type OrgId, ProviderError } from "@hybrid/kernel";
import { type CompiledRules, compileRules, readOwnRules } from "@hybrid/meeting-links";
import type { View } from "@hybrid/view";
import { LRUCache } from "lru-cache";

/** An organisation's own rules, without the shipped ones; null when it has none. */
export type OwnRulesOf = (org: OrgId, signal: AbortSignal) => Promise<CompiledRules | null>;

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
export const ownRulesFrom = (view: Pick<View, "all" | "caughtUp" | "notReady">): OwnRulesOf => {
  const compiled = new LRUCache<string, { readonly version: number; readonly rules: CompiledRules | null }>({
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
    if (!row) return null;
    const version = Number(row["version"]);
    const known = compiled.get(org);
    if (known?.version === version) return known.rules;
    const document = row["document"];
    const rules = typeof document === "string" ? compileRules(readOwnRules(document).book) : null;
    compiled.set(org, { version, rules });
    return rules;
  };
};
