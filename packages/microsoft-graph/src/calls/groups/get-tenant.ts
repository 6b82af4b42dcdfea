import { whatOf } from "../../middleware/graph-call.ts";
import { readAnswer } from "../../models.ts";
import { type GroupContext, groupCall, type TenantCall } from "./group-call.ts";
import { organizationListSchema } from "./group-models.ts";

/** A tenant as it describes itself. */
export interface Tenant {
  readonly displayName: string;
  /** Verified domains, lower case, the default one first. */
  readonly domains: readonly string[];
  /** Services with an enabled plan, lower case, for example `exchange` and `sharepoint`. */
  readonly services: readonly string[];
}

/** Reads the tenant itself. May be repeated. Throws ProviderError. */
export const getTenant =
  (context: GroupContext) =>
  async (order: TenantCall): Promise<Tenant> => {
    const call = groupCall(context, order, "tenants.get", "reads");
    const answer = await context.graph.request(call, { method: "GET", path: "organization" });
    const [tenant] = readAnswer(organizationListSchema, answer, whatOf(call)).value;
    const domains = [...(tenant?.verifiedDomains ?? [])].sort(
      (a, b) => Number(b.isDefault ?? false) - Number(a.isDefault ?? false),
    );
    const enabled = (tenant?.assignedPlans ?? []).filter(
      ({ capabilityStatus }) => (capabilityStatus ?? "").toLowerCase() === "enabled",
    );
    return {
      displayName: tenant?.displayName ?? "",
      domains: domains.flatMap(({ name }) => name?.toLowerCase() ?? []),
      services: [...new Set(enabled.flatMap(({ service }) => service?.toLowerCase() ?? []))],
    };
  };
