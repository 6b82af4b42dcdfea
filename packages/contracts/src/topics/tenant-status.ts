import { defineTopic } from "../define-topic.ts";
import { consentedSettings, type OrganisationSettings, settingsSchemas } from "./admin-commands.ts";

/** What was decided, once, about an Entra tenant of an organisation. */
export interface TenantStatus {
  readonly tenantId: string;
  /** `active`: users are tried. `suspended`: consent gone, no calls. `deactivated`: by an administrator. */
  readonly status: "active" | "suspended" | "deactivated";
  /** Grows with every decision; an older one is stale. */
  readonly generation: number;
  readonly settings: OrganisationSettings;
  readonly decidedAt: number;
}

/** Decisions about tenants, one copy in every partition. */
export const tenantStatus = defineTopic<TenantStatus>({
  name: "tenant-status",
  doc: "Decisions about an organisation's tenants and its settings; one copy in every partition.",
  keyDoc: "`<org>/t-<tenant>`",
  partitioning: "broadcast",
  retention: { cleanup: "compact" },
  writers: ["directory"],
  operatorReads: "finds slips in orders: knows organisations and tenants",
  versions: [...settingsSchemas, consentedSettings].map((settings) => ({
    type: "record",
    name: "TenantStatus",
    namespace: "hybrid",
    fields: [
      { name: "tenantId", type: "string" },
      {
        name: "status",
        type: { type: "enum", name: "TenantStatusKind", symbols: ["active", "suspended", "deactivated"] },
      },
      { name: "generation", type: "long" },
      { name: "settings", type: settings },
      { name: "decidedAt", type: "long" },
    ],
  })),
});
