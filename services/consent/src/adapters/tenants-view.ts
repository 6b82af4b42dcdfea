import { type OrganisationSettings, tenantStatus } from "@hybrid/contracts";
import { actorIdOf, orgOf } from "@hybrid/kernel";
import { defineView, type View, viewTable } from "@hybrid/view";

/** Every tenant's decision published last. */
export const tenantsView = defineView({
  name: "consent-tenants",
  version: 1,
  tables: [
    viewTable({
      name: "tenants",
      topic: tenantStatus,
      columns: { org: "text", tenant: "text", status: "text", settings: "text" },
      indexes: [["tenant"]],
      row: ({ tenantId, status, settings }, { key }) => ({
        org: orgOf(actorIdOf(key)),
        tenant: tenantId,
        status,
        settings: JSON.stringify(settings),
      }),
    }),
  ],
});

/** A tenant that is in service, or was until its consent was lost. */
export interface ServedTenant {
  readonly tenantId: string;
  /** Its users consent each for the own calendar. */
  readonly isByUser: boolean;
  /** Its consent to the calendars was lost, and nothing is asked of it until it consents again. */
  readonly isSuspended: boolean;
}

/** What a tenant's organisations have decided. */
export interface KnownTenants {
  /** Organisations for which the tenant is in service, or was until its consent was lost. */
  servedOrgs(tenantId: string): readonly string[];
  /** Whether users of the tenant consent each for the own calendar, and it is not out of service. */
  isByUser(tenantId: string): boolean;
  /** Each once. */
  inService(): readonly ServedTenant[];
  /** The settings that the organisation gave last, for this tenant or, if it is new, for another one. */
  settings(org: string, tenantId: string): OrganisationSettings | null;
}

/** Reads the view. */
export const knownTenants = (view: View): KnownTenants => ({
  servedOrgs: (tenantId) =>
    view
      .all("SELECT org FROM tenants WHERE tenant = ? AND status <> 'deactivated'", tenantId)
      .map(({ org }) => String(org)),
  isByUser: (tenantId) =>
    view.all(
      "SELECT 1 FROM tenants WHERE tenant = ? AND status <> 'deactivated' AND " +
        "json_extract(settings, '$.consent') = 'user' LIMIT 1",
      tenantId,
    ).length > 0,
  inService: () =>
    view
      .all(
        "SELECT tenant, max(json_extract(settings, '$.consent') = 'user') AS by_user, " +
          "min(status = 'suspended') AS suspended FROM tenants " +
          "WHERE status <> 'deactivated' GROUP BY tenant ORDER BY tenant",
      )
      .map((row) => ({
        tenantId: String(row["tenant"]),
        isByUser: Number(row["by_user"]) === 1,
        isSuspended: Number(row["suspended"]) === 1,
      })),
  settings: (org, tenantId) => {
    const [row] = view.all(
      "SELECT settings FROM tenants WHERE org = ? ORDER BY tenant = ? DESC, tenant LIMIT 1",
      org,
      tenantId,
    );
    return row ? (JSON.parse(String(row["settings"])) as OrganisationSettings) : null;
  },
});
