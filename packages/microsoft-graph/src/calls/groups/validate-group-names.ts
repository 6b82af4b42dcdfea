import type { ProviderError } from "@hybrid/kernel";
import { graphDetailsOf, graphMessageOf } from "../../errors/graph-fault.ts";
import { failedWith, type GroupContext, groupCall, type TenantCall } from "./group-call.ts";

/** Names of a group that is to be made. */
export interface ValidateGroupNames extends TenantCall {
  readonly displayName: string;
  readonly mailNickname: string;
}

/** What Graph holds against names: `taken` of the nickname, the others of the tenant's naming policy. */
export type NameFault = "taken" | "blockedWord" | "prefixOrSuffix" | "refused";

/** Codes as Graph gives them in `details`; its text says the same where it gives none. */
const faults: readonly (readonly [RegExp, NameFault])[] = [
  [/ObjectConflict|PropertyConflict|already exists|conflict/i, "taken"],
  [/BlockedWord|blocked word|banned/i, "blockedWord"],
  [/PrefixSuffix|prefix|suffix/i, "prefixOrSuffix"],
];

const faultOf = (error: ProviderError): NameFault => {
  const told = [...graphDetailsOf(error).map(({ code }) => code ?? ""), graphMessageOf(error)].join(" ");
  return faults.find(([shape]) => shape.test(told))?.[1] ?? "refused";
};

/**
 * Asks whether a group may have these names; null when it may. What was free may be taken a moment later, so
 * creation can still be refused. May be repeated. Throws ProviderError.
 * https://learn.microsoft.com/graph/api/directoryobject-validateproperties
 */
export const validateGroupNames =
  (context: GroupContext) =>
  async (order: ValidateGroupNames): Promise<NameFault | null> => {
    const { displayName, mailNickname } = order;
    const call = groupCall(context, order, "groups.validateNames", "writes");
    try {
      await context.graph.request(call, {
        method: "POST",
        path: "directoryObjects/validateProperties",
        body: { entityType: "Group", displayName, mailNickname },
      });
      return null;
    } catch (error) {
      if (failedWith(error, "invalidRequest", "conflict") && error.status !== 400) return faultOf(error);
      throw error;
    }
  };
