import { meetingRulesKey } from "@hybrid/contracts";
import type { Rules } from "@hybrid/control-hub-page/api";
import type { OrgId } from "@hybrid/kernel";
import { listedRules, readOwnRules } from "@hybrid/meeting-links";
import type { View } from "@hybrid/view";
import { csvTable } from "./csv.ts";
import { numberOf, textOrNull } from "./rows.ts";

/** An organisation's own document of rules as it is in force, and its version; 0 for none yet. */
export const rulesInForce = (
  view: View,
  org: OrgId,
): { readonly version: number; readonly document: string | null } => {
  const [row] = view.all("SELECT version, document FROM rules WHERE key = ?", meetingRulesKey(org));
  return { version: numberOf(row, "version"), document: row ? textOrNull(row, "document") : null };
};

/** The rules in the order in which they are tried. */
export const rulesOfOrg = (view: View, org: OrgId): Rules => {
  const { version, document } = rulesInForce(view, org);
  const own = readOwnRules(document);
  const rules = listedRules(own).map(({ kind, name, service, organizer, enabled, from, matches }) => ({
    kind,
    name,
    service,
    organizer,
    enabled,
    from,
    matches,
  }));
  return { version, document, rules, faults: own.faults };
};

/** The same as CSV. */
export const rulesCsv = (view: View, org: OrgId): string =>
  csvTable(
    ["Rule", "Kind", "Service", "Organiser", "Used", "From", "For"],
    rulesOfOrg(view, org).rules.map(({ name, kind, service, organizer, enabled, from, matches }) => [
      name,
      kind,
      service,
      organizer,
      enabled ? "yes" : "no",
      from,
      matches.join(" "),
    ]),
  );
